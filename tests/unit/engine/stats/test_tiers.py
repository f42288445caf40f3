"""False-discovery control, the evidence of the newest months, and the tiers that come of them."""

import os

import numpy as np
import pytest
from scipy import stats

from benchmarks.alerts import simulate
from zhikong.engine.stats.evidence import of_rates, of_values
from zhikong.engine.stats.fdr import discovered, q_by_family, q_values
from zhikong.engine.stats.tiers import tiers

ROUNDS = 40 if os.environ.get("ZHIKONG_TEST_ALL") else 12


def test_q_values_equal_scipy():
    p = np.random.default_rng(1).beta(0.3, 1, 200)
    np.testing.assert_allclose(q_values(p), stats.false_discovery_control(p))
    with_gaps = np.insert(p, [3, 90], np.nan)
    np.testing.assert_allclose(q_values(with_gaps)[~np.isnan(with_gaps)], q_values(p))
    assert discovered(np.array([0.01, 0.04, 0.03, 0.9]), 0.05).tolist() == [True, False, False, False]


def test_families_are_read_apart():
    p = np.array([0.01, 0.5, 0.01, 0.01])
    np.testing.assert_allclose(q_by_family(p, ["a", "a", "b", "b"]), [0.02, 0.5, 0.01, 0.01])


# ---- evidence ----------------------------------------------------------------------------------------------------


def test_evidence_of_values_is_students_t_with_the_baselines_spread():
    values = np.random.default_rng(2).normal(50, 5, (3, 36))
    found = of_values(values, newest=4, side=np.array([1, -1, 0]))
    base, new = values[:, :32], values[:, 32:]
    t = (new.mean(1) - base.mean(1)) / (base.std(1, ddof=1) * np.sqrt(1 / 32 + 1 / 4))
    expected = [stats.t.sf(t[0], 31), stats.t.cdf(t[1], 31), 2 * stats.t.sf(abs(t[2]), 31)]
    np.testing.assert_allclose(found.p, expected)


def test_noise_gives_p_values_that_are_uniform():
    values = np.random.default_rng(3).normal(0, 1, (4000, 36))
    values[np.random.default_rng(4).random(values.shape) < 0.05] = np.nan  # missing months keep their places
    found = of_values(values, newest=4, side=np.ones(4000))
    assert stats.kstest(found.p[found.judged], "uniform").pvalue > 0.01
    assert found.judged.mean() == pytest.approx(0.95, abs=0.02)  # the newest month is there


@pytest.mark.parametrize("proportion", [True, False])
@pytest.mark.parametrize(("size", "between"), [(40, 0.0), (400, 0.0), (4000, 0.03), (12, 0.0)])
def test_noise_in_rates_is_found_no_more_often_than_said(proportion, size, between):
    """Small counts, plain sampling, months that differ more than sampling: never more than the level says."""
    generator = np.random.default_rng(5)
    share = np.clip(0.12 + generator.normal(0, between, (3000, 36)), 0.001, 1)
    bottom = generator.poisson(size, share.shape) + 1
    top = generator.binomial(bottom, share) if proportion else generator.poisson(bottom * share)
    found = of_rates(
        top.astype(float), bottom.astype(float), newest=1, side=np.ones(3000), proportion=proportion
    )
    for level in (0.001, 0.01, 0.05):
        assert np.mean(found.p <= level) <= level + 3 * np.sqrt(level / 3000)


def test_a_fall_is_found_and_its_size_was_detectable():
    generator = np.random.default_rng(6)
    bottom = np.full((400, 36), 300.0)
    share = np.full(bottom.shape, 0.93)
    quiet = of_rates(
        generator.binomial(300, share).astype(float), bottom, newest=1, side=-np.ones(400), proportion=True
    )
    change = float(np.median(quiet.detectable))
    share[:, -1] -= change
    found = of_rates(
        generator.binomial(300, share).astype(float), bottom, newest=1, side=-np.ones(400), proportion=True
    )
    assert change == pytest.approx(0.06, abs=0.02)
    assert np.mean(found.p < 0.00135) == pytest.approx(0.8, abs=0.1)


def test_what_is_not_judged_is_nan():
    values = np.random.default_rng(7).normal(0, 1, (4, 20))
    values[0, :8] = np.nan  # eleven months
    values[1, -1] = np.nan  # the newest is missing
    values[2] = 97.5  # nothing varies
    found = of_values(values, newest=1, side=np.ones(4))
    assert found.judged.tolist() == [False, False, False, True]
    assert np.isnan(found.detectable[:3]).all()


def test_a_dip_after_years_at_one_hundred_per_cent_is_judged_exactly():
    bottom = np.full((2, 36), 50.0)
    top = bottom.copy()
    top[0, -1] = 38
    found = of_rates(top, bottom, newest=1, side=-np.ones(2), proportion=True)
    assert found.p[0] == pytest.approx(stats.hypergeom.cdf(38, 1800, 1788, 50))
    assert np.isnan(found.p[1])  # everybody, always: nothing to tell


# ---- tiers -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("IND-03")
def test_red_is_nearly_free_of_chance_and_loses_nothing():
    """5,000 indicators of which 2 % shift: at most 10 % of red is false; all that BH on t finds is red."""
    made = simulate(indicators=5000, rounds=ROUNDS)
    red, plain = made.rules["red tier"], made.rules["BH 5 %, t to the bad side"]
    assert red.false_share <= 0.10 + 2 * red.error
    assert made.lacking == 0
    assert red.true >= plain.true >= made.rules["BH 5 %, t two-sided"].true > 0
    false = made.rules["amber tier"].false
    assert made.announced_amber == pytest.approx(false, abs=4 * np.sqrt(false))
    assert made.announced_red == pytest.approx(red.false, abs=4 * np.sqrt(max(red.false, 4)))
    assert made.rules["three sigma"].false > 20 * red.false  # what it is all for


def test_a_single_bad_month_is_red_though_four_months_are_not():
    p = np.full((200, 2), 0.5)
    p[7] = [1e-6, 0.02]
    found = tiers(p, ["a"] * 200)
    assert np.flatnonzero(found.red).tolist() == [7]
    assert found.expected_false == (pytest.approx(0.05), 0.0)


def test_amber_announces_what_lies_between_the_levels():
    p = np.full(100, 0.9)
    p[:10] = [1e-6, *[0.015] * 9]
    found = tiers(p, ["a"] * 100)
    assert (found.red.sum(), found.amber.sum()) == (1, 9)
    assert found.expected_false[1] == pytest.approx(0.2 * 10 - 0.05 * 1)
