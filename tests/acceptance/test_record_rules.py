"""On a hospital that no rule was tuned to, the rules find what its hand planted, and nothing else."""

import os
from datetime import date

import pytest

from tests.acceptance.conftest import write
from tests.acceptance.record_proof import DETERMINISTIC, chosen, judged, rules, truth_name
from zhikong.engine.compute import Source
from zhikong.simulator import simulate
from zhikong.simulator.broken import broken

SEED, PROFILE = 20, "county"
SIZE = {"months": 3, "scale": 0.5} if os.environ.get("ZHIKONG_TEST_ALL") else {"months": 1, "scale": 0.3}
CLOCKS = chosen(*DETERMINISTIC)
ENDED = [
    name for name in CLOCKS if (end := rules()[name].valid.end) is not None and end < date(2026, 1, 1)
]
"""Rules that other rules have followed: they are proved on a hospital of their time."""


@pytest.fixture(scope="module")
def county():
    return simulate(seed=SEED, first_month="2026-03", events=True, profile=PROFILE, **SIZE)


@pytest.fixture(scope="module")
def found(county, tmp_path_factory):
    source = Source.of_files(write(county.tables, tmp_path_factory.mktemp("county")))
    return judged(source, CLOCKS)


@pytest.fixture(scope="module")
def planted(county):
    return broken(county.tables)


@pytest.mark.parametrize("name", [name for name in CLOCKS if name not in ENDED])
def test_recall_and_precision_are_whole(name, found, planted):
    truth = planted[truth_name(name)]
    missed, alarms = truth - found.fails[name], found.fails[name] - truth
    assert not missed, sorted(missed)[:5]
    assert not alarms, [found.why[name, key] for key in sorted(alarms)[:5]]


def test_nothing_is_left_unjudged_where_the_data_is_there(found):
    known = {key for key in found.why if key[1] in found.unknown[key[0]]}
    assert all("结果类别没有数据" in found.why[key] or "值班表" in found.why[key] for key in known)


def test_rules_of_the_past_are_whole_in_their_time(tmp_path):
    made = simulate(seed=SEED, months=1, first_month="2017-03", scale=0.3, events=True, profile=PROFILE)
    before = judged(Source.of_files(write(made.tables, tmp_path)), ENDED)
    truth = broken(made.tables, [truth_name(name) for name in ENDED])
    assert ENDED
    for name in ENDED:
        assert before.fails[name] == truth[truth_name(name)] != set(), name


def test_every_rule_fires_where_there_is_something_to_find(found, planted, events_source):
    silent = {name for name in CLOCKS if not found.fails[name]} - set(ENDED)
    city = judged(events_source, sorted(silent))
    assert {name for name in silent if not city.fails[name]} == set()


def test_what_was_planted_to_the_minute_is_judged_to_the_minute(county, found):
    """Late by one minute is late; just in time and a minute to spare are not, unless something else of the stay is."""
    entries = county.tables["planted_events"].to_pylist()
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
