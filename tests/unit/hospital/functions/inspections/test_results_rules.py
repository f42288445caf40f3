"""What an answer comes to, what changed since the last visit, and the definition that counts a clause."""

from datetime import date
from decimal import Decimal

import pytest

from zhikong.foundation.forms.definition.model import (
    FormDefinition,
    FormKind,
    Item,
    ItemType,
    Option,
    Points,
    Section,
    Source,
)
from zhikong.hospital.functions.inspections.clause_indicators import LONGEST, clause_definition, indicator_id
from zhikong.hospital.functions.inspections.control_results import control, expected_by_chance
from zhikong.hospital.functions.inspections.rules_results import (
    Answer,
    Change,
    Count,
    Stage,
    change,
    judged,
    stage_of,
)

GRADED = Item(
    "graded", ItemType.CHOICE, "做到多少",
    options=(Option("all", "全部", Decimal(5)), Option("some", "部分", Decimal(3))),
)  # fmt: skip
FORM = FormDefinition(
    "ward_check", 2, FormKind.CHECKLIST, {"zh": "病区检查"}, "看", Source("文件", "第一条", "verified"), "nursing",
    "quality_office", date(2027, 10, 31),
    (
        Section("keeping", "保管", (
            Item("locked", ItemType.YES_NO_NA, "双锁", points=Points(Decimal(5))),
            Item("hands", ItemType.OBSERVATION, "洗手", of=10),
            GRADED,
            Item("remark", ItemType.LONG_TEXT, "说明"),
        )),
    ),
)  # fmt: skip
ALL = frozenset({"locked", "hands", "graded", "remark"})


def _judged(values, visible=ALL):
    return {one.item: (one.answer, one.conforming, one.applicable) for one in judged(FORM, values, visible)}


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("locked", "yes", (Answer.YES, 1, 1)),
        ("locked", "no", (Answer.NO, 0, 1)),
        ("locked", "na", (Answer.NOT_APPLICABLE, 0, 0)),
        ("hands", {"n": 7, "m": 9}, (Answer.COUNTED, 7, 9)),
        ("hands", {"n": 0, "m": 0}, (Answer.UNKNOWN, 0, 0)),
        ("graded", "all", (Answer.YES, 1, 1)),
        ("graded", "some", (Answer.NO, 0, 1)),
    ],
)
def test_an_answer_counts_as_conforming_of_applicable(item, value, expected):
    assert _judged({item: value})[item] == expected


def test_unknown_is_not_zero_what_is_hidden_does_not_apply_and_words_are_not_judged():
    found = _judged({"remark": "好"}, ALL - {"locked"})
    assert found == {
        "locked": (Answer.NOT_APPLICABLE, 0, 0),
        "hands": (Answer.UNKNOWN, 0, 0),
        "graded": (Answer.UNKNOWN, 0, 0),
    }
    assert Count().rate is None


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (Count(1, 1), Count(0, 1), Change.NEW),
        (Count(0, 1), Count(0, 1), Change.STILL),
        (Count(0, 1), Count(1, 1), Change.MENDED),
        (Count(1, 1), Count(1, 1), Change.SAME),
        (Count(7, 10), Count(9, 12), Change.BETTER),
        (Count(8, 10), Count(9, 12), Change.WORSE),
        (Count(6, 8), Count(9, 12), Change.STILL),
        (None, Count(0, 1), Change.NOT_COMPARED),
        (Count(0, 0), Count(0, 1), Change.NOT_COMPARED),
    ],
)
def test_what_became_of_an_item(before, now, expected):
    assert change(before, now) is expected


@pytest.mark.proves("INS-27")
def test_closed_records_are_terminal_quality_and_everything_else_running():
    assert stage_of("infection_case_check") is Stage.TERMINAL
    assert stage_of("drug_storage_check") is Stage.RUNNING


def test_the_definition_of_a_clause_is_one_that_the_engine_takes():
    found = clause_definition(FORM, "locked")
    assert (found.id, found.table, found.unit) == ("check_ward_check_locked", "inspection_answers", "%")
    assert found.minimum_denominator == 10
    assert clause_definition(FORM, "hands").minimum_denominator == 30
    with pytest.raises(LookupError):
        clause_definition(FORM, "gone")


def test_long_ids_are_shortened_and_stay_apart():
    long = "a" * 50
    first, second = indicator_id(long, "one_of_the_items"), indicator_id(long, "one_of_the_other_items")
    assert len(first) <= LONGEST
    assert first != second


def test_a_measure_is_judged_by_the_months_before_it():
    months = [f"2026-{n:02d}" for n in range(1, 13)]
    low, high = [Count(18, 30)] * 3 + [Count(19, 30)] * 3, [Count(27, 30)] * 6
    found = control(months, [*low, *high], since="2026-07")
    assert found.verdict.verdict == "improved"
    assert control(months, [*low, *low], since="2026-07").verdict.verdict == "not_shifted"
    assert control(months, [*low, *high], since="2026-01").verdict is None  # nothing before it
    assert control(months, [None] * 11 + [Count(3, 3)]) is None
    assert expected_by_chance(20) == 1
