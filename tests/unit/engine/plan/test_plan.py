"""What is read and counted for a definition, and what is shared."""

from __future__ import annotations

import pytest

from tests.spec.running import define
from zhikong.engine.definitions import canonical, expressions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.groups import groups_of
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.plan.recipes import recipe_of
from zhikong.engine.plan.simplify import simplified
from zhikong.engine.tables import TABLES

STAYS = expressions.Scope(TABLES["stays"])


def condition(text: str) -> n.Node:
    return expressions.condition(text, STAYS)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("sex = '1' and sex is not null", "sex = '1'"),
        ("sex = '1' and sex in ('1', '2')", "sex = '1'"),
        ("sex in ('1', '2') and sex in ('0', '1', '2')", "sex in ('1', '2')"),
        ("days > 3 and days is not null", "days > 3"),
        (
            "icd_prefix(principal_diagnosis, 'I') and principal_diagnosis is not null",
            "icd_prefix(principal_diagnosis, 'I')",
        ),
        ("count_of(operations) is not null and day_surgery", "day_surgery"),
        ("sex = '1' and age_years is not null", "sex = '1' and age_years is not null"),
        ("sex = '9' and sex in ('1', '2')", "sex = '9' and sex in ('1', '2')"),
        ("sex <> '1' and sex in ('1', '2')", "sex <> '1' and sex in ('1', '2')"),
        ("sex is not null or day_surgery", "sex is not null or day_surgery"),
    ],
)
def test_what_the_other_parts_say_is_left_out(written: str, kept: str) -> None:
    assert canonical.text(simplified(condition(written))) == canonical.text(condition(kept))


def test_a_sum_passes_over_unknown_values_by_itself() -> None:
    days = expressions.whole_number("days", STAYS)
    assert simplified(condition("days is not null"), added=days) == n.TRUE
    assert simplified(condition("age_years is not null"), added=days) != n.TRUE


def test_needs_follow_derived_columns_and_children() -> None:
    definition = define(
        population="minutes_to_next_admission > 5",
        numerator={"count": "has(documents, minutes_between(stay.admitted_at, written_at) < 60)"},
    )
    assert needs_of(definition) == {
        "stays": {
            "stay_id",
            "institution",
            "patient_key",
            "admitted_at",
            "discharged_at",
            "discharge_department",
        },
        "documents": {"stay_id", "written_at"},
    }


def test_indicators_share_counters() -> None:
    first = define(id="first", numerator={"count": "sex = '1'"})
    second = define(id="second", numerator={"count": "'1' = sex"}, multiplier=100)
    third = define(id="third", kind="count", numerator={"rows": True}, denominator=None)
    (group,) = groups_of([first, second, third])
    assert set(group.recipes) == {"first", "second", "third"}
    assert len(group.counters) == 2  # all rows, and the men among them


def test_other_dates_and_departments_are_other_passes() -> None:
    usual = define(id="usual")
    admitted = define(id="admitted", date="admitted_at")
    elsewhere = define(id="elsewhere", department="admission_department")
    groups = groups_of([usual, admitted, elsewhere])
    assert len(groups) == 3
    assert sorted(g.by_partition for g in groups) == [False, True, True]


def test_numerator_lies_within_the_denominator() -> None:
    recipe = recipe_of(define(numerator={"count": "sex = '1'"}, denominator={"count": "days > 3"}))
    assert recipe.denominator is not None
    assert recipe.denominator.condition == condition("days > 3")
    assert recipe.numerator.condition == condition("days > 3 and sex = '1'")
