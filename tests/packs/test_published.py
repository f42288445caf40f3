"""Every definition that comes with the product: well formed, locked, reviewed in date, its examples holding, readable."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.packs import loaded
from zhikong.engine.definitions.kinds import Kind
from zhikong.engine.definitions.locking import lock_problems, lock_text, read_lock
from zhikong.engine.definitions.model import Mark, Status
from zhikong.engine.inspection import SOON, equal_problems, example_problems, review_problems, reviews_due
from zhikong.foundation.packstore.checking import is_ours
from zhikong.site import discovery

CATALOGUE = loaded.catalogue()
TODAY = date(2026, 11, 30)
"""A fixed day: the suite must not begin to fail by itself. `zhikong check-packs` asks with the real date."""
LOCK = discovery.PACKAGE / "packs" / "versions.lock"
EVERY = pytest.mark.parametrize("definition", CATALOGUE.indicators.values(), ids=lambda d: d.id)
PUBLISHED = [d for d in CATALOGUE.indicators.values() if d.status is Status.PUBLISHED]


def test_packs_are_read_without_a_problem():
    assert [str(problem) for problem in CATALOGUE.problems] == []
    assert len(PUBLISHED) >= 40  # what the front page alone can give


@EVERY
def test_examples_hold_on_both_backends(definition):
    assert [str(problem) for problem in example_problems(definition)] == []


@EVERY
def test_the_review_is_in_date(definition):
    assert list(review_problems(definition, today=TODAY)) == []


def test_what_is_published_is_locked_and_the_lock_holds_nothing_else():
    others = {name for name in read_lock(LOCK) if is_ours(name)}  # test_kinds.py answers for them
    assert [str(problem) for problem in lock_problems(CATALOGUE, LOCK, besides=others)] == []
    assert LOCK.read_text("utf-8") == lock_text(CATALOGUE, read_lock(LOCK))


@pytest.mark.parametrize("definition", PUBLISHED, ids=lambda d: d.id)
def test_prose_is_for_a_quality_office(definition):
    """Sentences end, names come in three languages, and a source says where to look: no file and line numbers."""
    assert definition.name.keys() == {"zh", "zh-hant", "en"}
    assert definition.why.endswith("。")
    assert len(definition.why) >= 10
    assert all(exclusion.why for exclusion in definition.exclusions)
    assert definition.source.mark in (Mark.VERIFIED, Mark.PARAPHRASED, Mark.MEMORY)
    assert definition.source.clause
    assert not re.search(r"\bL\d+|\.txt|\b00[0-4]\b", definition.source.document + definition.source.clause)
    assert not definition.notes or definition.notes.endswith("。")


def test_names_are_told_apart():
    for language in ("zh", "zh-hant", "en"):
        names = [d.name[language] for d in PUBLISHED]
        assert len(set(names)) == len(names)


def test_an_overdue_review_is_a_problem_and_is_announced_sixty_days_before():
    definition = PUBLISHED[0]
    due = definition.next_review
    (problem,) = review_problems(definition, today=due + timedelta(days=1))
    assert str(due) in problem.message
    assert list(review_problems(definition, today=due)) == []
    announced = reviews_due(CATALOGUE, today=due - timedelta(days=SOON))
    assert definition in announced
    assert definition not in reviews_due(CATALOGUE, today=due - timedelta(days=SOON + 1))
    assert definition not in reviews_due(CATALOGUE, today=due + timedelta(days=1))


def test_no_two_published_indicators_count_the_same_thing():
    assert [problem.message for problem in equal_problems(CATALOGUE)] == []


@pytest.mark.parametrize(
    "changed", [{"unit": "‰"}, {"multiplier": 1}, {"id": "zz_same"}, {"kind": Kind.RATIO}]
)
def test_the_same_conditions_under_another_name_are_told(changed):
    definition = CATALOGUE.indicators["average_length_of_stay"]
    other = replace(definition, **({"id": "zz_other"} | changed))
    found = list(equal_problems(replace(CATALOGUE, indicators={"a": definition, "b": other})))
    assert [definition.id in problem.message and other.id in problem.message for problem in found] == [True]


def test_another_population_is_another_indicator():
    definition = CATALOGUE.indicators["average_length_of_stay"]
    other = replace(CATALOGUE.indicators["ami_length_of_stay"], id="zz_other")
    assert list(equal_problems(replace(CATALOGUE, indicators={"a": definition, "b": other}))) == []
