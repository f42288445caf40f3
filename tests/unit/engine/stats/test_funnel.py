"""Funnels: published numbers, the stated formulas, null data, and what small units allow to say."""

import csv
import os
from collections import defaultdict

import numpy as np
import pytest
from scipy import stats

from zhikong.engine.stats.funnel import funnel

RUNS = 1000 if os.environ.get("ZHIKONG_TEST_ALL") else 20
UNITS = 80
SIDES = (("lower_95", "ll95"), ("upper_95", "ul95"), ("lower_998", "ll998"), ("upper_998", "ul998"))


def grouped(folder, name, key="case"):
    found = defaultdict(list)
    with open(folder / name, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row[key]].append(row)
    return found


def test_published_funnels_are_equal(oracle):
    """FunnelPlotR's three cases: target, phi, tau² and all limits, with and without overdispersion."""
    spc = oracle("spc")
    inputs, expected = grouped(spc, "inputs_funnel.csv"), grouped(spc, "expected_funnel_funnelplotr.csv")
    parameters = grouped(spc, "expected_funnel_params_funnelplotr.csv")
    assert set(parameters) == set(expected) == {"pr_nood", "pr_od", "ae_2019_01"}
    for case, wanted in expected.items():
        said = {row["unit"]: row for row in inputs[case]}
        units = [said[row["unit"]] for row in wanted]
        made = funnel(
            [float(u["numerator"]) for u in units], [float(u["denominator"]) for u in units], method="arcsine"
        )
        for name in ("target", "phi", "tau2"):
            assert getattr(made, name) == pytest.approx(float(parameters[case][0][name]), rel=1e-9, abs=1e-12)
        for ours, theirs in SIDES:
            for bounds, prefix in ((made.limits, "od_"), (made.plain, "")):
                np.testing.assert_allclose(
                    getattr(bounds, ours),
                    [float(row[prefix + theirs]) for row in wanted],
                    rtol=1e-6,
                    atol=1e-9,
                )


def observed(generator, units=60, sd=0.2):
    expected = generator.uniform(15, 400, units)
    return generator.poisson(expected * np.exp(generator.normal(0, sd, units))), expected


def between(z, error):
    """DerSimonian–Laird by its definition."""
    weight, count = 1 / error**2, z.size
    return max(0, ((z**2).sum() - (count - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))


def test_shmi_limits_follow_the_stated_method():
    """log ratio, a tenth cut off at each end, tau² added; checked by the definitions written out again."""
    top, expected = observed(np.random.default_rng(3))
    made = funnel(top, expected, kind="expected", method="shmi")
    z = np.log(top / expected) * np.sqrt(expected)
    rank = stats.rankdata(z)
    kept = (np.floor(rank * 10 / 61) > 0) & (np.floor(rank * 10 / 61) < 9)
    tau2 = between(z[kept], 1 / np.sqrt(expected[kept]))
    assert kept.sum() == 48
    assert made.tau2 == pytest.approx(tau2)
    assert tau2 > 0
    np.testing.assert_allclose(
        made.limits.upper_998, np.exp(stats.norm.ppf(0.999) * np.sqrt(1 / expected + tau2))
    )
    np.testing.assert_allclose(made.plain.lower_95, stats.chi2.ppf(0.025, 2 * expected) / 2 / expected)


def test_cqc_limits_are_squared_back_from_the_root_scale():
    top, expected = observed(np.random.default_rng(4))
    made = funnel(top, expected, kind="expected", method="cqc")
    z = 2 * np.sqrt(expected) * (np.sqrt(top / expected) - 1)
    tau2 = between(np.clip(z, *np.quantile(z, [0.1, 0.9])), 1 / (2 * np.sqrt(expected)))
    half = stats.norm.ppf(0.999) * np.sqrt(1 / (4 * expected) + tau2)
    np.testing.assert_allclose(made.limits.upper_998, (1 + half) ** 2)
    np.testing.assert_allclose(made.limits.lower_998, np.maximum(1 - half, 0) ** 2)


def test_a_ratio_of_counts_uses_the_error_of_its_own_scores():
    generator = np.random.default_rng(5)
    bottom = generator.poisson(300, 40)
    top = generator.poisson(150, 40)
    made = funnel(top, bottom, kind="counts", method="log", overdispersion="none")
    error = np.sqrt(1 / top + 1 / bottom)
    target = top.sum() / bottom.sum()
    np.testing.assert_allclose(made.limits.upper_95, target * np.exp(stats.norm.ppf(0.975) * error))
    z = np.log(top / bottom / target) / error
    np.testing.assert_array_equal(made.outside, np.sign(z) * (np.abs(z) > stats.norm.ppf(0.999)))


def test_multiplicative_overdispersion_widens_by_the_root_of_phi():
    top, expected = observed(np.random.default_rng(6))
    made = funnel(top, expected, kind="expected", method="cqc", overdispersion="multiplicative")
    assert made.phi > 1
    half = stats.norm.ppf(0.975) / (2 * np.sqrt(expected)) * np.sqrt(made.phi)
    np.testing.assert_allclose(made.limits.upper_95, (1 + half) ** 2)


# ---- exact limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [0.02, 0.3, 0.97])
def test_exact_limits_of_proportions_are_binomial_quantiles(target):
    sizes = np.array([12, 40, 333, 5000])
    made = funnel(np.round(sizes * target), sizes, target=target, overdispersion="none")
    for count in range(60):
        for i, size in enumerate(sizes):
            if count <= size:
                high = stats.binom.sf(count - 1, size, target) < 0.001
                assert (count / size > made.plain.upper_998[i]) == high
                assert (count / size < made.plain.lower_95[i]) == (
                    stats.binom.cdf(count, size, target) < 0.025
                )


def test_exact_limits_of_observed_over_expected_are_poisson_quantiles():
    expected = np.array([0.4, 3.0, 25.0, 180.0])
    made = funnel([0, 3, 25, 180], expected, kind="expected", overdispersion="none", minimum=0)
    for count in range(260):
        high = stats.poisson.sf(count - 1, expected) < 0.001
        np.testing.assert_array_equal(count / expected > made.plain.upper_998, high)
        np.testing.assert_array_equal(
            count / expected < made.plain.lower_998, stats.poisson.cdf(count, expected) < 0.001
        )


def test_overdispersed_limits_are_those_of_the_beta_binomial():
    """Small sizes term by term; large ones by a distribution of equal mean and variance, close to it."""
    from zhikong.engine.stats.tails import beta_binomial_limits, binomial_tails, poisson_tails

    share, rho = 0.12, 0.02
    a, b = share * (1 / rho - 1), (1 - share) * (1 / rho - 1)
    for size, close in ((150, 1e-9), (8000, 2e-3)):
        counts = np.round(size * np.array([0.02, 0.08, 0.12, 0.2, 0.3]))
        low, high = binomial_tails(counts, np.full(5, float(size)), share, rho)
        np.testing.assert_allclose(low, stats.betabinom.cdf(counts, size, a, b), atol=close)
        np.testing.assert_allclose(high, stats.betabinom.sf(counts - 1, size, a, b), atol=close)
    sizes = np.array([5.0, 150, 150, 9000])
    lower, upper = beta_binomial_limits(sizes, share, rho, 0.025)
    for at, size in enumerate(sizes):
        counts = np.arange(size + 1)
        low, high = binomial_tails(counts, np.full(counts.shape, size), share, rho)
        np.testing.assert_array_equal(counts < lower[at], low < 0.025)
        np.testing.assert_array_equal(counts > upper[at], high < 0.025)
    counts, expected = np.array([0.0, 7, 20, 45]), np.full(4, 20.0)
    low, high = poisson_tails(counts, expected, 0.1)
    np.testing.assert_allclose(low, stats.nbinom.cdf(counts, 10, 1 / 3))
    np.testing.assert_allclose(high, stats.nbinom.sf(counts - 1, 10, 1 / 3))


# ---- null data and planted differences ---------------------------------------------------------------------------


def null_share(kind, method, generator):
    """Share of units outside the 99.8 % limits when no unit differs."""
    outside = 0
    for _run in range(RUNS):
        size = np.round(np.exp(generator.normal(5.5, 0.9, UNITS))) + 10
        if kind == "proportion":
            made = funnel(generator.binomial(size.astype(int), 0.1), size, method=method)
        elif kind == "expected":
            made = funnel(generator.poisson(size * 0.2), size * 0.2, kind=kind, method=method, minimum=0)
        else:
            made = funnel(generator.poisson(size * 0.5), generator.poisson(size), kind=kind, method=method)
        outside += int((made.outside != 0).sum())
    return outside / (RUNS * UNITS)


@pytest.mark.parametrize(
    ("kind", "method"),
    [("proportion", "exact"), ("expected", "exact"), ("expected", "cqc"), ("counts", "exact")],
)
def test_units_that_do_not_differ_stay_inside(kind, method):
    error = 3 * np.sqrt(0.003 / (RUNS * UNITS)) if RUNS < 1000 else 0
    assert null_share(kind, method, np.random.default_rng(11)) <= 0.003 + error


def test_variation_between_units_is_measured_and_a_planted_unit_is_found():
    generator = np.random.default_rng(8)
    size = np.full(200, 3000)
    share = 0.1 + generator.normal(0, 0.02, 200)
    share[7] = 0.25
    made = funnel(generator.binomial(size, share), size, names=[f"科{i}" for i in range(200)])
    assert 4 * made.tau2 * 0.1 * 0.9 == pytest.approx(0.02**2, rel=0.35)  # winsorising draws it down a little
    assert made.outside[7] == 1
    assert (made.outside != 0).sum() <= 5
    plain = funnel(generator.binomial(size, share), size, overdispersion="none")
    assert (plain.outside != 0).sum() > 60
    assert "科7" in made.sentence
    assert "φ=" in made.sentence


# ---- small units -------------------------------------------------------------------------------------------------


def test_small_units_are_listed_and_never_judged():
    made = funnel([0, 6, 30, 240], [0, 6, 300, 2400])
    assert made.small.tolist() == [False, True, False, False]
    assert made.outside[1] == 0  # 6 of 6 against about a tenth
    assert np.isnan(made.limits.upper_95[0])
    assert np.isnan(made.ratio[0])
    assert "例数太少" in made.said_of(1)
    assert "没有病例" in made.said_of(0)


def test_what_cannot_be_told_is_said():
    made = funnel([2, 300], [20, 3000])
    assert made.unclear.tolist() == [True, False]
    assert "不等于没有问题" in made.sentence
    below, above = made.detectable
    assert np.isnan(below[0])
    assert above[0] > 0.3
    assert made.target < above[1] < 0.13
    power = stats.binom.sf(np.floor(made.limits.upper_95[1] * 3000), 3000, above[1])
    assert power == pytest.approx(0.8, abs=0.01)


def test_nobody_or_everybody_with_the_event_is_no_error():
    assert (funnel([0, 0, 0], [40, 60, 80]).outside == 0).all()
    assert (funnel([40, 60], [40, 60]).outside == 0).all()
    assert "没有例数足够" in funnel([], []).sentence


def test_wrong_input_is_explained():
    with pytest.raises(ValueError, match="分子大于分母"):
        funnel([5], [4])
    with pytest.raises(ValueError, match="可用"):
        funnel([5], [40], method="cqc")
    with pytest.raises(ValueError, match="精确法"):
        funnel([5], [40], overdispersion="multiplicative")


def test_the_curve_passes_through_the_limits_of_the_units():
    made = funnel([30, 240, 90], [300, 2400, 700], scale=100, unit="%")
    curve = made.curve(400)
    drawn = np.interp([300, 700], curve.denominators, curve.bounds.upper_998)
    np.testing.assert_allclose(drawn, made.limits.upper_998[[0, 2]], rtol=2e-3)
    assert "12.9 %（总体 10.6 %）" in made.said_of(2)
