"""Who answers what: about the same, levels, picks; other units of time; what is not known."""

from datetime import date

from tests.spec.clocks.paragraphs import Paragraph

BELONGING = (
    Paragraph(
        "same: about：一事一文书",
        "文书的 `about` 要写明起点那一行（如 `operations:1`）。没有写的，不知道属于谁：不能算完成，也不能说没有。",
        {"when": "operation_end", "then": {"event": "operation_record", "same": "about"}, "within": "24 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        各有    | 2026-01-01 08:00 | 2026-01-09 08:00 | pass
        少一份  | 2026-01-01 08:00 | 2026-01-09 08:00 | fail
        没写明  | 2026-01-01 08:00 | 2026-01-09 08:00 | not_assessable

        operations
        stay_id | seq | ended_at
        各有    | 1   | 2026-01-02 08:00
        各有    | 2   | 2026-01-02 10:00
        少一份  | 1   | 2026-01-02 08:00
        少一份  | 2   | 2026-01-02 10:00
        没写明  | 1   | 2026-01-02 08:00

        documents
        stay_id | type | signed_at        | about
        各有    | 09   | 2026-01-02 12:00 | operations:2
        各有    | 09   | 2026-01-02 13:00 | operations:1
        少一份  | 09   | 2026-01-02 12:00 | operations:1
        少一份  | 09   | 2026-01-02 13:00 | operations:1
        没写明  | 09   | 2026-01-02 12:00 |
        """,
        {"没写明": {"reason": "没有写明所记事项"}},
    ),
    Paragraph(
        "同一行的另一个时间",
        "没有 `about` 列的表，`same: about` 指起点那一行自己：每次会诊看它自己的完成时间。",
        {"when": "requested", "then": {"event": "answered", "same": "about"}, "within": "24 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        两次    | 2026-01-01 08:00 | 2026-01-09 08:00 | fail

        consultations
        stay_id | requested_at     | completed_at
        两次    | 2026-01-02 08:00 | 2026-01-02 09:00
        两次    | 2026-01-02 08:30 |
        """,
        {"两次": {"due_at": "2026-01-03 08:30"}},
    ),
    Paragraph(
        "level：由谁完成",
        "只算这些职级的人写的。职级空着的不能算，也不能排除：没有别的就无法评估。",
        {
            "when": "admission",
            "then": {"event": "round", "level": ["associate_chief", "chief"]},
            "within": "72 h",
        },
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        主任    | 2026-01-01 08:00 | 2026-01-09 08:00 | pass
        主治    | 2026-01-01 08:00 | 2026-01-09 08:00 | fail
        不知    | 2026-01-01 08:00 | 2026-01-09 08:00 | not_assessable

        documents
        stay_id | type | signed_at        | author_level
        主任    | 39   | 2026-01-02 12:00 | chief
        主治    | 39   | 2026-01-02 12:00 | attending
        不知    | 39   | 2026-01-02 12:00 |
        """,
    ),
    Paragraph(
        "pick：第一次，最后一次",
        "有几个起点时默认每一个都算；`pick: first` 只算第一次，`pick: last` 只算最后一次。",
        {"when": {"event": "transfer", "pick": "first"}, "then": "note", "within": "24 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        只第一  | 2026-01-01 08:00 | 2026-01-09 08:00 | pass

        transfers
        stay_id | at
        只第一  | 2026-01-02 08:00
        只第一  | 2026-01-05 08:00

        documents
        stay_id | type | signed_at
        只第一  | 38   | 2026-01-02 12:00
        """,
    ),
)

UNITS = (
    Paragraph(
        "工作日",
        "`2 workdays`：到起点之后第二个工作日的 23:59。2026-01-02 是星期五，两个工作日之后是星期二。",
        {"when": "discharge", "then": "note", "within": "2 workdays"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        周二    | 2026-01-01 08:00 | 2026-01-02 08:00 | pass
        周三    | 2026-01-01 08:00 | 2026-01-02 08:00 | fail

        documents
        stay_id | type | signed_at
        周二    | 38   | 2026-01-06 23:59
        周三    | 38   | 2026-01-07 00:00
        """,
        {"周三": {"due_at": "2026-01-06 23:59"}},
    ),
    Paragraph(
        "当日",
        "`same_day`：到起点当天的 23:59。",
        {"when": "admission", "then": "note", "within": "same_day"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        当日    | 2026-01-01 22:00 | 2026-01-05 08:00 | pass
        次日    | 2026-01-01 22:00 | 2026-01-05 08:00 | fail

        documents
        stay_id | type | signed_at
        当日    | 38   | 2026-01-01 23:59
        次日    | 38   | 2026-01-02 00:00
        """,
    ),
    Paragraph(
        "当班",
        "`same_shift`：到患者所在科室当时在班的那一班结束；几班重叠取先结束的，只听班的不算。",
        {"when": "admission", "then": "first_note", "within": "same_shift"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        当班    | 2026-01-01 10:00 | 2026-01-05 08:00 | pass
        下一班  | 2026-01-01 10:00 | 2026-01-05 08:00 | fail

        duty_shifts
        institution | department | kind    | started_at       | ended_at
        H           | A          | day     | 2026-01-01 08:00 | 2026-01-01 17:30
        H           | A          | on_call | 2026-01-01 08:00 | 2026-01-01 12:00

        documents
        stay_id | type | signed_at
        当班    | 37   | 2026-01-01 17:30
        下一班  | 37   | 2026-01-01 17:31
        """,
        {"下一班": {"due_at": "2026-01-01 17:30"}},
    ),
    Paragraph(
        "没有值班表时的交接班钟点",
        "值班表里没有这一刻的班次，就用医院定的交接班钟点；没有定，就无法评估。",
        {"when": "admission", "then": "first_note", "within": "same_shift"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        夜里    | 2026-01-01 20:00 | 2026-01-05 08:00 | pass

        documents
        stay_id | type | signed_at
        夜里    | 37   | 2026-01-02 08:00
        """,
        {"夜里": {"due_at": "2026-01-02 08:00"}},
        shift_hours=("08:00", "17:30"),
    ),
    Paragraph(
        "班次无从知道",
        "既没有值班表，也没有定钟点。",
        {"when": "admission", "then": "first_note", "within": "same_shift"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        夜里    | 2026-01-01 20:00 | 2026-01-05 08:00 | not_assessable
        """,
        {"夜里": {"reason": "duty_shifts"}},
    ),
)

UNKNOWN = (
    Paragraph(
        "没有交的表",
        "规则要读的表或列没有交来，所有病历都无法评估，理由写明缺什么；表交来了而没有行，是没有做。",
        {"when": "admission", "then": "first_note", "within": "8 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        缺列    | 2026-01-01 20:00 | 2026-01-05 08:00 | not_assessable
        """,
        {"缺列": {"reason": "签名时间"}},
        missing=("documents.signed_at",),
    ),
    Paragraph(
        "例外无从知道",
        "只有 `unless` 要读的表没有交来：做了的仍是通过，没做的不能断定，是无法评估。",
        {"when": "admission", "then": "first_note", "within": "8 h", "unless": ["refusal"]},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        做了    | 2026-01-01 08:00 | 2026-01-05 08:00 | pass
        没做    | 2026-01-01 08:00 | 2026-01-05 08:00 | not_assessable

        documents
        stay_id | type | signed_at
        做了    | 37   | 2026-01-01 09:00
        """,
        {"没做": {"reason": "consents"}},
        missing=("consents",),
    ),
    Paragraph(
        "适用范围",
        "`applies` 与首页规则的写法相同。不成立是不适用，未知是无法评估。",
        {"applies": "age_years >= 14", "when": "admission", "then": "first_note", "within": "8 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | age_years | =
        大人    | 2026-01-01 08:00 | 2026-01-05 08:00 | 40        | fail
        孩子    | 2026-01-01 08:00 | 2026-01-05 08:00 | 3         | not_applicable
        不知    | 2026-01-01 08:00 | 2026-01-05 08:00 |           | not_assessable
        """,
    ),
    Paragraph(
        "有效期",
        "`valid` 看起点的日期，两端都算：在此之前开始的事不按这一版判断。",
        {"when": "admission", "then": "first_note", "within": "8 h", "valid": {"from": date(2026, 1, 2)}},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        之前    | 2026-01-01 23:59 | 2026-01-05 08:00 | not_applicable
        当天    | 2026-01-02 00:00 | 2026-01-05 08:00 | fail
        """,
    ),
    Paragraph(
        "医院自己的时限",
        "规则可以写 `within: null` 并停用，由医院设定；设了就按医院的，说明里也是医院的时限。",
        {"when": "admission", "then": "first_note", "within": None, "active": False},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        按时    | 2026-01-01 08:00 | 2026-01-05 08:00 | pass
        超时    | 2026-01-01 08:00 | 2026-01-05 08:00 | fail

        documents
        stay_id | type | signed_at
        按时    | 37   | 2026-01-01 14:00
        超时    | 37   | 2026-01-01 14:01
        """,
        {"超时": {"due_at": "2026-01-01 14:00", "reason": "6 小时"}},
        limit="6 h",
    ),
)
