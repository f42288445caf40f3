"""On a hospital that no rule was tuned to, the rules find what its hand planted, and nothing else."""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.conftest import write
from tests.acceptance.record_proof import (
    DETERMINISTIC,
    PROFILE,
    SEED,
    SIZE,
    Ledger,
    chosen,
    county,
    judged,
    rules,
    truth_name,
)
from zhikong.engine.compute import Source
from zhikong.engine.record_rules.model import RuleKind
from zhikong.simulator import simulate
from zhikong.simulator.broken import broken

CLOCKS = chosen(*DETERMINISTIC)
WORDS = chosen(RuleKind.TEXT)
ENDED = [name for name in CLOCKS if (end := rules()[name].valid.end) is not None and end < date(2026, 1, 1)]
"""Rules that other rules have followed: they are proved on a hospital of their time."""


RARE = {"short-stay-death-record-sections"}
"""What a small hospital may not see in one month: it stands in the page of figures."""


@pytest.fixture(scope="module")
def made():
    return county(**({"months": 3, "scale": 0.5} if os.environ.get("ZHIKONG_TEST_ALL") else SIZE))


@pytest.fixture(scope="module")
def found(made, tmp_path_factory):
    source = Source.of_files(write(made.tables, tmp_path_factory.mktemp("county")))
    return judged(source, [*CLOCKS, *WORDS])


@pytest.fixture(scope="module")
def planted(made):
    return Ledger(made)


@pytest.mark.proves("REC-01", "REC-02", "REC-03", "REC-04", "REC-05", "X-02")
@pytest.mark.parametrize("name", [name for name in CLOCKS if name not in ENDED])
def test_recall_and_precision_are_whole(name, found, planted):
    truth = planted.of(name)
    missed, alarms = truth - found.fails[name], found.fails[name] - truth
    assert not missed, sorted(missed)[:5]
    assert not alarms, [found.why[name, key] for key in sorted(alarms)[:5]]


def test_nothing_is_left_unjudged_where_the_data_is_there(found):
    known = {key for key in found.why if key[1] in found.unknown[key[0]]}
    assert all("结果类别没有数据" in found.why[key] or "值班表" in found.why[key] for key in known)


def test_rules_of_the_past_are_whole_in_their_time(tmp_path):
    earlier = simulate(seed=SEED, months=1, first_month="2017-03", scale=0.2, events=True, profile=PROFILE)
    before = judged(Source.of_files(write(earlier.tables, tmp_path)), ENDED)
    truth = broken(earlier.tables, [truth_name(name) for name in ENDED])
    assert ENDED
    for name in ENDED:
        assert before.fails[name] == truth[truth_name(name)] != set(), name


def test_every_rule_fires_where_there_is_something_to_find(found):
    assert {name for name in CLOCKS if not found.fails[name]} - set(ENDED) <= RARE
    assert len([name for name in (*CLOCKS, *WORDS) if found.fails[name]]) >= 150


def test_rules_of_content_break_nowhere_and_find_most_of_what_was_planted(found, planted):
    """Each rule's own figures, good or bad, stand in docs/generated/record-rule-proof.md."""
    truth = {(name, key) for name in WORDS for key in planted.of(name)}
    fails = {(name, key) for name in WORDS for key in found.fails[name]}
    assert sum(found.counts[name]["error"] for name in WORDS) == 0
    assert len(truth) > 100
    assert len(truth & fails) >= 0.85 * len(truth), sorted(truth - fails)


def test_the_page_of_figures_names_every_rule():
    page = (Path(__file__).parents[2] / "docs/generated/record-rule-proof.md").read_text("utf-8")
    assert [name for name in (*CLOCKS, *WORDS) if f"| {name} |" not in page and name not in ENDED] == []


def test_what_was_planted_to_the_minute_is_judged_to_the_minute(made, found):
    """Late by one minute is late; just in time and a minute to spare are not, unless something else of the stay is."""
    entries = made.tables["planted_events"].to_pylist()
    for rule, name in TO_THE_MINUTE.items():
        by_deviation = {
            d: {r["stay_id"] for r in entries if r["rule"] == name and r["deviation"] == d}
            for d in (-1, 0, 1)
        }
        later = {
            r["stay_id"]
            for r in entries
            if r["rule"] in (name, f"{name}_missing") and r["verdict"] == "fault"
        }
        assert by_deviation[1] <= found.fails[rule], rule
        assert not (by_deviation[-1] | by_deviation[0]) - later & found.fails[rule], rule


TO_THE_MINUTE = {
    "consultation-urgent-10min": "urgent_consultation_10_min",
    "transfusion-record-24h": "transfusion_record_24_h",
    "transfusion-within-4h": "transfusion_longest",
    "operation-record-24h": "operation_record_24_h",
    "surgeon-round-before-operation": "surgeon_round_before",
    "transfer-out-note-before-transfer": "transfer_out",
    "anaesthesia-visit-before": "anaesthesia_visit_before",
}
