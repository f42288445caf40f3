"""Risk adjustment: standardisation by strata, a logistic model with its passport, and a hierarchical one."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq, minimize
from scipy.special import expit

from zhikong.engine.stats.logistic import c_statistic, calibration, fit, irls, patterns
from zhikong.engine.stats.risk import hierarchical, observed_over_expected
from zhikong.engine.stats.standard import byar, counts, direct, garwood, indirect

ROWS = [
    ("内科", "轻", 2, 100), ("内科", "重", 30, 100),
    ("外科", "轻", 8, 400), ("外科", "重", 12, 40),
    ("老年科", "重", 9, 30),
]  # fmt: skip


def simulated(seed, *, units=40, patients=6000, sd=0.3):
    generator = np.random.default_rng(seed)
    unit = generator.integers(0, units, patients)
    design = np.column_stack([generator.integers(0, 6, patients), generator.integers(0, 2, patients)]).astype(
        float
    )
    effect = generator.normal(0, sd, units)
    happened = generator.random(patients) < expit(-2.6 + design @ [0.35, 0.6] + effect[unit])
    return design, happened, unit, effect


# ---- strata ------------------------------------------------------------------------------------------------------


def test_indirect_standardisation_is_observed_over_expected_by_hand():
    made = indirect(counts(ROWS))
    light, heavy = 10 / 500, 51 / 170
    expected = [100 * light + 100 * heavy, 400 * light + 40 * heavy, 30 * heavy]
    np.testing.assert_allclose(made.expected, expected)
    np.testing.assert_allclose(made.ratio, [32, 20, 9] / np.array(expected))
    assert made.expected.sum() == pytest.approx(61)
    low, high = stats.chi2.ppf([0.025, 0.975], [64, 66]) / 2
    assert (made.ratio_lower[0], made.ratio_upper[0]) == pytest.approx(
        (low / expected[0], high / expected[0])
    )
    assert "32" in made.said_of(0) or "包含 1" in made.said_of(0)


def test_direct_standardisation_says_what_it_does_not_cover():
    made = direct(counts(ROWS))
    weights = np.array([500, 170]) / 670
    assert made.rate[0] == pytest.approx(weights @ [0.02, 0.30])
    assert made.covered.tolist() == pytest.approx([1, 1, 170 / 670])
    assert made.ratio[2] == pytest.approx(0.3 / (51 / 170))
    assert "75%" in made.said_of(2)
    assert (made.lower < made.rate).all()
    assert (made.rate < made.upper).all()


def test_a_reference_of_its_own_and_strata_it_does_not_know():
    reference = counts([("全省", "轻", 100, 10000), ("全省", "重", 2000, 10000)])
    made = indirect(counts([*ROWS, ("内科", "罕见", 1, 10)]), reference)
    assert made.expected[0] == pytest.approx(100 * 0.01 + 100 * 0.2)
    assert made.observed[0] == 32
    assert made.covered[0] == pytest.approx(200 / 210)


def test_intervals_cover_as_they_say():
    """Exact covers at least 95 %, Byar's nearly equals it, and case mix alone makes no difference."""
    observed = np.arange(0, 300.0)
    exact, near = garwood(observed), byar(observed)
    np.testing.assert_allclose(near[0][10:], exact[0][10:], rtol=5e-3)
    np.testing.assert_allclose(near[1][10:], exact[1][10:], rtol=5e-3)
    generator, hit = np.random.default_rng(2), []
    for _run in range(300):
        cases = generator.integers(20, 300, (10, 4))
        events = generator.binomial(cases, [0.02, 0.05, 0.15, 0.4])
        rows = [(u, s, events[u, s], cases[u, s]) for u in range(10) for s in range(4)]
        for made in (indirect(counts(rows)), direct(counts(rows))):
            truth = 1.0
            hit.append(np.mean((made.ratio_lower <= truth) & (truth <= made.ratio_upper)))
    assert np.mean(hit[::2]) >= 0.95
    assert np.mean(hit[1::2]) >= 0.94


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="轻"):
        counts([("内科", "轻", 5, 4)])


# ---- logistic ----------------------------------------------------------------------------------------------------


def test_the_logistic_fit_is_the_maximum_of_the_likelihood():
    design, happened, unit, _effect = simulated(1, patients=2000)
    data = patterns(design, happened, unit)
    beta, covariance = irls(data.with_intercept, data.events, data.trials)

    def negative(point):
        logit = np.column_stack([np.ones(len(design)), design]) @ point
        return -(happened * logit - np.logaddexp(0, logit)).sum()

    slow = minimize(
        negative, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    )
    np.testing.assert_allclose(beta, slow.x, atol=1e-5)
    single = irls(
        np.column_stack([np.ones(len(design)), design]), happened.astype(float), np.ones(len(design))
    )
    np.testing.assert_allclose(beta, single[0])  # patterns lose nothing
    np.testing.assert_allclose(covariance, single[1])


def test_a_model_carries_its_passport():
    design, happened, unit, _effect = simulated(2, sd=0.0)
    data = patterns(design, happened, unit)
    model = fit(data, names=["年龄段", "急诊"], version="第 1 版", window=("2025-01", "2025-12"))
    assert (model.cases, model.events) == (6000, happened.sum())
    assert model.calibration.intercept == pytest.approx(0, abs=0.1)
    assert model.calibration.slope == pytest.approx(1, abs=0.15)
    assert 0.6 < model.calibration.c < 0.8
    assert "2025-01 至 2025-12" in model.sentence
    compared = observed_over_expected(model, data)
    assert compared.cases.sum() == 6000
    assert compared.expected.sum() == pytest.approx(happened.sum())
    assert np.mean((compared.lower > 1) | (compared.upper < 1)) <= 0.125  # 40 units that do not differ
    assert "95% 区间" in compared.said_of(0)
    assert "没有意义" in compared.sentence or "不能排名次" in compared.sentence


def test_calibration_finds_what_is_wrong_with_predictions():
    logit = np.random.default_rng(3).normal(-1, 1, 20000)
    happened = (np.random.default_rng(4).random(20000) < expit(0.5 * logit - 0.3)).astype(float)
    found = calibration(logit, happened, np.ones(20000))
    assert found.slope == pytest.approx(0.5, abs=0.06)
    shift = brentq(lambda a: (happened - expit(logit + a)).sum(), -5, 5)
    assert found.intercept == pytest.approx(shift)


def test_the_c_statistic_is_the_share_of_right_pairs():
    score, happened = np.array([1, 2, 2, 3.0]), np.array([0, 1, 0, 1.0])
    assert c_statistic(score, happened, np.ones(4)) == pytest.approx((1 + 0.5 + 1 + 1) / 4)


def test_what_cannot_be_fitted_is_explained():
    with pytest.raises(ValueError, match="完全分开"):
        irls(np.array([[1, 0], [1, 0], [1, 1], [1, 1.0]]), np.array([0, 0, 1, 1.0]), np.ones(4))
    with pytest.raises(ValueError, match="重复"):
        irls(np.array([[1, 1], [1, 1.0]]), np.array([0, 1.0]), np.ones(2))
    with pytest.raises(ValueError, match="5 个单元"):
        hierarchical(patterns(np.zeros((4, 1)), [0, 1, 0, 1], [1, 1, 2, 2]))


# ---- hierarchical ------------------------------------------------------------------------------------------------


def slow_laplace(design, happened, unit):
    """Written apart: each unit's intercept by root finding, the likelihood patient by patient, no gradient."""
    design = np.column_stack([np.ones(len(design)), design])
    rows = [np.flatnonzero(unit == u) for u in np.unique(unit)]

    def negative(point):
        variance, total = np.exp(2 * point[-1]), 0.0
        for own in rows:
            fixed, y = design[own] @ point[:-1], happened[own]
            u = brentq(lambda v, f=fixed, h=y: (h - expit(f + v)).sum() - v / variance, -20, 20, xtol=1e-12)
            chance = expit(fixed + u)
            total += stats.bernoulli.logpmf(y, chance).sum() + stats.norm.logpdf(u, 0, np.sqrt(variance))
            total += 0.5 * np.log(2 * np.pi / ((chance * (1 - chance)).sum() + 1 / variance))
        return -total

    start = np.array([-2.6, 0.35, 0.6, np.log(0.4)])
    return minimize(
        negative, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-8, "maxiter": 2000}
    )


def test_the_hierarchical_fit_equals_a_slow_independent_one():
    design, happened, unit, _effect = simulated(5, units=12, patients=900, sd=0.6)
    fast = hierarchical(patterns(design, happened, unit))
    slow = slow_laplace(design, happened, unit)
    assert fast.log_likelihood == pytest.approx(-slow.fun, abs=1e-5)
    np.testing.assert_allclose(fast.coefficients, slow.x[:-1], atol=1e-3)
    assert fast.sd == pytest.approx(np.exp(slow.x[-1]), abs=1e-3)


def test_spread_and_effects_are_recovered():
    found = []
    for seed in range(8):
        design, happened, unit, effect = simulated(seed, patients=8000)
        fitted = hierarchical(patterns(design, happened, unit))
        found.append((fitted.sd, fitted.sd_error))
        assert np.corrcoef(fitted.effects, effect)[0, 1] > 0.6
        inside = np.abs(fitted.effects - effect + effect.mean()) < 1.96 * fitted.effect_errors
        assert inside.mean() > 0.8
    sd, error = np.array(found).T
    assert abs(sd.mean() - 0.3) < 3 * error.mean() / np.sqrt(8) + 0.02  # maximum likelihood lies a little low
    assert (np.abs(sd - 0.3) < 3 * error).all()
    assert sd.std() == pytest.approx(error.mean(), rel=0.8)


def test_units_that_do_not_differ_are_drawn_to_one():
    design, happened, unit, _effect = simulated(11, sd=0.0)
    fitted = hierarchical(patterns(design, happened, unit))
    assert fitted.sd < 0.15
    assert (np.abs(fitted.compared.ratio - 1) < 0.15).all()
    assert "不能排名次" in fitted.sentence


def test_small_units_shrink_more_and_say_so():
    design, happened, unit, _effect = simulated(12, units=20, patients=6000, sd=0.5)
    unit = np.where((unit == 3) & (np.arange(6000) % 20 > 0), 4, unit)  # unit 3 keeps a twentieth
    fitted = hierarchical(patterns(design, happened, unit))
    crude = fitted.compared.observed / fitted.compared.expected
    assert abs(fitted.compared.ratio[3] - 1) < abs(crude[3] - 1) or crude[3] == pytest.approx(1, abs=0.05)
    assert fitted.effect_errors[3] == fitted.effect_errors.max()
    assert "不等于没有问题" in fitted.compared.said_of(3)
