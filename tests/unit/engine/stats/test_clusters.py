"""Clusters of events: against hand and against every possible outcome, quiet on noise, loud on what was planted."""

from itertools import product
from math import log

import numpy as np
import pytest

from zhikong.engine.stats.clusters import cusum_limit, poisson_cusum, scan

DAYS, TOTAL = 10, 4
EVENTS = [0, 0, 0, 0, 2, 1, 0, 0, 0, 1]
BY_HAND = 3 * log(3 / 0.8) + 1 * log(1 / 3.2)  # days 4 and 5: three events where 0.8 are expected


def _best(days: list[int], longest: int) -> float:
    """The greatest likelihood ratio over every window, looked at one by one."""
    best = 0.0
    for first in range(DAYS):
        for last in range(first, min(first + longest, DAYS)):
            count = sum(first <= day <= last for day in days)
            expected = TOTAL * (last - first + 1) / DAYS
            if count < 3 or count <= expected:
                continue
            rest = TOTAL - count
            best = max(
                best,
                count * log(count / expected) + (rest * log(rest / (TOTAL - expected)) if rest else 0.0),
            )
    return best


def test_the_window_and_its_ratio_are_those_computed_by_hand():
    [found] = scan([EVENTS], [[100] * DAYS], longest=3, seed=1, level=1.0)
    assert (found.unit, found.first, found.last, found.count) == (0, 4, 5, 3)
    assert found.expected == pytest.approx(0.8)
    assert found.ratio == pytest.approx(BY_HAND)
    assert found.relative == pytest.approx(3.75)


def test_p_is_that_of_all_ten_thousand_outcomes():
    outcomes = product(range(DAYS), repeat=TOTAL)
    exact = np.mean([_best(list(days), 3) >= BY_HAND - 1e-9 for days in outcomes])
    [found] = scan([EVENTS], [[100] * DAYS], longest=3, seed=2, level=1.0, runs=4999)
    assert found.p == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 4999) ** 0.5)


def test_equal_seeds_give_equal_answers_and_nothing_comes_of_too_little():
    asked = {"longest": 3, "level": 1.0}
    assert scan([EVENTS], [[9] * DAYS], seed=3, **asked) == scan([EVENTS], [[9] * DAYS], seed=3, **asked)
    assert scan([[0, 1, 1]], [[9, 9, 9]], longest=3, seed=3) == []


def test_events_without_exposure_are_refused():
    with pytest.raises(ValueError, match="without exposure"):
        scan([[1, 2, 0]], [[0, 9, 9]], longest=2, seed=1)
    with pytest.raises(ValueError, match="alike"):
        scan([[1, 2]], [[9, 9, 9]], longest=2, seed=1)


def _noise(draws, units=5, days=180, mean=0.05):
    exposure = draws.integers(20, 60, (units, days)).astype(float)
    return draws.poisson(mean * exposure / 40), exposure


@pytest.mark.proves("EVT-13")
def test_noise_is_called_a_cluster_at_most_as_often_as_stated():
    draws = np.random.default_rng(4)
    alarms = 0
    for seed in range(120):
        counts, exposure = _noise(draws)
        alarms += bool(scan(counts, exposure, longest=30, seed=seed, runs=99))
    assert alarms <= 12  # 5 % of 120 are 6; more than 12 has a chance below 1 %


@pytest.mark.proves("EVT-13")
def test_a_planted_cluster_is_found_where_and_when_it_was_planted():
    draws = np.random.default_rng(5)
    counts, exposure = _noise(draws)
    counts[2, 100:114:2] += 1
    found = scan(counts, exposure, longest=30, seed=6)[0]
    assert found.unit == 2
    assert 94 <= found.first <= 102
    assert 110 <= found.last <= 116
    assert found.p <= 0.01


def test_more_beds_explain_more_events():
    """Three times the exposure for the days with three times the events: nothing to see."""
    counts, exposure = [[1, 0, 0, 1, 0, 0, 3, 3, 3, 1, 0, 1]], [[10] * 6 + [90] * 3 + [10] * 3]
    assert scan(counts, exposure, longest=4, seed=1) == []
    assert scan(counts, [[10] * 12], longest=4, seed=1)


def test_the_sum_is_the_one_computed_by_hand():
    drawn = poisson_cusum([0, 1, 2, 0, 3], [0.5, 0.5, 0.5, float("nan"), 0.5], limit=2.0, ratio=2.0)
    up = log(2)
    first = up - 0.5
    second = first + 2 * up - 0.5
    assert drawn.sums == pytest.approx([0, first, second, second, second + 3 * up - 0.5])
    assert drawn.alarms == (4,)


def test_after_an_alarm_the_sum_begins_anew():
    drawn = poisson_cusum([5, 1], [0.5, 0.5], limit=2.0)
    assert drawn.alarms == (0,)
    assert drawn.sums[1] == pytest.approx(log(2) - 0.5)


def test_the_limit_is_passed_in_the_stated_share_of_quiet_periods():
    expected = np.full((3, 120), 0.1)
    limit = cusum_limit(expected, seed=7, false_alarms=0.1)
    draws = np.random.default_rng(8)
    periods = [
        any(poisson_cusum(row, usual, limit=limit).alarms for row, usual in zip(seen, expected, strict=True))
        for seen in (draws.poisson(expected) for _ in range(200))
    ]
    assert 0.03 <= np.mean(periods) <= 0.18


def test_a_doubled_rate_alarms_and_a_usual_one_does_not():
    expected = np.full((1, 200), 0.2)
    limit = cusum_limit(expected, seed=9)
    draws = np.random.default_rng(10)
    usual, doubled = draws.poisson(0.2, 200), draws.poisson(0.2, 200)
    doubled[100:] = draws.poisson(0.7, 100)
    assert not poisson_cusum(usual, expected[0], limit=limit).alarms
    assert poisson_cusum(doubled, expected[0], limit=limit).alarms[0] >= 100
