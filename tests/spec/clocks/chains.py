"""What must recur, states, and time that stands still."""

from tests.spec.clocks.paragraphs import Paragraph

EVERY = (
    Paragraph(
        "every：每隔多久至少一次",
        "间隔从起点数到第一次，再数相邻两次，最后数到结束；每个间隔都不得超过时限，恰好等于时限可以。",
        {"when": "admission", "then": "note", "every": "3 d"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        恰好    | 2026-01-01 08:00 | 2026-01-07 08:00 | pass
        中间    | 2026-01-01 08:00 | 2026-01-07 08:00 | fail
        末尾    | 2026-01-01 08:00 | 2026-01-07 08:00 | fail
        短住    | 2026-01-01 08:00 | 2026-01-03 08:00 | not_applicable

        documents
        stay_id | type | signed_at
        恰好    | 38   | 2026-01-04 08:00
        中间    | 38   | 2026-01-02 08:00
        中间    | 38   | 2026-01-05 08:01
        末尾    | 38   | 2026-01-04 07:59
        """,
        {
            "中间": {
                "due_at": "2026-01-05 08:00",
                "at": "2026-01-05 08:01",
                "reason": "上次 01-02 08:00 起 3 天",
            },
            "末尾": {"due_at": "2026-01-07 07:59"},
        },
    ),
    Paragraph(
        "在院时数到现在",
        "在院病历的最后一个间隔数到现在：还没到是待完成，过了是不通过。",
        {"when": "admission", "then": "note", "every": "3 d"},
        """
        stays
        stay_id | admitted_at      | =
        未到    | 2026-01-01 08:00 | pass
        过了    | 2026-01-01 08:00 | fail

        documents
        stay_id | type | signed_at
        未到    | 38   | 2026-01-03 08:00
        过了    | 38   | 2026-01-03 07:59
        """,
        {"过了": {"due_at": "2026-01-06 07:59"}},
        now="2026-01-06 08:00",
    ),
    Paragraph(
        "每天都要有",
        "`1 calendar_day`：下一次不得晚于次日 23:59，所以起点以后没有一个自然日是空的。",
        {"when": "admission", "then": "note", "every": "1 calendar_day"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        每天    | 2026-01-01 23:00 | 2026-01-03 10:00 | pass
        空一天  | 2026-01-01 01:00 | 2026-01-04 10:00 | fail

        documents
        stay_id | type | signed_at
        每天    | 38   | 2026-01-02 23:59
        空一天  | 38   | 2026-01-01 09:00
        空一天  | 38   | 2026-01-03 00:00
        """,
    ),
    Paragraph(
        "任一段时间里至少几次",
        "`every` 与 `times` 同用：任何这么长的一段时间里至少这么多次。",
        {"when": "admission", "then": "round", "every": "7 d", "times": 2},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        够      | 2026-01-01 08:00 | 2026-01-10 08:00 | pass
        不够    | 2026-01-01 08:00 | 2026-01-10 08:00 | fail

        documents
        stay_id | type | signed_at
        够      | 39   | 2026-01-03 08:00
        够      | 39   | 2026-01-08 08:00
        不够    | 39   | 2026-01-03 08:00
        不够    | 39   | 2026-01-08 08:01
        """,
    ),
    Paragraph(
        "restart：重新起算",
        "遇到这些事件，间隔从那里重新数；之前那一段数到那里为止。",
        {"when": "admission", "then": "note", "every": "3 d", "restart": "transfer"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        转科    | 2026-01-01 08:00 | 2026-01-06 08:00 | not_applicable
        转晚了  | 2026-01-01 08:00 | 2026-01-06 08:00 | fail

        transfers
        stay_id | at
        转科    | 2026-01-03 09:00
        转晚了  | 2026-01-04 09:00
        """,
    ),
)

STATES = (
    Paragraph(
        "状态作起点",
        "`when: {state: critical}` 从状态开始时起算，到状态结束为止。相接或重叠的几行合成一段，没有结束时间的到出院（在院时到现在）。",
        {"when": {"state": "critical"}, "then": "note", "every": "24 h"},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        相接    | 2026-01-01 08:00 | 2026-01-09 08:00 | fail
        分开    | 2026-01-01 08:00 | 2026-01-09 08:00 | not_applicable
        无结束  | 2026-01-01 08:00 | 2026-01-03 08:01 | fail

        condition_periods
        stay_id | kind     | started_at       | ended_at
        相接    | critical | 2026-01-02 08:00 | 2026-01-03 00:00
        相接    | critical | 2026-01-03 00:00 | 2026-01-03 09:00
        分开    | critical | 2026-01-02 08:00 | 2026-01-03 00:00
        分开    | critical | 2026-01-03 00:01 | 2026-01-03 09:00
        无结束  | critical | 2026-01-02 08:00 |
        """,
        {"相接": {"due_at": "2026-01-03 08:00"}},
    ),
    Paragraph(
        "while、not_while：只在、不在某状态中",
        "起点那一分钟的状态决定；开始的那一分钟在状态中，结束的那一分钟已不在。`every` 的时钟只在（不在）这些状态里走，每一段从头数。",
        {"when": "operation_end", "then": "operation_record", "within": "2 h", "while": ["critical"]},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        开始时  | 2026-01-01 08:00 | 2026-01-09 08:00 | fail
        结束时  | 2026-01-01 08:00 | 2026-01-09 08:00 | not_applicable

        operations
        stay_id | ended_at
        开始时  | 2026-01-02 08:00
        结束时  | 2026-01-02 12:00

        condition_periods
        stay_id | kind     | started_at       | ended_at
        开始时  | critical | 2026-01-02 08:00 | 2026-01-02 12:00
        结束时  | critical | 2026-01-02 08:00 | 2026-01-02 12:00
        """,
    ),
    Paragraph(
        "两段之间不数",
        "不在状态里的时间不数：请假前后各自从头数间隔。",
        {"when": "admission", "then": "note", "every": "2 d", "not_while": ["leave"]},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        请假    | 2026-01-01 08:00 | 2026-01-07 08:00 | pass

        condition_periods
        stay_id | kind  | started_at       | ended_at
        请假    | leave | 2026-01-03 08:00 | 2026-01-05 08:00

        documents
        stay_id | type | signed_at
        请假    | 38   | 2026-01-06 08:00
        """,
    ),
    Paragraph(
        "suspend：停表",
        "在这些状态中时钟停住，时限顺延；说明里写明扣除了多久。起点落在其中，从它结束时起算。",
        {"when": "admission", "then": "round", "within": "48 h", "suspend": ["leave"]},
        """
        stays
        stay_id | admitted_at      | discharged_at    | =
        顺延    | 2026-01-01 08:00 | 2026-01-09 08:00 | pass
        超过    | 2026-01-01 08:00 | 2026-01-09 08:00 | fail

        condition_periods
        stay_id | kind  | started_at       | ended_at
        顺延    | leave | 2026-01-02 08:00 | 2026-01-02 14:00
        超过    | leave | 2026-01-02 08:00 | 2026-01-02 14:00

        documents
        stay_id | type | signed_at
        顺延    | 39   | 2026-01-03 14:00
        超过    | 39   | 2026-01-03 14:01
        """,
        {
            "顺延": {"due_at": "2026-01-03 14:00"},
            "超过": {"due_at": "2026-01-03 14:00", "reason": "扣除停止计时的 6 小时"},
        },
    ),
)
