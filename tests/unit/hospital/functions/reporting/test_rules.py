"""Checks of one row and of a whole sheet: each sentence where it belongs, and silence where nothing is wrong."""

from decimal import Decimal

import pytest

from zhikong.hospital.functions.reporting import numbers, rules
from zhikong.hospital.functions.reporting.definition.model import Item
from zhikong.hospital.functions.reporting.rules import ASK, STOP, Act, Cell, Past, State

EQUIPMENT = Item("equipment", "医疗设备", "part", "完好台数", "在用台数", "台")
EXAM = Item("basics_exam", "三基考核", "part", "合格人数", "参加人数", "人", evidence="when_filled")
MONEY = Item("compensation", "赔偿", "amounts", "赔偿总额", "医疗收入", "元", 10000, "万元/亿元", decimals=2)
PATIENTS = Item("discharged", "出院人次", "count", "出院人次", "", "人次", 1, "人次")


def months(top, bottom, count=12):
    return [Past(f"2025-{n:02d}", top, bottom) for n in range(1, count + 1)]


def levels(item, cell, past=()):
    return [(remark.level, remark.field) for remark in rules.check(item, cell, past)]


@pytest.mark.proves("IND-01")
@pytest.mark.parametrize(
    ("item", "cell", "found"),
    [
        (EQUIPMENT, Cell(20, 20), []),
        (EQUIPMENT, Cell(), []),  # not filled is no fault of the row
        (EQUIPMENT, Cell(0, 20), []),  # nothing in order is possible, if sad
        (EQUIPMENT, Cell(21, 20), [(STOP, "numerator")]),
        (EQUIPMENT, Cell(3, 0), [(STOP, "denominator")]),
        (EQUIPMENT, Cell(0, 0), [(ASK, "nothing")]),
        (EQUIPMENT, Cell(92, None), [(STOP, "denominator")]),
        (EQUIPMENT, Cell(None, 20), [(STOP, "numerator")]),
        (EQUIPMENT, Cell(nothing=True), []),
        (EQUIPMENT, Cell(1, 2, nothing=True), [(STOP, "nothing")]),
        (PATIENTS, Cell(0), []),  # zero is an answer
        (PATIENTS, Cell(130), []),
        (MONEY, Cell(200, 100), [(STOP, "numerator")]),
    ],
)
def test_contradictions(item, cell, found):
    assert levels(item, cell) == found


def test_evidence_is_demanded_where_the_set_says_so():
    assert levels(EXAM, Cell(9, 9)) == [(STOP, "evidence")]
    assert levels(EXAM, Cell(9, 9, evidence="10 月成绩单")) == []
    assert levels(EXAM, Cell(9, 9, files=1)) == []
    assert levels(EXAM, Cell(nothing=True)) == []
    assert levels(Item(**{**EXAM.__dict__, "evidence": "always"}), Cell(nothing=True)) == [(STOP, "evidence")]


@pytest.mark.parametrize(
    ("item", "cell", "past", "field"),
    [
        (EQUIPMENT, Cell(12, 20), months(20, 20), "numerator"),  # the share fell
        (EQUIPMENT, Cell(92, 100), months(20, 21), "denominator"),  # a percentage typed as cases
        (EQUIPMENT, Cell(60, 60), months(20, 20), "denominator"),  # three times as many
        (EQUIPMENT, Cell(5, 5), months(20, 20), "denominator"),
        (PATIENTS, Cell(13), months(130, None), "numerator"),  # a digit lost
        (PATIENTS, Cell(1300), months(130, None), "numerator"),
        (MONEY, Cell(50_000_00, 400_000_000), months(500_000, 400_000_000), "numerator"),
        (EQUIPMENT, Cell(nothing=True), months(20, 20), "nothing"),
    ],
)
def test_a_jump_asks_for_an_explanation_and_is_settled_by_one(item, cell, past, field):
    (first, *_others) = rules.check(item, cell, past)
    assert (first.level, first.field) == (ASK, field)
    explained = Cell(**{**cell.__dict__, "explanation": "新增监护仪四十台"})
    assert all(remark.level == "said" for remark in rules.check(item, explained, past))
    hollow = Cell(**{**cell.__dict__, "explanation": "无"})
    assert rules.check(item, hollow, past)[0].level == ASK


@pytest.mark.parametrize(
    ("item", "cell", "past"),
    [
        (EQUIPMENT, Cell(12, 20), months(20, 20, count=5)),  # too short a history to call anything a jump
        (EQUIPMENT, Cell(19, 20), months(20, 20)),  # one of twenty is within the floor
        (EQUIPMENT, Cell(92, 100), months(95, 100)),  # always about a hundred
        (PATIENTS, Cell(150), months(130, None)),
        (EQUIPMENT, Cell(nothing=True), [*months(20, 20, count=11), Past("2025-12", 0, 0)]),
    ],
)
def test_what_is_usual_is_not_questioned(item, cell, past):
    assert rules.check(item, cell, past) == []


def test_the_sentence_names_the_numbers():
    (remark,) = rules.check(EQUIPMENT, Cell(12, 20), months(20, 20))
    assert remark.sentence == "本月 60%，前 12 个月合计 100%，相差很大，请核对；属实请说明原因。"
    (remark,) = rules.check(EQUIPMENT, Cell(92, None))
    assert remark.sentence == "只填了完好台数，缺在用台数；如果 92 是百分率，请换成例数。"


def test_values():
    assert rules.shown(EQUIPMENT, rules.value(EQUIPMENT, 19, 21)) == "90.48%"
    assert rules.shown(MONEY, rules.value(MONEY, 1_500_000, 1_000_000_000)) == "15 万元/亿元"
    assert rules.shown(PATIENTS, rules.value(PATIENTS, 130, None)) == "130 人次"
    assert rules.value(EQUIPMENT, 0, 0) is None
    assert rules.value(EQUIPMENT, None, 5) is None


def test_a_sheet_is_ready_when_every_row_is_answered_right_and_explained():
    items = [EQUIPMENT, PATIENTS]
    nothing = rules.completeness(items, {}, {})
    assert (nothing.missing, nothing.ready) == (2, False)
    cells = {"equipment": Cell(21, 20), "discharged": Cell(nothing=True)}
    wrong = rules.completeness(items, cells, {"equipment": rules.check(EQUIPMENT, cells["equipment"])})
    assert wrong.sentence == "医疗设备 有错。"
    cells["equipment"] = Cell(20, 20)
    assert rules.completeness(items, cells, {}).ready
    assert rules.completeness(items, cells, {}).sentence == ""


# ---- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "decimals", "value"),
    [
        ("", 0, None), ("  ", 0, None), ("—", 0, None), ("0", 0, 0), ("1,200", 0, 1200), ("１２００", 0, 1200),
        ("20.0", 0, 20), ("12.5", 2, 1250), ("1 200", 0, 1200), ("0.10", 2, 10),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text, decimals, value):
    assert numbers.read(text, decimals=decimals) == value
    if value is not None:
        assert numbers.read(numbers.written(value, decimals=decimals), decimals=decimals) == value


@pytest.mark.parametrize(
    ("text", "decimals", "words"),
    [
        ("92%", 0, "百分率"), ("0.92", 0, "不是整数"), ("-3", 0, "负数"), ("二十", 0, "不是数目"),
        ("1.234", 2, "小数过多"), ("9" * 17, 0, "过大"), ("1e5", 0, "不是数目"), ("NaN", 0, "不是数目"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_explained(text, decimals, words):
    with pytest.raises(numbers.NotANumber, match=words):
        numbers.read(text, decimals=decimals)


# ---- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("WF-04")
def test_the_way_of_a_sheet():
    state = State.DRAFT
    for act, after in (
        (Act.SUBMIT, "submitted"), (Act.RETURN, "returned"), (Act.SUBMIT, "submitted"), (Act.ACCEPT, "accepted"),
        (Act.CORRECT, "returned"),
    ):  # fmt: skip
        state = rules.next_state(state, act)
        assert state == after


@pytest.mark.parametrize(
    ("state", "act"),
    [("accepted", Act.SUBMIT), ("draft", Act.ACCEPT), ("submitted", Act.SUBMIT), ("draft", Act.RETURN),
     ("accepted", Act.ACCEPT), ("submitted", Act.EXTEND), ("draft", Act.CORRECT)],
)  # fmt: skip
def test_steps_that_are_not_allowed(state, act):
    assert not rules.may_follow(state, act)
    with pytest.raises(rules.NotAllowedNow, match="不能"):
        rules.next_state(state, act)


def test_value_is_exact():
    assert rules.value(EQUIPMENT, 1, 3) == Decimal(100) / 3
