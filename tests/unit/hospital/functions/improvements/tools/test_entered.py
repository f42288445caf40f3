"""Pasted data: read when every line is good, else refused with each line and its reason; counted rows."""

from datetime import date

import pytest

from zhikong.foundation.facts.countable import Answer, Dimension, Measure, Row, Shape
from zhikong.hospital.functions.improvements.tools import entered, pictures
from zhikong.hospital.functions.improvements.tools.asking import Asked, Unanswerable
from zhikong.hospital.functions.improvements.tools.counting import figures
from zhikong.hospital.functions.improvements.tools.library import TOOLS
from zhikong.hospital.functions.improvements.tools.telling import told

pytestmark = pytest.mark.proves("QCC-02")
OPTIONS = {"effect": "手卫生依从率低", "low": "20", "high": "45"}
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.code)
def test_every_example_is_read_told_and_drawn(tool):
    read = entered.read(tool.code, tool.example, OPTIONS)
    said = told(tool.code, read)
    assert said.finding
    assert all(len(row) == len(said.heads) for row in said.rows)
    first, second = (
        pictures.picture(tool.code, read, title="题", theme=theme) for theme in ("light", "light")
    )
    assert first == second
    assert (first is None) == (tool.code in ("affinity", "relation"))


@pytest.mark.parametrize(
    ("kind", "text", "row", "why"),
    [
        ("pareto", "甲\t3\n乙\t三", 2, "不是数"),
        ("pareto", "甲\t3\n甲\t4", 2, "与第 1 行重复"),
        ("pareto", "甲\t-3", 1, "不能小于 0"),
        ("pareto", "甲\t0", 0, "都是 0"),
        ("pareto", "  \n ", 0, "没有内容"),
        ("check_sheet", "项目\t白班\n洗手\t1.5", 2, "整数"),
        ("check_sheet", "项目\t白班\n洗手\t1\t2", 2, "比表头"),
        ("check_sheet", "洗手\t3", 1, "表头"),
        ("histogram", "3 4 x", 1, "不是数"),
        ("histogram", "3", 0, "至少要两个数"),
        ("scatter", "1\t2\n3\t", 2, "没有填"),
        ("control", "2026-01\t3\t0\n2026-02\t3\t9", 1, "分母"),
        ("control", "2026-01\t3", 0, "至少要两期"),
        ("radar", "甲 1 2\n乙 1 9\n丙 1 2", 2, "超过满分"),
        ("radar", "甲 1\n乙 1", 0, "3 到 12 项"),
        ("gantt", "主题\t2026-03-40\t2026-04-01", 1, "不是日期"),
        ("gantt", "主题\t2026-03-04\t2026-03-01", 1, "早于开始"),
        ("before_after", "前\t1\t2", 0, "要两行"),
        ("before_after", "前\t1\t0\n后\t1\t2", 1, "分母"),
        ("fishbone", "  没有大类", 1, "大类"),
        ("relation", "甲\n乙 -> 丙", 1, "每行写一个关系"),
        ("stratification", "科室\t白班\n内科\ta", 2, "不是数"),
    ],
)
def test_a_bad_line_is_refused_with_row_and_reason(kind, text, row, why):
    with pytest.raises(entered.BadRows) as wrong:
        entered.read(kind, text, OPTIONS)
    assert any(at == row and why in reason for at, reason in wrong.value.problems), wrong.value.problems


def test_all_bad_lines_are_told_at_once():
    with pytest.raises(entered.BadRows) as wrong:
        entered.read("pareto", "甲\tx\n乙\t3\n丙\ty", {})
    assert [row for row, _ in wrong.value.problems] == [1, 3]


def test_numbers_as_people_write_them():
    read = entered.read("pareto", "项目\t次数\n甲\t1,200\n乙\t３５", {})
    assert read["charts"] == [["", [["甲", 1200], ["乙", 35]]]]
    assert entered.read("pareto", "甲 3\n乙，4\n丙; 5", {})["charts"][0][1] == [
        ["甲", 3],
        ["乙", 4],
        ["丙", 5],
    ]


def test_specification_limits_in_the_wrong_order():
    with pytest.raises(entered.BadRows, match="规格下限"):
        entered.read("histogram", "1 2 3", {"low": "9", "high": "2"})


# ---- counted rows ------------------------------------------------------------------------------------------------------

SHAPE = Shape(
    [Dimension("clause", "条款"), Dimension("department", "科室"), Dimension("month", "月份", ordered=True)],
    [Measure("rate", "符合率", "%", ratio=True, multiply=100), Measure("days", "用时", "天")],
    "条", "问题数",
)  # fmt: skip


def row(clause, department, month, *, rate=None, days=None, count=1):
    values = {"clause": clause, "department": department, "month": month}
    return Row(values, {"rate": rate, "days": days}, count, date.fromisoformat(f"{month}-01"), f"{clause} {department}")  # fmt: skip


ROWS = [
    row("手卫生", "内科", "2026-08", rate=(6, 10), days=3.0),
    row("手卫生", "外科", "2026-09", rate=(9, 10), days=5.0),
    row("手卫生", "内科", "2026-10", rate=(10, 10), days=1.0),
    row("消毒", "外科", "2026-08", days=9.0),
    row("标识", "内科", "2026-09", days=2.0, count=2),
]


def asked(**said):
    return Asked.of({"first": "2026-08", "last": "2026-10", **said}, today=TODAY)


def test_a_check_sheet_counts_rows_by_columns():
    found = figures("check_sheet", ROWS, SHAPE, asked(by="clause", across="department"))
    assert found["columns"] == ["内科", "外科"]
    assert dict(zip(found["categories"], found["counts"], strict=True)) == {
        "手卫生": [2, 1],
        "标识": [2, 0],
        "消毒": [0, 1],
    }
    assert told("check_sheet", found).rows[-1] == ("合计", "4", "2", "6")


def test_a_pareto_may_be_cut_into_before_and_after():
    found = figures("pareto", ROWS, SHAPE, asked(by="clause", cut="2026-09"))
    assert found["charts"] == [
        ["改善前", [["手卫生", 1], ["消毒", 1]]],
        ["改善后", [["手卫生", 2], ["标识", 2]]],
    ]


def test_ratios_are_pooled_not_averaged():
    found = figures("stratification", ROWS, SHAPE, asked(by="department", across="clause", measure="rate"))
    panels = {name: dict(zip(names, values, strict=True)) for name, names, values in found["panels"]}
    assert panels["内科"]["手卫生"] == pytest.approx(80)  # 16 of 20
    assert panels["外科"]["手卫生"] == 90
    assert panels["外科"]["标识"] is None


def test_control_and_before_after_of_ratios():
    found = figures("control", ROWS, SHAPE, asked(measure="rate"))
    assert (found["top"], found["bottom"]) == ([6, 9, 10], [10, 10, 10])
    change = figures("before_after", ROWS, SHAPE, asked(measure="rate", cut="2026-10"))
    assert change["pairs"] == [[15, 20], [10, 10]]
    with pytest.raises(Unanswerable, match="改善后从哪个月起"):
        figures("before_after", ROWS, SHAPE, asked(measure="rate"))


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        ("pareto", {"measure": "rate"}, "比率不能相加"),
        ("histogram", {}, "直方图要一个量"),
        ("check_sheet", {"by": "clause", "across": "clause"}, "不同的分组"),
        ("pareto", {"by": "nothing"}, "没有，请重新选择"),
        ("pareto", {"only": "clause:没有的"}, "没有数据"),
        ("histogram", {"measure": "days", "low": "x"}, "不是数"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(kind, said, why):
    with pytest.raises(Unanswerable, match=why):
        figures(kind, ROWS, SHAPE, asked(**said))


def test_a_question_survives_address_and_storage():
    one = asked(source="findings", by="clause", departments=[3, 1], most="7", only="clause:手卫生")
    assert Asked.of(one.stored(), today=TODAY) == one
    assert one.departments == (1, 3)
    assert "departments=1&departments=3" in one.query()
    assert Asked.of({"first": "月", "last": "2026-13"}, today=TODAY).first == "2025-12"


def test_the_hash_of_an_answer_knows_rows_not_their_order():
    assert Answer(ROWS, "").hash == Answer(ROWS[::-1], "").hash
    assert Answer(ROWS, "").hash != Answer(ROWS[1:], "").hash


def test_a_scatter_of_two_things_has_a_point_where_both_are_known():
    other = Shape(SHAPE.dimensions, [Measure("beds", "床位比")], "个", "个数")
    beds = [Row({"department": d, "month": m}, {"beds": b}) for d, m, b in (("内科", "2026-08", 0.4), ("外科", "2026-09", 0.5), ("儿科", "2026-08", 0.9))]  # fmt: skip
    found = figures("scatter", ROWS, SHAPE, asked(measure="rate", measure_y="beds", key_y="b"), (other, beds))
    assert found["points"] == [[60, 0.4, "内科 2026-08"], [90, 0.5, "外科 2026-09"]]
    assert (found["across"], found["up"]) == ("符合率（%）", "床位比")


def test_a_scatter_of_one_thing_has_a_point_a_row_or_a_group():
    rows = figures("scatter", ROWS, SHAPE, asked(measure="days", measure_y="rate"))
    assert [point[:2] for point in rows["points"]] == [[3, 60], [5, 90], [1, 100]]
    groups = figures("scatter", ROWS, SHAPE, asked(measure="count", measure_y="days", by="department"))
    assert groups["points"] == [[4, 2, "内科"], [2, 7, "外科"]]
