"""Months, departments and the whole institution."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "月份、科室和全院",
    "每行按 `date` 列归入月份，按 `department` 列归入科室；全院值由各科室的分子分母相加得到。",
    (
        Paragraph(
            "月份含首尾整日",
            "从 1 日 0 时到月末最后一刻；下月 1 日 0 时属于下月。",
            """
            stays
            stay_id | admitted_at         | discharged_at
            s1      | 2025-12-20T08:00:00 | 2025-12-31T23:59:59
            s2      | 2025-12-20T08:00:00 | 2026-01-01T00:00:00
            s3      | 2025-12-20T08:00:00 | 2026-01-31T23:59:59
            s4      | 2025-12-20T08:00:00 | 2026-02-01T00:00:00
            """,
            definition={"kind": "count", "denominator": None},
            gives={"numerator": 2},
        ),
        Paragraph(
            "科室值只数本科室",
            "出院科室为外科的。",
            """
            stays
            stay_id | discharge_department | days
            s1      | 内科                 | 4
            s2      | 外科                 | 10
            s3      | 外科                 | 20
            """,
            definition={"kind": "mean", "numerator": {"sum": "days"}},
            department="外科",
            gives={"numerator": 30, "denominator": 2, "value": "15"},
        ),
        Paragraph(
            "全院值是总和之比",
            "全院 = 各科室分子之和 ÷ 分母之和，不是科室值的平均。",
            """
            stays
            stay_id | discharge_department | days
            s1      | 内科                 | 4
            s2      | 外科                 | 10
            s3      | 外科                 | 22
            """,
            definition={"kind": "mean", "numerator": {"sum": "days"}},
            gives={"numerator": 36, "denominator": 3, "value": "12"},
        ),
        Paragraph(
            "科室未知的行计入全院",
            "归不到科室的行只计入全院。",
            """
            stays
            stay_id | admission_department
            s1      | 内科
            s2      |
            """,
            definition={"kind": "count", "denominator": None, "department": "admission_department"},
            gives={"numerator": 2},
        ),
        Paragraph(
            "床位日报按日期归月",
            "`bed_days` 以科室的一天为一行；加床使占用可以多于开放。",
            """
            bed_days
            department | day        | open_beds | occupied_beds
            内科       | 2026-01-30 | 10        | 12
            内科       | 2026-01-31 | 10        | 9
            内科       | 2026-02-01 | 10        | 10
            """,
            definition={
                "table": "bed_days",
                "date": "day",
                "department": "department",
                "numerator": {"sum": "occupied_beds"},
                "denominator": {"sum": "open_beds"},
                "multiplier": 100,
                "unit": "%",
            },
            department="内科",
            gives={"numerator": 21, "denominator": 20, "value": "105"},
        ),
        Paragraph(
            "填报数按填报的月份",
            "`reported_counts` 的 `period` 就是月份。",
            """
            reported_counts
            department | period  | item        | numerator | denominator
            内科       | 2026-01 | basics_exam | 9         | 10
            外科       | 2026-01 | basics_exam | 18        | 20
            外科       | 2026-01 | equipment   | 1         | 5
            外科       | 2026-02 | basics_exam | 1         | 20
            """,
            definition={
                "table": "reported_counts",
                "date": "period",
                "department": "department",
                "population": "item = 'basics_exam'",
                "numerator": {"sum": "numerator"},
                "denominator": {"sum": "denominator"},
                "multiplier": 100,
                "unit": "%",
            },
            gives={"numerator": 27, "denominator": 30, "value": "90"},
        ),
    ),
)
