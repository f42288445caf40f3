"""Composites and growth: indicators made from other indicators' results."""

from tests.spec.drawn import Chapter, Paragraph

GRADE_A = {"id": "grade_a", "numerator": {"count": "record_grade = '1'"}, "multiplier": 100, "unit": "%"}
STAY = {"id": "stay_length", "kind": "mean", "numerator": {"sum": "days"}, "unit": "天"}
DEATHS = {"id": "deaths", "kind": "count", "numerator": {"count": "discharge_way = '5'"}, "denominator": None}
GRADES = {"indicator": "grade_a", "weight": 60, "score": {"linear": {"zero": 50, "full": 100}}}
LENGTH = {"indicator": "stay_length", "weight": 40, "score": {"steps": [[8, 100], [10, 60], [12, 20]]}}
SCORE = {"kind": "composite", "unit": "分", "direction": "up", "parts": [GRADES, LENGTH]}
TWO = """
            stays
            stay_id | record_grade | days
            s1      | 1            | 6
            s2      | 1            | 12
            s3      | 1            | 9
            s4      | 2            | 9
            """
NO_DAYS = """
            stays
            stay_id | record_grade | days
            s1      | 1            |
            """
YEARS = """
            stays
            stay_id | days | discharged_at
            s1      | 8    | 2025-01-10T10:00
            s2      | 12   | 2025-01-12T10:00
            s3      | 8    | 2026-01-10T10:00
            """
SHRINK = {"kind": "growth", "of": "stay_length", "against": {"months": 12}, "direction": "down"}

CHAPTER = Chapter(
    "综合得分和变化",
    "这两种指标由其他指标的结果算出：没有自己的表和条件，所引用的指标改了口径，它们的指纹也随之改变。",
    (
        Paragraph(
            "综合得分",
            "各部分先按 `score` 折成 0–100 分，再按权重合成，权重合计 100，各部分的得分随结果给出。"
            "甲级率 75% 按 50–100 线性得 50 分；平均 9 天达到“不超过 10 天”一档，得 60 分；50 × 0.6 + 60 × 0.4。",
            TWO,
            beside=(GRADE_A, STAY),
            definition=SCORE,
            gives={"value": "54"},
        ),
        Paragraph(
            "达标得满分",
            "`{target: …}` 达标 100 分、未达标 0 分；`{value: true}` 直接以数值为分。",
            TWO,
            beside=(GRADE_A, STAY),
            definition=SCORE
            | {
                "parts": [
                    GRADES | {"score": {"value": True}},
                    LENGTH | {"score": {"target": {"at_most": 8}}},
                ]
            },
            gives={"value": "45"},
        ),
        Paragraph(
            "某部分没有数值",
            "默认整个得分不能计算，原因写明是哪一部分。",
            NO_DAYS,
            beside=(GRADE_A, STAY),
            definition=SCORE,
            gives={"value": None, "reason": "zero_denominator"},
        ),
        Paragraph(
            "不计没有数值的部分",
            "`missing_part: leave_out`：其余部分的权重重新合成 100；`zero` 则按 0 分计。",
            NO_DAYS,
            beside=(GRADE_A, STAY),
            definition=SCORE | {"missing_part": "leave_out"},
            gives={"value": "100"},
        ),
        Paragraph(
            "同比变化",
            "`against: {months: 12}` 与 12 个月前的同一机构、同一科室比；`change: relative` 为变化的比例。",
            YEARS,
            beside=(STAY,),
            definition=SHRINK | {"change": "relative", "multiplier": 100, "unit": "%"},
            gives={"value": "-20"},
        ),
        Paragraph(
            "差值",
            "`change: points` 为差值，单位与原指标相同；比率的差以百分点为单位。",
            YEARS,
            beside=(STAY,),
            definition=SHRINK | {"change": "points", "multiplier": 1, "unit": "天"},
            gives={"value": "-2"},
        ),
        Paragraph(
            "对比期没有数值",
            "不能计算，原因写明是哪一期。",
            TWO,
            beside=(STAY,),
            definition=SHRINK | {"change": "points", "multiplier": 1, "unit": "天"},
            gives={"value": None, "reason": "no_data"},
        ),
        Paragraph(
            "与基准年比",
            "`against: {base: 2025}` 与该年全年的值比：各月的分子、分母相加后再除，例数取月均；"
            "全院缺任何一个月都不能计算。全年 12 例，月均 1 例，本月 3 例。",
            "\n            stays\n            stay_id | discharge_way | discharged_at\n"
            + "".join(
                f"            b{m:02d}     | 5             | 2025-{m:02d}-10T10:00\n" for m in range(1, 13)
            )
            + "".join(f"            n{i}      | 5             | 2026-01-1{i}T10:00\n" for i in range(3)),
            beside=(DEATHS,),
            definition={
                "kind": "growth", "of": "deaths", "against": {"base": 2025}, "change": "relative",
                "multiplier": 100, "unit": "%",
            },
            gives={"value": "200"},
        ),
    ),
)  # fmt: skip
