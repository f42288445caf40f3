"""Elapsed time, dates, and the columns derived from them."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "时间",
    "时间是医院当地时间。时长是经过的时间，以整分钟或整小时计，不是跨过的钟点数。",
    (
        Paragraph(
            "分钟向下取整",
            "`minutes_between(起, 止)` 是经过的整分钟数，不足一分钟的部分舍去。",
            """
            stays
            stay_id | admitted_at         | discharged_at       | =
            s1      | 2026-01-01T08:00:00 | 2026-01-01T09:00:00 | 60
            s2      | 2026-01-01T08:00:30 | 2026-01-01T09:00:00 | 59
            """,
            expression="minutes_between(admitted_at, discharged_at)",
        ),
        Paragraph(
            "止早于起为负",
            "负的时长也向下取整：早 30 秒是 -1 分钟，因此“不早于”写作 `>= 0`。",
            """
            stays
            stay_id | admitted_at         | discharged_at       | =
            s1      | 2026-01-01T09:00:00 | 2026-01-02T08:00:00 | -1380
            s2      | 2026-01-02T08:00:00 | 2026-01-02T08:00:30 | -1
            """,
            expression="minutes_between(discharged_at, admitted_at)",
        ),
        Paragraph(
            "时限的边界包含在内",
            "24 小时内写作 `<= 1440` 分钟：正好 24 小时算在内，多一分钟不算。",
            """
            stays
            stay_id | admitted_at      | discharged_at    | =
            s1      | 2026-01-01T08:00 | 2026-01-02T08:00 | 是
            s2      | 2026-01-01T08:00 | 2026-01-02T08:01 | 否
            """,
            expression="minutes_between(admitted_at, discharged_at) <= 1440",
        ),
        Paragraph(
            "小时是经过的整小时",
            "08:50 到次日 09:10 是 24 小时，虽然跨过了 25 个整点。",
            """
            stays
            stay_id | admitted_at      | discharged_at    | =
            s1      | 2026-01-01T08:50 | 2026-01-02T09:10 | 24
            s2      | 2026-01-01T08:50 | 2026-01-02T08:49 | 23
            """,
            expression="hours_between(admitted_at, discharged_at)",
        ),
        Paragraph(
            "天数是日期之差",
            "`days_between(起, 止)` 只看日期不看钟点，日期和时间可以混用。",
            """
            stays
            stay_id | admitted_at      | confirmed_on | =
            s1      | 2026-01-01T23:59 | 2026-01-02   | 1
            s2      | 2026-01-01T00:01 | 2026-01-02   | 1
            s3      | 2026-01-01T08:00 | 2026-01-01   | 0
            s4      | 2026-01-01T08:00 |              |
            """,
            expression="days_between(admitted_at, confirmed_on)",
        ),
        Paragraph(
            "住院经过的天数",
            "`stay_days_elapsed` 每满 24 小时为 1 天，由入院和出院时间推算；官方的实际住院天数用 `days`。",
            """
            stays
            stay_id | admitted_at      | discharged_at    | =
            s1      | 2026-01-01T08:00 | 2026-01-03T07:59 | 1
            s2      | 2026-01-01T08:00 | 2026-01-03T08:00 | 2
            """,
            expression="stay_days_elapsed",
        ),
        Paragraph(
            "到下一次入院的分钟数",
            "`minutes_to_next_admission` 找同一机构、同一患者不早于本次出院的最近一次入院；没有则未知。",
            """
            stays
            stay_id | patient_key | admitted_at      | discharged_at    | =
            s1      | 甲          | 2026-01-01T08:00 | 2026-01-05T08:00 | 1440
            s2      | 甲          | 2026-01-06T08:00 | 2026-01-09T08:00 |
            s3      | 乙          | 2026-01-07T08:00 | 2026-01-08T08:00 |
            """,
            expression="minutes_to_next_admission",
        ),
        Paragraph(
            "同一时刻再入院是 0 分钟",
            "出院当时就入院（如转院区）为 0；不想计入就写 `> 0`。重叠的住院不算下一次。",
            """
            stays
            stay_id | patient_key | admitted_at      | discharged_at    | =
            s1      | 甲          | 2026-01-01T08:00 | 2026-01-05T08:00 | 0
            s2      | 甲          | 2026-01-05T08:00 | 2026-01-06T08:00 |
            s3      | 乙          | 2026-01-01T08:00 | 2026-01-09T08:00 | 60
            s4      | 乙          | 2026-01-02T08:00 | 2026-01-03T08:00 | 8700
            s5      | 乙          | 2026-01-09T09:00 | 2026-01-10T08:00 |
            """,
            expression="minutes_to_next_admission",
        ),
        Paragraph(
            "没有时长的住院不是自己的下一次",
            "入院即出院的记录，只看更晚的入院。",
            """
            stays
            stay_id | patient_key | admitted_at      | discharged_at    | =
            s1      | 甲          | 2026-01-01T08:00 | 2026-01-01T08:00 | 120
            s2      | 甲          | 2026-01-01T10:00 | 2026-01-02T08:00 |
            """,
            expression="minutes_to_next_admission",
        ),
    ),
)
