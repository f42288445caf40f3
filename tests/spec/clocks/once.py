"""What must be done once: within, before, required, never."""

from tests.spec.clocks.paragraphs import Paragraph

NOTE_8H = {"when": "admission", "then": "first_note", "within": "8 h"}

WITHIN = (
    Paragraph(
        "within：多久之内",
        "从起点起，到时限为止，两端都算。恰好 8 小时是按时，多 1 分钟是超时，没有也是不通过。",
        NOTE_8H,
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        整点    | 2026-01-01 01:00 | 2026-01-05 10:00 | pass
        超时    | 2026-01-01 01:00 | 2026-01-05 10:00 | fail
        没有    | 2026-01-01 01:00 | 2026-01-05 10:00 | fail

        documents
        stay_id | type | signed_at
        整点    | 37   | 2026-01-01 09:00
        超时    | 37   | 2026-01-01 09:01
        """,
        {
            "整点": {"due_at": "2026-01-01 09:00", "at": "2026-01-01 09:00"},
            "超时": {"at": "2026-01-01 09:01", "reason": "超时 1 分钟"},
            "没有": {"due_at": "2026-01-01 09:00", "reason": "没有首次病程记录"},
        },
    ),
    Paragraph(
        "以分钟计",
        "所有时间先去掉秒。与起点同一分钟的算在起点之后；起点以前的不算，除非 `not_before` 写了负数。",
        NOTE_8H,
        """
        stays
        stay_id | admitted_at         | discharged_at    | =
        同一分  | 2026-01-01 01:00:50 | 2026-01-05 10:00 | pass
        之前    | 2026-01-01 01:00    | 2026-01-05 10:00 | fail

        documents
        stay_id | type | signed_at
        同一分  | 37   | 2026-01-01 01:00:10
        之前    | 37   | 2026-01-01 00:59
        """,
    ),
    Paragraph(
        "not_before：不得早于",
        '`not_before: "24 h"` 表示不得早于起点后 24 小时；写成负数表示最多可以提前多久。',
        {"when": "operation_end", "then": "operation_record", "within": "24 h", "not_before": "-2 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        提前    | 2026-01-01 01:00 | 2026-01-05 10:00 | pass
        太早    | 2026-01-01 01:00 | 2026-01-05 10:00 | fail

        operations
        stay_id | ended_at
        提前    | 2026-01-02 12:00
        太早    | 2026-01-02 12:00

        documents
        stay_id | type | signed_at
        提前    | 09   | 2026-01-02 10:00
        太早    | 09   | 2026-01-02 09:59
        """,
    ),
    Paragraph(
        "没有签名的文书",
        "事件写了 `no_time: undone`，时间空着的行就是没有完成：不通过，理由里写明有草稿。",
        NOTE_8H,
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        草稿    | 2026-01-01 01:00 | 2026-01-05 10:00 | fail

        documents
        stay_id | type | written_at
        草稿    | 37   | 2026-01-01 03:00
        """,
        {"草稿": {"reason": "已书写但未签名"}},
    ),
    Paragraph(
        "时间没有记录",
        "事件没有写 `no_time: undone`，时间空着的行是发生了而不知何时。起点的时间不知道，无法评估；不算通过，也不算不通过。",
        {"when": "operation_end", "then": "operation_record", "within": "24 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        不知    | 2026-01-01 01:00 | 2026-01-05 10:00 | not_assessable

        operations
        stay_id | name
        不知    | 阑尾切除术

        documents
        stay_id | type | signed_at
        不知    | 09   | 2026-01-02 10:00
        """,
        {"不知": {"reason": "手术结束没有记录时间"}},
    ),
    Paragraph(
        "在院的病历算到现在",
        "`discharged_at` 空着的是在院病历。还没到时限又没有完成，是不适用（待完成）；时限是现在这一分钟也还没有过。",
        NOTE_8H,
        """
        stays
        stay_id | admitted_at      | =
        还早    | 2026-01-01 04:00 | not_applicable
        正好    | 2026-01-01 02:00 | not_applicable
        过了    | 2026-01-01 01:59 | fail
        做了    | 2026-01-01 04:00 | pass

        documents
        stay_id | type | signed_at
        做了    | 37   | 2026-01-01 06:00
        """,
        {"还早": {"due_at": "2026-01-01 12:00", "reason": "尚未到时限"}},
        now="2026-01-01 10:00",
    ),
    Paragraph(
        "times：至少几次",
        "时限内要有这么多次不同的记录；完成时间是最后要求的那一次。",
        {"when": "admission", "then": "round", "within": "3 d", "times": 2},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        两次    | 2026-01-01 08:00 | 2026-01-09 10:00 | pass
        一次    | 2026-01-01 08:00 | 2026-01-09 10:00 | fail

        documents
        stay_id | type | signed_at
        两次    | 39   | 2026-01-02 08:00
        两次    | 39   | 2026-01-04 08:00
        一次    | 39   | 2026-01-02 08:00
        """,
        {"两次": {"at": "2026-01-04 08:00"}},
    ),
)

OTHERS = (
    Paragraph(
        "before：之前",
        '在起点之前至少这么久；`"0 min"` 就是不晚于起点。`not_before` 从起点往前数，早于它的不算。',
        {"when": "operation_start", "then": "discussion", "before": "0 min", "not_before": "72 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        同时    | 2026-01-01 08:00 | 2026-01-19 10:00 | pass
        晚了    | 2026-01-01 08:00 | 2026-01-19 10:00 | fail
        太早    | 2026-01-01 08:00 | 2026-01-19 10:00 | fail

        operations
        stay_id | performed_at
        同时    | 2026-01-10 09:00
        晚了    | 2026-01-10 09:00
        太早    | 2026-01-10 09:00

        documents
        stay_id | type | signed_at
        同时    | 47   | 2026-01-10 09:00
        晚了    | 47   | 2026-01-10 09:01
        太早    | 47   | 2026-01-07 08:59
        """,
        {"晚了": {"reason": "超时 1 分钟"}},
    ),
    Paragraph(
        "计划中的手术",
        "`before` 的起点可以在现在以后：要做的事先提醒，到时没有才不通过。",
        {"when": "operation_start", "then": "discussion", "before": "0 min"},
        """
        stays
        stay_id | admitted_at      | =
        明天    | 2026-01-01 08:00 | not_applicable

        operations
        stay_id | performed_at
        明天    | 2026-01-03 09:00
        """,
        {"明天": {"due_at": "2026-01-03 09:00"}},
        now="2026-01-02 09:00",
    ),
    Paragraph(
        "required：要有，不限时间",
        "住院期间任何时候都算，早于起点也算；出院了还没有才不通过，在院时还在等。",
        {"when": "operation_start", "then": "discussion", "required": True},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        有      | 2026-01-01 08:00 | 2026-01-03 10:00 | pass
        没有    | 2026-01-01 08:00 | 2026-01-03 10:00 | fail
        在院    | 2026-01-01 08:00 |                  | not_applicable
        没手术  | 2026-01-01 08:00 | 2026-01-03 10:00 | not_applicable

        operations
        stay_id | performed_at
        有      | 2026-01-02 09:00
        没有    | 2026-01-02 09:00
        在院    | 2026-01-02 09:00

        documents
        stay_id | type | signed_at
        有      | 47   | 2026-01-03 09:00
        """,
        {"在院": {"reason": "尚未出院"}, "没手术": {"reason": "没有手术开始"}},
        now="2026-01-10 09:00",
    ),
    Paragraph(
        "never：不得有",
        "从起点起（含这一分钟）到 `until` 为止；`until` 可以是事件，也可以是时长。",
        {"when": "transfer", "then": "note", "never": True, "until": "2 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        有      | 2026-01-01 08:00 | 2026-01-03 10:00 | fail
        过后    | 2026-01-01 08:00 | 2026-01-03 10:00 | pass

        transfers
        stay_id | at
        有      | 2026-01-02 09:00
        过后    | 2026-01-02 09:00

        documents
        stay_id | type | signed_at
        有      | 38   | 2026-01-02 11:00
        过后    | 38   | 2026-01-02 11:01
        """,
    ),
    Paragraph(
        "unless：例外",
        "在起点和时限之间（两端都算）发生了其中之一，就不要求，是不适用；按时做了仍是通过。写 `anywhere: true` 表示住院期间任何时候。",
        {"when": "admission", "then": "round", "within": "48 h", "unless": ["discharge"]},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        先出院  | 2026-01-01 08:00 | 2026-01-03 08:00 | not_applicable
        后出院  | 2026-01-01 08:00 | 2026-01-03 08:01 | fail
        都有    | 2026-01-01 08:00 | 2026-01-02 08:00 | pass

        documents
        stay_id | type | signed_at
        都有    | 39   | 2026-01-01 20:00
        """,
        {"先出院": {"reason": "属于例外（出院）"}},
    ),
)
