"""When there is no value, and why."""

from tests.spec.drawn import Chapter, Paragraph

CHAPTER = Chapter(
    "不能计算",
    "不能计算也是结果，带着原因；它不是 0，也不算达标。",
    (
        Paragraph(
            "分母为零",
            "没有一行符合分母：原因 `zero_denominator`。",
            """
            stays
            stay_id | record_grade
            s1      |
            """,
            definition={
                "population": "record_grade in ('1', '2', '3')",
                "numerator": {"count": "record_grade = '1'"},
            },
            gives={"numerator": 0, "denominator": 0, "value": None, "reason": "zero_denominator"},
        ),
        Paragraph(
            "当月没有数据",
            "表里没有这个月的行：原因 `no_data`。例数也一样，没有数据不等于零例。",
            """
            stays
            stay_id | admitted_at      | discharged_at
            s1      | 2026-02-01T08:00 | 2026-02-05T08:00
            """,
            definition={"kind": "count", "denominator": None},
            gives={"numerator": None, "value": None, "reason": "no_data"},
        ),
        Paragraph(
            "没有接入的表",
            "指标用到的表医院没有提供：原因 `missing_table`。空表则算提供了。",
            """
            stays
            stay_id
            s1
            """,
            definition={"numerator": {"count": "has(icu_stays)"}},
            gives={"missing": True, "value": None, "reason": "missing_table"},
        ),
        Paragraph(
            "没有可排序的值",
            "中位数没有一个已知的值，原因同样是 `zero_denominator`。",
            """
            stays
            stay_id | days
            s1      |
            """,
            definition={"kind": "median", "numerator": {"values": "days"}, "denominator": None},
            gives={"denominator": 0, "value": None, "reason": "zero_denominator"},
        ),
        Paragraph(
            "算错了不算通过",
            "整数运算超出 64 位时不会得到一个错的数：原因 `error`，其他指标照算。",
            """
            stays
            stay_id | total_fee
            s1      | 9000000000000000000
            """,
            definition={"kind": "mean", "numerator": {"sum": "total_fee * 2"}},
            gives={"numerator": None, "value": None, "reason": "error"},
        ),
    ),
)
