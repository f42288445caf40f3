"""Sentences of the brief from figures alone."""

import pytest

from zhikong.hospital.overviews.reports import rules


def row(number, state="met", **changes):
    made = {
        "number": number, "name": f"指标{number}", "state": state, "target": "≥ 90 %", "value": "88.00 %",
        "change": "-2.00", "change_unit": " 个百分点", "favourable": None, "owner": "医务科", "signal": "", "worst": [],
    }  # fmt: skip
    return made | changes


def figures(rows, **changes):
    found = {
        "raised": 3,
        "closed": 1,
        "open": 5,
        "overdue": 0,
        "observation": 1,
        "reopened": 0,
        "late": [],
        "until": "2026-10-31",
    }
    made = {
        "month_words": "2026 年 10 月",
        "rows": rows,
        "analyses": [],
        "unanalysed": 0,
        "unanalysed_hospital": 0,
        "read_at": "2026-11-09 08:00",
        "findings": found,
    }
    return made | changes


def test_counts_and_share():
    text = rules.overall(figures([row(1), row(2), row(3, "missed"), row(4, "monitor", target="—")]))
    assert "监测指标 4 项，其中设有目标并可判断的 3 项：达标 2 项（66.7%）" in text


def test_no_judged_indicator_gives_no_share():
    assert "达标 0 项（—%）" in rules.overall(figures([row(1, "unknown")]))


def test_movements_quote_their_figures_in_percentage_points():
    text = rules.overall(
        figures([row(1, favourable=True, change="+1.50"), row(2, "missed", favourable=False)])
    )
    assert "好转较多的有指标1（+1.50 个百分点）〔1〕" in text
    assert "变差较多的有指标2（-2.00 个百分点）〔2〕" in text


def test_only_the_largest_movements_are_told():
    rows = [row(n, favourable=True, moved=n / 100) for n in range(1, 6)]
    text = rules.overall(figures(rows))
    assert text.index("〔5〕") < text.index("〔4〕") < text.index("〔3〕")
    assert "〔2〕" not in text


def test_movements_without_a_signal_are_called_noise():
    assert "以上升降属于正常波动" in rules.overall(figures([row(1)]))
    text = rules.overall(figures([row(1), row(2, signal="高于上控制限。")]))
    assert "提示特殊原因的有指标2〔2〕，其余升降属于正常波动" in text


def test_counts_quote_where_they_come_from():
    made = figures([row(1, "missed"), row(2)], unanalysed=1)
    made |= {"sources": rules.sources(made)}
    text = rules.draft(made)
    assert "未达标 1 项〔3〕。" in text["overall"]
    assert "改进措施〔4〕" in text["measures"]
    assert "重新打开 0 个〔5〕。" in text["findings"]
    assert "2026-10-31" in made["sources"][2]["text"]
    assert rules.unknown_marks("".join(text.values()), made) == []


def test_problems_name_the_worst_departments():
    text = rules.problems(figures([row(1, "missed", worst=[{"name": "骨科", "value": "60.00 %"}])]))
    assert text == "1. 指标1为 88.00 %〔1〕，未达到目标（≥ 90 %），主要在骨科（60.00 %）。"


def test_nothing_missed_is_said():
    assert "均达标" in rules.problems(figures([row(1)]))


def test_measures_and_what_is_lacking():
    analyses = [
        {
            "misses": {"指标1": ["全院", "骨科"], "指标2": list("甲乙丙丁戊己")},
            "cause": "人手不足",
            "measure": "增派。",
        }
    ]
    text = rules.measures(figures([], analyses=analyses, unanalysed=2, unanalysed_hospital=1))
    assert (
        text.splitlines()[0]
        == "1. 指标1（全院、骨科）、指标2（甲、乙、丙、丁、戊等 6 处）。原因：人手不足。措施：增派。"
    )
    assert "另有 2 项未达标（全院 1 项、科室 1 项）未提交" in text
    assert "尚有 2 项" in rules.measures(figures([], unanalysed=2, unanalysed_hospital=1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲〔1〕乙", [("甲", None), ("", 1), ("乙", None)]),
        ("〔12〕", [("", 12)]),
        ("〔x〕", [("〔x〕", None)]),
        ("", []),
    ],
)
def test_quotations_are_found(text, expected):
    assert rules.pieces(text) == expected


def test_unknown_quotations_are_named():
    assert rules.unknown_marks("〔1〕〔7〕〔7〕", figures([row(1)])) == [7]


def test_late_findings_are_listed():
    found = figures([])["findings"] | {"overdue": 1, "late": ["骨科“抢救记录”（期限 2026-10-20）"]}
    assert "逾期未整改：骨科“抢救记录”（期限 2026-10-20）。" in rules.findings(found)
