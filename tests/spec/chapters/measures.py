"""Numerator, denominator and value."""

from tests.spec.drawn import Chapter, Paragraph

COUNTED = {"numerator": {"count": "record_grade = '1'"}, "multiplier": 100, "unit": "%"}

CHAPTER = Chapter(
    "分子、分母和值",
    "先取统计对象（population），去掉排除的行（exclusions），再数分子和分母；相除只在最后做一次。",
    (
        Paragraph(
            "比率",
            "`{count: 条件}` 数满足条件的行，`{rows: true}` 数全部行，值为分子 ÷ 分母 × 乘数。",
            """
            stays
            stay_id | record_grade
            s1      | 1
            s2      | 1
            s3      | 1
            s4      | 2
            """,
            definition=COUNTED,
            gives={"numerator": 3, "denominator": 4, "value": "75"},
        ),
        Paragraph(
            "统计对象以外的行不计",
            "`population` 不成立或未知的行，既不进分子也不进分母。",
            """
            stays
            stay_id | record_grade | age_years
            s1      | 1            | 70
            s2      | 2            | 70
            s3      | 1            | 30
            s4      | 1            |
            """,
            definition=COUNTED | {"population": "age_years >= 65"},
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "排除只排除确定的",
            "`exclusions` 的条件未知时不排除：没填日间手术的仍要计入。",
            """
            stays
            stay_id | record_grade | day_surgery
            s1      | 1            | 是
            s2      | 1            | 否
            s3      | 2            |
            """,
            definition=COUNTED | {"exclusions": [{"when": "day_surgery", "why": "日间手术不计"}]},
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "分子在分母之内",
            "分母写 `{count: 条件}` 时，分子只数同时满足分母条件的行。",
            """
            stays
            stay_id | record_grade | sex
            s1      | 1            | 2
            s2      | 1            | 1
            s3      | 3            | 2
            """,
            definition=COUNTED | {"denominator": {"count": "sex = '2'"}},
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "均值",
            "`kind: mean` 用 `{sum: 整数}` ÷ 行数。加数未知的行分子分母都不计：未知的住院天数不是 0 天。",
            """
            stays
            stay_id | days
            s1      | 4
            s2      | 11
            s3      |
            """,
            definition={"kind": "mean", "numerator": {"sum": "days"}, "unit": "天"},
            gives={"numerator": 15, "denominator": 2, "value": "7.5"},
        ),
        Paragraph(
            "两个和相比",
            "分子分母都是和时，任何一边未知的行两边都不计。",
            """
            stays
            stay_id | rescues | rescue_successes
            s1      | 3       | 2
            s2      | 1       | 1
            s3      | 5       |
            """,
            definition={"numerator": {"sum": "rescue_successes"}, "denominator": {"sum": "rescues"}},
            gives={"numerator": 3, "denominator": 4, "value": "0.75"},
        ),
        Paragraph(
            "例数",
            "`kind: count` 没有分母，没有满足的行时值为 0。",
            """
            stays
            stay_id | record_grade
            s1      | 1
            s2      | 2
            """,
            definition={"kind": "count", "numerator": {"count": "record_grade = '3'"}, "denominator": None},
            gives={"numerator": 0, "denominator": None, "value": "0"},
        ),
        Paragraph(
            "中位数",
            "`kind: median` 用 `{values: 整数}`；个数为偶数时取中间两个的平均。全院中位数由各行重算，不由科室值合成。",
            """
            stays
            stay_id | discharge_department | days
            s1      | 内科                 | 1
            s2      | 内科                 | 100
            s3      | 外科                 | 4
            s4      | 外科                 | 7
            s5      | 外科                 |
            """,
            definition={"kind": "median", "numerator": {"values": "days"}, "denominator": None, "unit": "天"},
            gives={"numerator": None, "denominator": 4, "value": "5.5"},
        ),
        Paragraph(
            "乘数可以小于一",
            "费用按分存放，以元显示的均值写 `multiplier: 0.01`。",
            """
            stays
            stay_id | total_fee
            s1      | 100050
            s2      | 200000
            """,
            definition={"kind": "mean", "numerator": {"sum": "total_fee"}, "multiplier": 0.01, "unit": "元"},
            gives={"numerator": 300050, "denominator": 2, "value": "1500.25"},
        ),
    ),
)
