"""A score with unknowns is a range, and one fault costs once."""

from decimal import Decimal
from pathlib import Path

import pytest

from zhikong.foundation.forms import answers, deductions, ranges, scoring
from zhikong.foundation.forms.deductions import Deduction
from zhikong.foundation.forms.definition import read
from zhikong.foundation.forms.policies import read as read_policy

from .conftest import form_of

SHEET = """
  - id: a
    title: 甲
    cap: 10
    items:
      - {id: timely, type: yes_no_na, text: 按时, score: {full: 5}}
      - {id: faults, type: number, text: 缺陷, min: 0, max: 10, decimals: 1, score: {full: 10, each: 1}}
  - id: b
    title: 乙
    items:
      - {id: more, type: number, text: 其他缺陷, min: 0, max: 90, decimals: 1, score: {full: 90, each: 1}}
      - {id: signed, type: yes_no_na, text: 同意书齐全, required: true, veto: {deduct: 10}}
"""
HEAD = "full_score: 100\ngrades: [{at_least: 90, name: 甲级}, {at_least: 80, name: 乙级}, {at_least: 0, name: 丙级}]"
KNOWN = {"timely": "yes", "faults": Decimal(0), "more": Decimal(8), "signed": "yes"}


@pytest.fixture(scope="module")
def sheet():
    return form_of(SHEET, HEAD)


@pytest.fixture(scope="module")
def zhejiang():
    """The sheet as shipped and its policy."""
    root = Path("zhikong/packs/national")
    form, policy = root / "forms/inpatient_record_score.yaml", root / "grade_policies/zhejiang_2021.yaml"
    return read(form.read_text("utf-8"), file=form), read_policy(policy.read_text("utf-8"), file=policy)


def test_what_is_known_is_one_number(sheet):
    found = ranges.score_range(sheet, KNOWN)
    assert (found.text, found.grade, found.is_known) == ("92", "甲级", True)


@pytest.mark.proves("REC-13")
def test_what_is_unknown_makes_a_range_and_is_named(sheet):
    values = {name: value for name, value in KNOWN.items() if name != "signed"}
    found = ranges.score_range(sheet, values, unknown={"signed": "没有导入知情同意数据"})
    assert (found.text, found.grade) == ("82～92", "乙级～甲级")
    assert [(one.item, one.why, one.veto) for one in found.unknown] == [
        ("signed", "没有导入知情同意数据", True)
    ]


def test_nothing_unknown_counts_as_full_marks(sheet):
    found = ranges.score_range(sheet, {})
    assert (found.low, found.high, len(found.unknown)) == (0, 100, 4)
    assert {one.why for one in found.unknown} == {ranges.NOT_ANSWERED}


def test_a_section_with_a_cap_loses_no_more_at_worst(sheet):
    values = {"more": Decimal(0), "signed": "yes"}
    assert ranges.score_range(sheet, values).low == 90


@pytest.mark.proves("D-14")
def test_the_shipped_sheet_runs_from_nothing_to_full_marks(zhejiang):
    form, policy = zhejiang
    found = ranges.score_range(form, {}, policy=policy)
    assert (found.low, found.high, found.grade) == (0, 100, "丙级～甲级")
    every = [item.id for item in form.items() if deductions.markable(item)]
    perfect = answers.clean(form, deductions.answers(form, [], checked=every), final=True)
    assert not perfect.errors
    assert ranges.score_range(form, perfect.values, policy=policy).text == "100"


@pytest.mark.proves("REC-14")
def test_the_contest_sheet_splits_forty_and_sixty():
    file = Path("zhikong/packs/national/forms/contest_record_score.yaml")
    form = read(file.read_text("utf-8"), file=file)
    sums = {part: sum(s.full for s in form.sections if s.part == part) for part in ("form", "content")}
    assert sums == {"form": 40, "content": 60}


def points(form, marks, **given):
    values = answers.clean(form, deductions.answers(form, marks, checked=KNOWN, **given), final=True).values
    return scoring.score(form, values).total


def test_deductions_add_up_on_their_item_and_stop_at_its_points(sheet):
    marks = [
        Deduction(1, "more", Decimal("0.5")),
        Deduction(2, "more", Decimal(2)),
        Deduction(3, "timely", Decimal(1)),
    ]
    assert points(sheet, marks) == Decimal("92.5")  # a "no" costs what the item loses
    assert points(sheet, [Deduction(1, "more", Decimal(400))]) == 10


def test_one_fault_in_several_places_costs_once(sheet):
    marks = [
        Deduction(1, "more", Decimal(2), "x"),
        Deduction(2, "faults", Decimal(1), "x"),
        Deduction(3, "more", Decimal(2)),
    ]
    assert deductions.repeated(sheet, marks) == {2: 1}
    assert points(sheet, marks) == 96


def test_of_one_fault_the_veto_counts_before_points(sheet):
    marks = [Deduction(1, "more", Decimal(9), "x"), Deduction(2, "signed", Decimal(0), "x")]
    assert deductions.repeated(sheet, marks) == {1: 2}
    assert points(sheet, marks) == 90


def test_an_item_that_nobody_looked_at_has_no_answer(sheet):
    found = deductions.answers(sheet, [], checked=["timely"], not_applicable=["signed"])
    assert found == {"timely": "yes", "signed": "na"}


@pytest.mark.parametrize(
    "name", ["inpatient_record_score", "contest_record_score", "outpatient_record_score"]
)
def test_every_rule_that_a_sheet_names_exists_and_proposes_on_one_item_only(name):
    file = Path(f"zhikong/packs/national/forms/{name}.yaml")
    named = [rule for item in read(file.read_text("utf-8"), file=file).items() for rule in item.rules]
    known = {path.stem for path in Path("zhikong/packs/national/record_rules").glob("*.yaml")}
    assert named
    assert set(named) <= known
    assert len(named) == len(set(named))
