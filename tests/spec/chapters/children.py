"""Questions about the rows that belong to a stay."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "子表",
    "诊断、手术、文书等各有一张子表，以 `stay_id` 属于一次住院。",
    (
        Paragraph(
            "has 至少有一条",
            "`has(子表, 条件)` 问这次住院有没有一条记录满足全部条件；条件要由同一条记录满足。",
            """
            stays
            stay_id | =
            s1      | 是
            s2      | 否
            s3      | 否

            operations
            stay_id | seq | kind    | grade
            s1      | 1   | surgery | 4
            s2      | 1   | surgery | 3
            s2      | 2   |         | 4
            """,
            expression="has(operations, kind = 'surgery' and grade = '4')",
        ),
        Paragraph(
            "has 没有未知",
            "没有记录、或记录里的列未填，`has` 都是否，`not has` 就是是。",
            """
            stays
            stay_id | =
            s1      | 否
            s2      | 是
            s3      | 是

            operations
            stay_id | seq | grade
            s1      | 1   | 4
            s2      | 1   |
            """,
            expression="not has(operations, grade = '4')",
        ),
        Paragraph(
            "省略条件问有没有任何记录",
            "`has(icu_stays)`：住过重症监护。",
            """
            stays
            stay_id | =
            s1      | 是
            s2      | 否

            icu_stays
            stay_id | entered_at
            s1      | 2026-01-10T08:00
            """,
            expression="has(icu_stays)",
        ),
        Paragraph(
            "count_of 数条数",
            "`count_of(子表, 条件)` 没有记录时为 0，不是未知。",
            """
            stays
            stay_id | =
            s1      | 2
            s2      | 0

            operations
            stay_id | seq | incision_class
            s1      | 1   | 1
            s1      | 2   | 1
            s1      | 3   | 2
            """,
            expression="count_of(operations, incision_class = '1')",
        ),
        Paragraph(
            "sum_of 求和",
            "`sum_of(子表, 整数列, 条件)` 把符合条件的记录里已知的值相加；没有记录时为 0，不是未知。",
            """
            stays
            stay_id | =
            s1      | 300
            s2      | 0

            fees
            stay_id | kind   | amount
            s1      | D11    | 100
            s1      | D20    | 200
            s1      | D20x01 | 50
            s1      | D34    |
            """,
            expression="sum_of(fees, amount, kind <> 'D20x01')",
        ),
        Paragraph(
            "最早和最晚的时间",
            "`earliest(子表, 时间列, 条件)` 和 `latest(…)` 取符合条件的记录里已知的时间；没有则未知。",
            """
            stays
            stay_id | admitted_at      | discharged_at    | =
            s1      | 2026-01-01T08:00 | 2026-01-05T08:00 | 120
            s2      | 2026-01-01T08:00 | 2026-01-05T08:00 |
            s3      | 2026-01-01T08:00 | 2026-01-05T08:00 |

            documents
            document_id | stay_id | type | signed_at
            d1          | s1      | 34   | 2026-01-01T12:00
            d2          | s1      | 34   | 2026-01-01T10:00
            d3          | s1      | 37   | 2026-01-01T09:00
            d4          | s2      | 34   |
            """,
            expression="minutes_between(admitted_at, earliest(documents, signed_at, type = '34'))",
        ),
        Paragraph(
            "最晚的一份",
            "同样的写法，取最晚。",
            """
            stays
            stay_id | admitted_at      | discharged_at    | =
            s1      | 2026-01-01T08:00 | 2026-01-05T08:00 | 240

            documents
            document_id | stay_id | type | signed_at
            d1          | s1      | 34   | 2026-01-01T12:00
            d2          | s1      | 34   | 2026-01-01T10:00
            """,
            expression="minutes_between(admitted_at, latest(documents, signed_at))",
        ),
        Paragraph(
            "在子表条件里提到住院",
            "子表条件里的列是子表的；住院的列写作 `stay.列名`。",
            """
            stays
            stay_id | admitted_at      | discharged_at    | =
            s1      | 2026-01-01T08:00 | 2026-01-05T08:00 | 是
            s2      | 2026-01-01T08:00 | 2026-01-05T08:00 | 否

            documents
            document_id | stay_id | type | written_at
            d1          | s1      | 34   | 2026-01-02T08:00
            d2          | s2      | 34   | 2026-01-02T08:01
            """,
            expression="has(documents, type = '34' and minutes_between(stay.admitted_at, written_at) <= 1440)",
        ),
        Paragraph(
            "last_by 按时间取值",
            "`last_by(子表, 列, 时间列, 条件)` 取符合条件的记录中时间最晚的一条的值；值或时间未知的记录不看。"
            "`first_by` 取最早的一条。没有记录时为未知。",
            """
            stays
            stay_id | =
            s1      | 是
            s2      | 否
            s3      | 否

            operations
            stay_id | seq | grade | performed_at
            s1      | 1   | 3     | 2026-01-11T08:00
            s1      | 2   | 4     | 2026-01-12T08:00
            s1      | 3   |       | 2026-01-13T08:00
            s2      | 1   | 4     | 2026-01-11T08:00
            s2      | 2   | 3     | 2026-01-12T08:00
            """,
            expression="last_by(operations, grade, performed_at) = '4'",
        ),
        Paragraph(
            "同一时刻的几条",
            "时间相同而值不同时，`first_by` 取最小的值，`last_by` 取最大的值，与存放次序无关。",
            """
            stays
            stay_id | =
            s1      | 40

            operations
            stay_id | seq | minutes | performed_at
            s1      | 1   | 90      | 2026-01-11T08:00
            s1      | 2   | 40      | 2026-01-11T08:00
            s1      | 3   | 10      | 2026-01-12T08:00
            """,
            expression="first_by(operations, minutes, performed_at)",
        ),
        Paragraph(
            "gap_hours 相邻间隔",
            "`gap_hours(子表, 时间列, 条件)` 是符合条件的记录按时间排列后，相邻两条之间最长的整小时数（向下取整）；"
            "不足两条时未知。`gap_minutes` 以分钟计。",
            """
            stays
            stay_id | =
            s1      | 49
            s2      |
            s3      |

            documents
            document_id | stay_id | type | written_at
            d1          | s1      | 35   | 2026-01-10T08:00
            d2          | s1      | 35   | 2026-01-12T09:59
            d3          | s1      | 35   | 2026-01-13T08:00
            d4          | s1      | 34   | 2026-01-20T08:00
            d5          | s2      | 35   | 2026-01-10T08:00
            """,
            expression="gap_hours(documents, written_at, type = '35')",
        ),
        Paragraph(
            "同一患者此后的住院",
            "`later_stays` 是同一患者入院不早于本次出院的住院，`earlier_stays` 是出院不晚于本次入院的住院（同一机构）。"
            "它们像子表一样查，列与住院表相同；本次住院的列写 `stay.列名`。31 天内因同一诊断再住院：",
            """
            stays
            stay_id | patient_key | principal_diagnosis | admitted_at      | discharged_at    | =
            s1      | p1          | I21.900             | 2026-01-01T08:00 | 2026-01-05T08:00 | 是
            s2      | p1          | I21.900             | 2026-01-20T08:00 | 2026-01-25T08:00 | 否
            s3      | p2          | I21.900             | 2026-01-01T08:00 | 2026-01-05T08:00 | 否
            s4      | p2          | J18.900             | 2026-01-10T08:00 | 2026-01-12T08:00 | 否
            """,
            expression="has(later_stays, principal_diagnosis = stay.principal_diagnosis "
            "and days_between(stay.discharged_at, admitted_at) <= 31)",
        ),
        Paragraph(
            "患者本月的第一次住院",
            "`same_month` 说另一次住院是否与本次同一个月出院：以它可以只数每位患者本月的第一次。",
            """
            stays
            stay_id | patient_key | admitted_at      | discharged_at
            s0      | p1          | 2025-12-01T08:00 | 2025-12-05T08:00
            s1      | p1          | 2026-01-01T08:00 | 2026-01-05T08:00
            s2      | p1          | 2026-01-08T08:00 | 2026-01-09T08:00
            s3      | p2          | 2026-01-08T08:00 | 2026-01-09T08:00
            """,
            definition={"numerator": {"count": "not has(earlier_stays, same_month)"}},
            gives={"numerator": 2, "denominator": 3},
        ),
        Paragraph(
            "上一次住院",
            "`last_by` 从最近的一次住院取值：距上次出院的天数写作两个日期之差。",
            """
            stays
            stay_id | patient_key | days | admitted_at      | discharged_at    | =
            s1      | p1          | 4    | 2026-01-01T08:00 | 2026-01-05T08:00 |
            s2      | p1          | 9    | 2026-01-08T08:00 | 2026-01-09T08:00 | 4
            s3      | p1          | 1    | 2026-01-20T08:00 | 2026-01-21T08:00 | 9
            """,
            expression="last_by(earlier_stays, days, discharged_at)",
        ),
        Paragraph(
            "以子表为计数单位",
            "`table: operations` 时一行是一台手术；月份和科室取自所属住院，写作 `stay.…`。"
            "找不到所属住院的记录不计。",
            """
            stays
            stay_id | discharge_department
            s1      | 外科

            operations
            stay_id | seq | grade | unplanned_return
            s1      | 1   | 4     | 是
            s1      | 2   | 3     | 否
            s1      | 3   | 3     |
            s9      | 1   | 4     | 是
            """,
            definition={
                "table": "operations",
                "date": "stay.discharged_at",
                "department": "stay.discharge_department",
                "numerator": {"count": "unplanned_return"},
                "multiplier": 100,
                "unit": "%",
            },
            department="外科",
            gives={"numerator": 1, "denominator": 3},
        ),
    ),
)
