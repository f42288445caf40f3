"""Pasted blocks: with a head line, with names, in the grid's order; what cannot be taken is said and not taken."""

from hypothesis import given
from hypothesis import strategies as st

from zhikong.hospital.functions.reporting.definition.model import Item
from zhikong.hospital.functions.reporting.pasting import understand

ITEMS = (
    Item("basics_exam", "三基考核", "part", "合格", "参加", "人", aliases=("三基考核合格率",)),
    Item("equipment", "医疗设备", "part", "完好", "在用", "台", aliases=("设备完好率",)),
    Item("emergency_equipment", "急救仪器药品", "part", "完好", "应有", "件", aliases=("急救物品完好率",)),
    Item("discharged", "出院人次", "count", "人次", "", "人次", 1, "人次"),
)


def taken(text):
    return [(r.item.id, r.numerator, r.denominator) for r in understand(text, ITEMS) if r.usable]


def test_in_the_order_of_the_grid():
    assert taken("38\t40\r\n20\t21\r\n60\t60\r\n130") == [
        ("basics_exam", 38, 40), ("equipment", 20, 21), ("emergency_equipment", 60, 60), ("discharged", 130, None),
    ]  # fmt: skip


def test_by_name_in_any_order():
    assert taken("设备完好率\t20\t21\n三基考核\t38\t40\n") == [("equipment", 20, 21), ("basics_exam", 38, 40)]


def test_by_a_head_line_with_columns_in_any_order():
    text = "项目\t分母\t分子\t备注\n急救物品完好率\t60\t59\t除颤仪电池待换\n医疗设备\t21\t20\t\n"
    rows = understand(text, ITEMS)
    assert [(r.item.id, r.numerator, r.denominator, r.explanation) for r in rows] == [
        ("emergency_equipment", 59, 60, "除颤仪电池待换"), ("equipment", 20, 21, ""),
    ]  # fmt: skip


def test_quotes_commas_and_line_breaks_inside_a_cell():
    rows = understand('医疗设备\t"1,020"\t"1,021"\t"一台送修\n下月返还"\n', ITEMS)
    assert (rows[0].numerator, rows[0].denominator, rows[0].explanation) == (1020, 1021, "一台送修\n下月返还")


def test_comma_separated_lines_are_understood_too():
    assert taken("三基考核,38,40\n医疗设备,20,21") == [("basics_exam", 38, 40), ("equipment", 20, 21)]


def test_nothing_this_month():
    (row,) = understand("三基考核\t本月无\t\t本月没有组织", ITEMS)
    assert (row.nothing, row.numerator, row.explanation) == (True, None, "本月没有组织")


def test_what_cannot_be_taken_is_said():
    rows = understand("三基考核\t95%\t40\n床位使用率\t1\t2\n医疗设备\t20\t21", ITEMS)
    assert [row.usable for row in rows] == [False, False, True]
    assert "百分率" in rows[0].problem
    assert rows[1].problem == "这张填报单里没有“床位使用率”这一项。"


def test_an_item_twice_is_taken_from_neither_line():
    rows = understand("医疗设备\t20\t21\n设备完好率\t19\t21\n三基考核\t1\t1", ITEMS)
    assert [row.usable for row in rows] == [False, False, True]


def test_more_lines_than_the_grid_has():
    rows = understand("1\t2\n1\t2\n1\t2\n5\n9\t9", ITEMS)
    assert rows[-1].problem == "多出的一行。"


def test_empty_cells_stay_empty():
    (row,) = understand("医疗设备\t\t21", ITEMS)
    assert (row.numerator, row.denominator) == (None, 21)
    assert understand("", ITEMS) == []


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text):
    """Whatever stands on the clipboard: an answer, no item twice, numbers never negative."""
    rows = understand(text, ITEMS)
    used = [row.item.id for row in rows if row.usable]
    assert len(used) == len(set(used))
    assert all(n is None or n >= 0 for row in rows for n in (row.numerator, row.denominator))
