"""Learning in pure numbers: rates, shares, silence, small cells, charts and clusters against hand."""

import random
from datetime import UTC, date, datetime, timedelta
from math import exp

import numpy as np
import pytest

from zhikong.hospital.functions.incidents.control_learning import control
from zhikong.hospital.functions.incidents.rules_learning import (
    Light,
    counted,
    culture,
    per_bed_days,
    per_beds,
    silence,
    suppressed,
)
from zhikong.hospital.functions.incidents.rules_learning_clusters import search, seed_of

FIRST = date(2026, 1, 1)


def case(day=0, *, category="fall", department=1, privacy="named", harm="C", hours=None, **more):
    on = FIRST + timedelta(days=day)
    told = {"code": f"{department}-{day}", "level": "III", "shift": "night", "place": "ward_room"} | more
    return Light(
        category=category, department=department, occurred_on=on, privacy=privacy, harm=harm, hours=hours,
        reported_at=datetime(on.year, on.month, on.day, 8, tzinfo=UTC), **told,
    )  # fmt: skip


@pytest.mark.proves("EVT-16")
def test_rates_by_hand_and_none_without_beds():
    assert per_bed_days(3, 1500) == pytest.approx(2.0)
    assert per_beds(10, 100 * 365) == pytest.approx(10.0)
    assert per_bed_days(3, None) is None
    assert per_beds(3, 0) is None


def test_a_case_is_counted_under_each_of_its_causes():
    cases = [case(causes=("staff", "task")), case(1, causes=("task",)), case(2)]
    assert counted(cases, lambda one: one.causes) == {"staff": 1, "task": 2}


def test_small_cells_are_hidden_and_cannot_be_told_from_the_total():
    counts = {"a": 3, "b": 9, "c": 20, "d": 0}
    assert suppressed(counts, hidden=lambda key: True) == {"a": None, "b": None, "c": 20, "d": 0}
    assert suppressed({"a": 3, "b": 4, "c": 20}, hidden=lambda key: True) == {"a": None, "b": None, "c": 20}
    assert suppressed({"a": 1, "b": 2, "c": 9}, hidden=lambda key: True)["c"] is None
    assert suppressed(counts, hidden=lambda key: key == "b") == counts
    assert suppressed({"a": 3, "b": 9}, hidden=lambda key: False) == {"a": 3, "b": 9}


def test_culture_by_hand():
    cases = [
        case(harm="A", privacy="anonymous"), case(1, harm="B", hours=10.0), case(2, harm="F", hours=2.0),
        case(3, harm="", privacy="confidential"),
    ]  # fmt: skip
    found = culture(cases, 365 * 20)
    assert found.near_miss == pytest.approx(100 * 2 / 3)
    assert found.unknown_harm == 1
    assert found.privacy == {"named": 50.0, "confidential": 25.0, "anonymous": 25.0}
    assert (found.answered, found.hours) == (2, 6.0)
    assert found.per_100_beds == pytest.approx(20.0)
    assert found.reached is True
    assert culture([], None).reached is None
    assert culture([], None).near_miss is None


def test_silence_is_a_poisson_chance_with_all_wards_together():
    open_days = {1: 10_000, 2: 10_000, 3: None}
    first, second, unknown = silence({1: 0, 2: 20}, open_days)
    assert (first.department, first.expected) == (1, 10.0)
    assert first.p == pytest.approx(exp(-10))
    assert first.silent
    assert not second.silent
    assert (unknown.department, unknown.expected, unknown.p, unknown.silent) == (3, None, None, False)


def test_wards_that_report_as_others_do_are_not_called_silent():
    draws = np.random.default_rng(3)
    named = 0
    for _ in range(100):
        reports = dict(enumerate(draws.poisson(8, 25)))
        named += any(one.silent for one in silence(reports, dict.fromkeys(range(25), 1000)))
    assert named <= 11  # at most 5 % of the times, 11 of 100 has a chance below 1 %


def test_no_report_at_all_names_nobody():
    assert [one.silent for one in silence({}, {1: 100, 2: 100})] == [False, False]


def test_frequent_incidents_are_a_u_chart_and_rare_ones_a_chart_of_gaps():
    months = [f"2026-{n:02d}" for n in range(1, 11)]
    days = [FIRST + timedelta(days=40 * n) for n in range(6)]
    often = control(months, [8, 7, 9, 8, 6, 10, 8, 7, 9, 8], [3000] * 10, [], None)
    assert often.kind == "u"
    assert often.limits.centre[0] == pytest.approx(1000 * 80 / 30_000)
    rare = control(months, [1, 0, 1, 0, 0, 1, 0, 1, 1, 1], [3000] * 10, days, [1200.0] * 5)
    assert (rare.kind, rare.up_is_bad, rare.labels[0]) == ("g", False, "2026-02-10")
    blind = control(months, [1, 0, 1, 0, 0, 1, 0, 1, 1, 1], [None] * 10, days, None)
    assert blind.kind == "t"
    assert list(blind.limits.y) == [40.0] * 5
    assert control(months[:2], [8, 9], [3000, 3000], [], None) is None
    assert control(months, [0] * 10, [3000] * 10, [], None) is None


def _year(planted):
    """A year of falls by chance in five wards of forty beds, and those that were planted in one."""
    draws = random.Random(5)
    cases = [case(draws.randrange(365), department=draws.randrange(1, 6)) for _ in range(40)]
    return cases + [case(200 + day, department=3) for day in planted]


@pytest.mark.proves("EVT-13")
def test_a_planted_cluster_of_falls_is_found_in_its_ward_and_nowhere_else():
    beds = {ward: np.full(365, 40.0) for ward in range(1, 6)}
    asked = {"first": FIRST, "last": FIRST + timedelta(days=364), "categories": ["fall", "adr"], "seed": 1}
    found = search(_year((0, 1, 3, 4, 6, 8, 9, 11)), beds, **asked)
    assert [one.department for one in found.found] == [3]
    one = found.found[0]
    assert one.p <= 0.01
    assert one.count >= 8
    assert abs((date.fromisoformat(one.first) - FIRST).days - 200) <= 5
    assert {alarm.department for alarm in found.alarms} == {3}
    assert found.left == {"adr": 0}
    assert search(_year(()), beds, **asked).found == ()


def test_incidents_without_known_beds_are_left_out():
    beds = {1: np.where(np.arange(365) < 100, 40.0, np.nan)}
    asked = {
        "first": FIRST,
        "last": FIRST + timedelta(days=364),
        "categories": ["fall"],
        "seed": 1,
        "runs": 99,
    }
    cases = [case(n) for n in range(0, 365, 20)] + [case(3, department=None), case(4, department=9)]
    assert search(cases, beds, **asked).searched == {"fall": 5}


def test_the_same_period_has_the_same_seed():
    assert seed_of(FIRST, FIRST) == seed_of(FIRST, FIRST) != seed_of(FIRST, FIRST + timedelta(days=1))
