"""A limit that is one unit longer or shorter than the rule says breaks an example of the rule."""

from dataclasses import replace

import pytest

from tests.packs.test_record_rules import RULES
from zhikong.engine.definitions.examples import examples_file
from zhikong.engine.record_rules.clock.limits import Unit
from zhikong.engine.record_rules.clock.model import ClockRule, Demand
from zhikong.engine.record_rules.examples import failure, load_examples

LIMITED = {
    rule.id: rule
    for rule in RULES.values()
    if isinstance(rule, ClockRule) and rule.limit is not None and rule.limit.unit is not Unit.SHIFT
}


def broken(rule):
    """Whether an example that holds of the rule as published does not hold of this one."""
    examples = [one for one in load_examples(examples_file(rule.file)) if one.limit is None]
    return any(failure(rule, example, "reference") for example in examples)


def moved(rule, by):
    """The rule with its limit moved by units: minutes, or days of limits in days."""
    return replace(rule, limit=replace(rule.limit, amount=rule.limit.amount + by))


@pytest.mark.parametrize("rule", LIMITED.values(), ids=LIMITED)
def test_one_unit_more_or_less_is_seen(rule):
    changes = [by for by in (-1, 1) if rule.limit.amount + by >= 0 or rule.demand is Demand.BEFORE]
    assert [by for by in changes if not broken(moved(rule, by))] == []
