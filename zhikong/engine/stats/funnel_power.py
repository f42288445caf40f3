"""What a funnel could have found: silence of a small unit is not safety."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from zhikong.engine.stats import tails
from zhikong.engine.stats.series import Floats

POWER = 0.8
STEPS = 24
WORSE = 2.0  # the difference that a unit should be able to show: twice the odds (or the rate)


@dataclass(frozen=True)
class Power:
    """Per unit. below, above: the nearest true ratios that would be found outside the 95 % limits with 80 %
    probability; NaN where none would. doubling: the probability to find twice the odds of the rarer outcome (for
    rates and observed over expected: twice the target)."""

    below: Floats
    above: Floats
    doubling: Floats


def power_of(kind: str, bottom: Floats, target: float, limits) -> Power:
    """The power of each unit against its 95 % limits; NaN for units without cases."""
    size = np.where(np.isnan(bottom), 1.0, bottom)
    low, high = (np.nan_to_num(v) for v in (limits.lower_95, limits.upper_95))
    highest = 1.0 if kind == "proportion" else 1e3 * target
    above = _nearest(lambda p: _above(kind, high, size, p), target, highest, size)
    below = _nearest(lambda p: _below(kind, low, size, p), target, 0.0, size)
    blank = np.isnan(bottom)
    return Power(
        np.where(blank, np.nan, below),
        np.where(blank, np.nan, above),
        np.where(blank, np.nan, _doubling(kind, low, high, size, target)),
    )


def _above(kind: str, limit: Floats, size: Floats, true: Floats) -> Floats:
    """Probability that the ratio lies above its limit when `true` is the truth."""
    if kind == "counts":
        return 1 - ndtr(np.log(limit / true) / _error(size, true))
    count = np.floor(limit * size + 1e-6) + 1
    if kind == "proportion":
        return np.where(count > size, 0.0, _binomial(count, size, true)[1])
    return tails.poisson_tails(count, np.maximum(size * true, 1e-12))[1]


def _below(kind: str, limit: Floats, size: Floats, true: Floats) -> Floats:
    if kind == "counts":
        return ndtr(np.log(np.maximum(limit, 1e-12) / np.maximum(true, 1e-12)) / _error(size, true))
    count = np.ceil(limit * size - 1e-6) - 1
    found = (
        _binomial(count, size, true)[0]
        if kind == "proportion"
        else tails.poisson_tails(count, np.maximum(size * true, 1e-12))[0]
    )
    return np.where(count < 0, 0.0, found)


def _binomial(count: Floats, size: Floats, share: Floats) -> tuple[Floats, Floats]:
    return tails.binomial_tails(count, size, np.clip(share, 1e-12, 1 - 1e-12))


def _error(size: Floats, true: Floats) -> Floats:
    true = np.maximum(true, 1e-12)
    return np.sqrt(1 / (size * true) + 1 / size)


def _nearest(power, target: float, end: float, size: Floats) -> Floats:
    """The true value nearest to the target at which the power reaches POWER, towards `end`; NaN where it never does."""
    near, far = np.full(size.shape, target), np.full(size.shape, end)
    reached = power(far) >= POWER
    for _step in range(STEPS):
        middle = (near + far) / 2
        enough = power(middle) >= POWER
        near, far = np.where(enough, near, middle), np.where(enough, middle, far)
    return np.where(reached, far, np.nan)


def _doubling(kind: str, low: Floats, high: Floats, size: Floats, target: float) -> Floats:
    if kind == "proportion" and target > 0.5:
        odds = WORSE * (1 - target) / target
        return _below(kind, low, size, np.full(size.shape, 1 - odds / (1 + odds)))
    if kind == "proportion":
        odds = WORSE * target / (1 - target)
        return _above(kind, high, size, np.full(size.shape, odds / (1 + odds)))
    return _above(kind, high, size, np.full(size.shape, WORSE * target))
