"""The ways to draw a funnel: exact tails, and the published scales (arcsine, SHMI, CQC, log ratio).

Each method says how units are scored against the target (for the variation between them) and which limits it draws.
Known faults of others are not repeated: the CQC's limits are squared back from the root scale, and the limits of
a ratio of counts use the standard error of its own scores, √(1/numerator + 1/denominator).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtri

from zhikong.engine.stats import tails
from zhikong.engine.stats.overdispersion import Scores
from zhikong.engine.stats.series import Floats

Pair = tuple[Floats, Floats]
HALF = 0.5


@dataclass(frozen=True)
class Units:
    """Counts per unit and the target; `expected` is the denominator times the target."""

    top: Floats
    bottom: Floats
    target: float

    @property
    def total(self) -> Floats:
        return self.top + self.bottom

    @property
    def share(self) -> float:
        """Of a ratio of counts: the part of all events that the numerator has at the target."""
        return self.target / (1 + self.target)


@dataclass(frozen=True)
class Method:
    """scores: for phi and tau². robust: how outlying scores are tamed. limits(units, tail, variance, factor):
    the two limits of the ratio at a tail probability, with `variance` between units on the scores' scale and
    errors multiplied by `factor`."""

    scores: Callable[[Units], Scores]
    robust: str
    limits: Callable[[Units, float, float, float], Pair]
    exact: bool = False


def arcsine(units: Units) -> Scores:
    value = np.arcsin(np.sqrt(units.top / units.bottom))
    return Scores(value, float(np.arcsin(np.sqrt(units.target))), 1 / (2 * np.sqrt(units.bottom)))


def root(units: Units) -> Scores:
    """√(observed / expected); the CQC's scale. It bears units without any event."""
    return Scores(np.sqrt(units.top / units.bottom), np.sqrt(units.target), 1 / (2 * np.sqrt(units.bottom)))


def log_expected(units: Units) -> Scores:
    """log(observed / expected) with the error √(1 / expected); the SHMI's scale. No event counts as a half."""
    observed = np.where(units.top > 0, units.top, HALF)
    return Scores(
        np.log(observed / units.bottom), np.log(units.target), 1 / np.sqrt(units.bottom * units.target)
    )


def log_counts(units: Units) -> Scores:
    """log(numerator / denominator) with the error √(1/numerator + 1/denominator); an empty side adds a half to both."""
    add = np.where((units.top > 0) & (units.bottom > 0), 0.0, HALF)
    top, bottom = units.top + add, units.bottom + add
    return Scores(np.log(top / bottom), np.log(units.target), np.sqrt(1 / top + 1 / bottom))


def _spread(error: Floats, tail: float, variance: float, factor: float) -> Floats:
    return -ndtri(tail) * np.sqrt((error * factor) ** 2 + variance)


def arcsine_limits(units: Units, tail: float, variance: float, factor: float) -> Pair:
    """Where the angle leaves 0 … π/2 the limit is 0 or 1: beyond it the sine would turn back."""
    scores = arcsine(units)
    spread = _spread(scores.error, tail, variance, factor)
    lower = np.sin(np.clip(scores.target - spread, 0, np.pi / 2)) ** 2
    return lower, np.sin(np.clip(scores.target + spread, 0, np.pi / 2)) ** 2


def root_limits(units: Units, tail: float, variance: float, factor: float) -> Pair:
    scores = root(units)
    spread = _spread(scores.error, tail, variance, factor)
    return np.maximum(scores.target - spread, 0) ** 2, (scores.target + spread) ** 2


def log_limits(scale: Callable[[Units], Scores]) -> Callable[[Units, float, float, float], Pair]:
    def limits(units: Units, tail: float, variance: float, factor: float) -> Pair:
        spread = _spread(scale(units).error, tail, variance, factor)
        return units.target * np.exp(-spread), units.target * np.exp(spread)

    return limits


def interval_limits(units: Units, tail: float) -> Pair:
    """Limits as the SHMI and FunnelPlotR draw them without overdispersion: the exact interval of a count that
    equals the expected one. Kept for comparison; as limits of a prediction they are a little too wide above."""
    expected = units.bottom * units.target
    lower, upper = gammaincinv(expected, tail), gammaincinv(expected + 1, 1 - tail)
    return lower / units.bottom, upper / units.bottom


def poisson_limits(units: Units, tail: float, variance: float, _factor: float) -> Pair:
    """Exact: Poisson, or Poisson-gamma whose variance of ratios is four times that on the root scale."""
    expected = units.bottom * units.target
    between = 4 * variance / units.target
    highest = np.ceil(expected + 60 * np.sqrt(expected + between * expected**2) + 200)
    lower, upper = tails.limits(lambda x: tails.poisson_tails(x, expected, between), highest, tail)
    return lower / units.bottom, upper / units.bottom


def binomial_limits(units: Units, tail: float, variance: float, _factor: float) -> Pair:
    """Exact: binomial, or beta-binomial whose share of variance is four times that on the arcsine scale."""
    between = min(4 * variance, 0.99)
    lower, upper = _binomial(units.bottom, units.target, between, tail)
    return lower / units.bottom, upper / units.bottom


def _binomial(size: Floats, share: float, between: float, tail: float) -> Pair:
    if between > 0 and 0 < share < 1:
        return tails.beta_binomial_limits(size, share, between, tail)
    return tails.limits(lambda x: tails.binomial_tails(x, size, share), size, tail)


def counts_limits(units: Units, tail: float, variance: float, _factor: float) -> Pair:
    """Exact: of all events of a unit, the numerator's part is binomial at the target (or beta-binomial)."""
    between = min(variance * units.share * (1 - units.share), 0.99)
    lower, upper = _binomial(units.total, units.share, between, tail)
    with np.errstate(divide="ignore"):
        return lower / (units.total - lower), upper / (units.total - upper)


METHODS = {
    "proportion": {
        "exact": Method(arcsine, "winsorise", binomial_limits, exact=True),
        "arcsine": Method(arcsine, "winsorise", arcsine_limits),
    },
    "expected": {
        "exact": Method(root, "winsorise", poisson_limits, exact=True),
        "shmi": Method(log_expected, "truncate", log_limits(log_expected)),
        "cqc": Method(root, "winsorise", root_limits),
    },
    "counts": {
        "exact": Method(log_counts, "winsorise", counts_limits, exact=True),
        "log": Method(log_counts, "winsorise", log_limits(log_counts)),
    },
}
