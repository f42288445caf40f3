"""Percentiles, distinct counts, rates of two tables, exceptions, compliance rates and strata."""

from tests.spec.drawn import Chapter, Paragraph

FIVE = """
            stays
            stay_id | discharge_department | days
            s1      | 内科                 | 1
            s2      | 内科                 | 2
            s3      | 内科                 | 4
            s4      | 外科                 | 8
            s5      | 外科                 | 16
            """
P90 = {
    "kind": "percentile",
    "percentile": 90,
    "numerator": {"values": "days"},
    "denominator": None,
    "unit": "天",
}
BEDS = {
    "kind": "rate",
    "table": "devices",
    "date": "placed_at",
    "department": "stay.discharge_department",
    "denominator": None,
    "numerator": {"rows": True},
    "multiplier": 1000,
    "unit": "‰",
    "per": {"table": "bed_days", "date": "day", "department": "department", "sum": "occupied_beds"},
}
PATIENTS = {"kind": "distinct", "denominator": None, "numerator": {"distinct": "patient_key"}, "unit": "人"}
TESTED = {"numerator": {"count": "record_grade = '1'"}, "multiplier": 100, "unit": "%"}
REFUSED = {"exceptions": [{"when": "day_surgery", "why": "日间手术可以不做"}]}
EXCLUDED = {"exclusions": [{"when": "day_surgery", "why": "日间手术不计"}]}
GRADES = """
            stays
            stay_id | record_grade | day_surgery
            s1      | 1            | 是
            s2      | 2            | 是
            s3      | 1            | 否
            s4      | 2            | 否
            """

CHAPTER = Chapter(
    "百分位数、去重、两张表的率、例外和分层",
    "中位数、百分位数和去重计数不可相加：全院值、全年值总在全部行上重算，不由科室值或月值合成。",
    (
        Paragraph(
            "百分位数 n_plus_1",
            "`rank: n_plus_1`：位置为 p(n+1)，落在两个数之间时按比例取；超出两端取首尾的值。国家检验周转时间第 90 百分位数"
            "（CL-12）即 0.9(n+1)。五个数的位置 5.4 超出末位，取 16。",
            FIVE,
            definition=P90 | {"rank": "n_plus_1"},
            gives={"denominator": 5, "value": "16"},
        ),
        Paragraph(
            "百分位数 linear",
            "`rank: linear`：位置为 1 + p(n−1)，按比例取，与电子表格的 PERCENTILE 相同。位置 4.6，8 + 0.6 × 8。",
            FIVE,
            definition=P90 | {"rank": "linear"},
            gives={"denominator": 5, "value": "12.8"},
        ),
        Paragraph(
            "百分位数 nearest",
            "`rank: nearest`：位置为 p·n 进一取整，总是某一行的值。第 70 百分位：3.5 进为 4，取 8。",
            FIVE,
            definition=P90 | {"rank": "nearest", "percentile": 70},
            gives={"denominator": 5, "value": "8"},
        ),
        Paragraph(
            "科室的百分位数",
            "按科室另算；全院值不由它们合成。",
            FIVE,
            definition=P90 | {"rank": "nearest", "percentile": 50},
            department="内科",
            gives={"denominator": 3, "value": "2"},
        ),
        Paragraph(
            "去重计数",
            "`kind: distinct` 用 `{distinct: 列}` 数不同的值：按人计，不按人次计。未知的值不计。",
            """
            stays
            stay_id | patient_key | discharge_department
            s1      | p1          | 内科
            s2      | p1          | 外科
            s3      | p2          | 外科
            """,
            definition=PATIENTS,
            gives={"numerator": 2, "denominator": None, "value": "2"},
        ),
        Paragraph(
            "按人计的比率",
            "加上分母就是比率；`where` 只看满足条件的行。死亡的人 ÷ 出院的人。",
            """
            stays
            stay_id | patient_key | discharge_way
            s1      | p1          | 1
            s2      | p1          | 5
            s3      | p2          | 1
            """,
            definition=PATIENTS
            | {
                "numerator": {"distinct": "patient_key", "where": "discharge_way = '5'"},
                "denominator": {"distinct": "patient_key"},
                "multiplier": 100,
                "unit": "%",
            },
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "两张表的率",
            "`kind: rate` 的分子在本表，分母在 `per` 所写的另一张表，各有自己的日期、科室、统计对象和排除；"
            "按机构、科室和月份对齐后才相除。每千床日的置管数。",
            """
            devices
            stay_id | placed_at
            s1      | 2026-01-05T08:00
            s1      | 2026-01-20T08:00
            s2      | 2025-12-31T08:00

            stays
            stay_id | discharge_department
            s1      | 内科
            s2      | 内科

            bed_days
            department | day        | open_beds | occupied_beds
            内科       | 2026-01-05 | 40        | 38
            内科       | 2026-01-06 | 40        | 42
            内科       | 2025-12-31 | 40        | 40
            """,
            definition=BEDS,
            gives={"numerator": 2, "denominator": 80, "value": "25"},
        ),
        Paragraph(
            "只有分母的科室",
            "某科室本月有床日而分子表中没有它的行，分子是 0。",
            """
            devices
            stay_id | placed_at
            s1      | 2026-01-05T08:00

            stays
            stay_id | discharge_department
            s1      | 内科

            bed_days
            department | day        | open_beds | occupied_beds
            内科       | 2026-01-05 | 40        | 38
            外科       | 2026-01-05 | 40        | 40
            """,
            definition=BEDS,
            department="外科",
            gives={"numerator": 0, "denominator": 40, "value": "0"},
        ),
        Paragraph(
            "分子表本月一行也没有",
            "不知道是没有发生还是没有上传：默认“没有数据”。",
            """
            bed_days
            department | day        | open_beds | occupied_beds
            内科       | 2026-01-05 | 40        | 38
            """,
            definition=BEDS,
            gives={"value": None, "reason": "no_data"},
        ),
        Paragraph(
            "没有行就是没有发生",
            "事件类的表（不良事件、感染、置管）写 `no_rows: zero`：本月没有行，分子就是 0。`kind: count` 也可以写。",
            """
            bed_days
            department | day        | open_beds | occupied_beds
            内科       | 2026-01-06 | 40        | 38
            """,
            definition=BEDS | {"no_rows": "zero"},
            gives={"numerator": 0, "denominator": 38, "value": "0"},
        ),
        Paragraph(
            "例外只在没有达到时移出",
            "`exceptions`：已达到分子的行照常计入；没有达到、又有例外的行移出分母。",
            GRADES,
            definition=TESTED | REFUSED,
            gives={"numerator": 2, "denominator": 3},
        ),
        Paragraph(
            "排除不论是否达到",
            "同样的条件写成 `exclusions`，达到分子的行也移出。",
            GRADES,
            definition=TESTED | EXCLUDED,
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "排除之前的分子",
            "文件规定分子不排除时，写 `numerator_of: before_exclusions`；默认 `after_exclusions`。",
            GRADES,
            definition=TESTED | EXCLUDED | {"numerator_of": "before_exclusions"},
            gives={"numerator": 2, "denominator": 2, "value": "100"},
        ),
        Paragraph(
            "质控规则的合格率",
            "`{passes: 规则}`：通过 ÷（通过 + 不通过）。不适用、无法评估的病案两边都不计；规则出错，指标也是错误。",
            """
            stays
            stay_id | record_grade | age_years
            s1      | 1            | 70
            s2      | 2            | 70
            s3      | 2            | 30
            s4      |              | 70
            """,
            rules=({"id": "old_well_kept", "applies": "age_years >= 65", "passes": "record_grade = '1'"},),
            definition={
                "numerator": {"passes": "old_well_kept"},
                "denominator": None,
                "multiplier": 100,
                "unit": "%",
            },
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "分层",
            "`strata` 列出可以分层查看的编码列；每个取值是一组，没填的另成一组。",
            """
            stays
            stay_id | record_grade | sex
            s1      | 1            | 1
            s2      | 2            | 1
            s3      | 1            | 2
            s4      | 2            |
            """,
            definition=TESTED | {"strata": ["department", "sex"]},
            split_by="sex",
            stratum="1",
            gives={"numerator": 1, "denominator": 2, "value": "50"},
        ),
        Paragraph(
            "没填的一层",
            "未知不归入任何取值。",
            """
            stays
            stay_id | record_grade | sex
            s1      | 1            | 1
            s2      | 2            |
            """,
            definition=TESTED | {"strata": ["sex"]},
            split_by="sex",
            stratum="",
            gives={"numerator": 0, "denominator": 1, "value": "0"},
        ),
    ),
)
