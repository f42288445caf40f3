"""Charts without a published case: rare events, memory, intervals; each judged from its definition."""

import math

import numpy as np
import pytest

from zhikong.engine.stats.choosing import autocorrelation, choose
from zhikong.engine.stats.intervals import poisson, wilson
from zhikong.engine.stats.limits import median_chart
from zhikong.engine.stats.rare import TAILS, between_events, g_chart, geometric_limits, t_chart
from zhikong.engine.stats.sequential import cusum_chart, ewma_chart
from zhikong.engine.stats.series import Options


@pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 40.0, 900.0])
@pytest.mark.parametrize("tail", list(TAILS.values()))
def test_limits_of_a_g_chart_are_quantiles_of_the_geometric_distribution(mean, tail):
    """The smallest k with P(Y ≤ k) ≥ tail and ≥ 1 − tail, found by adding up."""
    p = 1 / (mean + 1)
    total, k, quantiles = p, 0, []
    for wanted in (tail, 1 - tail):
        while total < wanted:
            k += 1
            total += p * (1 - p) ** k
        quantiles.append(k)
    assert geometric_limits(mean, tail) == tuple(quantiles)


def test_noise_stays_within_probability_limits():
    """1.6 % of the points of a g chart lie beyond sigma limits (published); of probability limits at most 0.27 %."""
    generator = np.random.default_rng(12)
    beyond = {"sigma": [], "probability": []}
    for _ in range(400):
        gaps = generator.geometric(0.02, 30) - 1.0
        for limits, found in beyond.items():
            found.append(g_chart(gaps, Options(limits=limits)).beyond.mean())
    assert np.mean(beyond["sigma"]) == pytest.approx(0.016, abs=0.003)
    assert np.mean(beyond["probability"]) <= 0.0027


def test_times_between_events_are_exponential():
    times = np.random.default_rng(3).exponential(10, 4000)
    drawn = t_chart(times)
    assert drawn.beyond.mean() == pytest.approx(0.0027, abs=0.002)
    assert drawn.centre[0] == pytest.approx(times.mean() * math.log(2))
    assert np.mean(times > drawn.centre) == pytest.approx(0.5, abs=0.03)
    assert t_chart(times, Options(centre=7.0, limits="sigma")).centre[0] == pytest.approx(7.0)


def test_cases_between_events_by_month():
    """Events lie evenly in a month: one event among 20 cases has 10 before and 10 after it."""
    gaps = between_events([0, 1, 0, 1, None, 2, 0], [20, 20, 20, 20, 20, 40, 20])
    assert np.isnan(gaps[[0, 1, 2, 4, 6]]).all()
    assert gaps[3] == 10 + 20 + 10 - 1
    assert gaps[5] == round((10 + 10 + 20) / 2) - 1


def test_ewma_by_hand():
    drawn = ewma_chart([10, 12, 11, None, 14], options=Options(centre=11.0), weight=0.2, width=3)
    assert drawn.y[:3] == pytest.approx([10.8, 11.04, 11.032])
    assert np.isnan(drawn.y[3])
    assert drawn.y[4] == pytest.approx(0.2 * 14 + 0.8 * 11.032)
    sigma = (2 + 1) / 2 / 1.128
    widths = [3 * sigma * math.sqrt(0.2 / 1.8 * (1 - 0.8 ** (2 * t))) for t in (1, 2, 3, 3, 4)]
    assert drawn.upper - 11 == pytest.approx(widths)


def test_cusum_by_hand():
    drawn = cusum_chart([11, 13, 9, None, 15], options=Options(centre=11.0), slack=0.5, decision=1)
    sigma = (2 + 4) / 2 / 1.128
    z = [0, 2 / sigma, -2 / sigma, None, 4 / sigma]
    up, down, ups, downs = 0.0, 0.0, [], []
    for value in z:
        if value is not None:
            up, down = max(0.0, up + value - 0.5), max(0.0, down - value - 0.5)
        ups.append(math.nan if value is None else up)
        downs.append(math.nan if value is None else -down)
    assert drawn.also["up"] == pytest.approx(ups, nan_ok=True)
    assert drawn.also["down"] == pytest.approx(downs, nan_ok=True)
    assert list(drawn.beyond) == [False, False, False, False, ups[4] > 1]


def test_a_median_chart_is_not_moved_by_one_outlier():
    calm = [5.0, 6, 4, 5, 7, 5, 4, 6, 5, 6]
    drawn = median_chart([*calm, 90])
    assert drawn.centre[0] == 5
    assert drawn.upper[0] == pytest.approx(5 + 3 * 1.5 / 0.954)
    assert drawn.beyond[-1]


def test_a_frozen_baseline_anywhere():
    y = np.array([1, 9, 4, 6, 5, 5, 30, 31], float)
    drawn = median_chart(y, options=Options(base=(3, 4, 5, 6)))
    assert drawn.centre[0] == 5
    assert list(drawn.baseline) == [False, False, True, True, True, True, False, False]


def test_intervals_are_the_published_ones():
    """Wilson: Newcombe, Stat Med 1998;17:857 (81 of 263, 1 of 29). Poisson: exact limits for 3 and 0 events."""
    low, high = wilson(np.array([81.0, 1.0, 0.0]), np.array([263.0, 29.0, 20.0]))
    assert low == pytest.approx([0.2553, 0.0061, 0], abs=5e-5)
    assert high[:2] == pytest.approx([0.3662, 0.1718], abs=5e-5)
    low, high = poisson(np.array([3.0, 0.0, math.nan]))
    assert low[:2] == pytest.approx([0.6187, 0], abs=5e-5)
    assert high[:2] == pytest.approx([8.7673, 3.6889], abs=5e-5)
    assert np.isnan(low[2])


def test_the_choice_names_small_counts_and_related_neighbours():
    few = choose("rate", [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], [300] * 12)
    assert few.chart == "u"
    assert "平均每月只有" in few.reason
    assert choose("rate", [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], [300] * 12, between_events=True).chart == "g"
    wave = [50 + 10 * math.sin(k / 4) for k in range(36)]
    assert autocorrelation(np.array(wave)) > 0.8
    assert "相邻点相关" in choose("measure", wave, None).reason
    noise = np.random.default_rng(4).normal(50, 5, 36)
    assert "相邻点相关" not in choose("measure", noise, None).reason
