"""Rates, sums and the Pareto order: unknown is neither right nor wrong, and nothing rounds up to a hundred."""

from decimal import Decimal
from pathlib import Path

from zhikong import packs
from zhikong.engine.record_rules import load_rules
from zhikong.hospital.functions.records.facets import SENTENCES, Tally, pareto, sentence_of, total


def test_a_rate_is_of_what_could_be_judged_and_never_rounds_up_to_a_hundred():
    assert Tally(passed=9, failed=1, not_applicable=90, not_assessable=100).rate == Decimal("90.0")
    assert Tally(passed=9_999, failed=1).rate == Decimal("99.9")
    assert Tally(not_assessable=5).rate is None


def test_an_error_is_red_whatever_else_was_found():
    assert Tally(passed=100, error=1).tone == "bad"
    assert Tally(not_assessable=3).tone == "none"
    assert Tally(passed=95, failed=5).tone == "ok"
    assert Tally(passed=949, failed=51).tone == "warn"
    assert Tally(passed=79, failed=21).tone == "bad"


def test_tallies_add_up():
    assert total([Tally(1, 2, 3, 4, 5), Tally(10, 20, 30, 40, 50)]) == Tally(11, 22, 33, 44, 55)


def test_the_pareto_counts_what_it_does_not_show():
    found = pareto([("a", 5), ("b", 50), ("c", 25), ("d", 20)], most=2)
    assert found == [("b", 50, Decimal("50.0")), ("c", 25, Decimal("75.0"))]


def test_a_clock_rule_says_in_one_sentence_what_it_demands():

    rules = {rule.id: rule for rule in load_rules(Path(next(iter(packs.__path__))) / "national", {})[0]}
    said = sentence_of(rules["first-progress-note-8h"])
    assert said.startswith("入院起 8 小时内，应有首次病程记录。")
    assert "6 小时" in sentence_of(rules["first-progress-note-8h"], "6 小时")
    demands = {str(rule.demand) for rule in rules.values() if hasattr(rule, "demand")}
    assert demands <= SENTENCES.keys()
