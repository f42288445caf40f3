"""Exact tails of counts, with and without variation between units, and the limits that follow from them.

Without variation between units: binomial, or Poisson. With it: the beta-binomial and the Poisson-gamma (negative
binomial) of the same mean and variance between units. A count is beyond a limit exactly when its tail
probability is smaller than the limit's; limits are continuous in between, so that a curve can be drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import betainc, betaln, gammainc, gammaincc, gammaln

from zhikong.engine.stats.series import Floats

STEPS = 46
SUMMED = 2000  # up to this size the beta-binomial is summed term by term
RARE = 0.05


def poisson_tails(count: Floats, expected: Floats, between: float = 0.0) -> tuple[Floats, Floats]:
    """(P(X ≤ count), P(X ≥ count)). between: variance of the units' own ratios around 1 (gamma)."""
    x = np.maximum(count, -1 + 1e-12)
    if between <= 0:
        upper = np.where(x > 0, gammainc(np.maximum(x, 1e-12), expected), 1.0)
        return gammaincc(x + 1, expected), upper
    shape, success = 1 / between, 1 / (1 + expected * between)
    low = betainc(shape, x + 1, success)
    return low, np.where(x > 0, betainc(np.maximum(x, 1e-12), shape, 1 - success), 1.0)


def binomial_tails(count: Floats, size: Floats, share: float, between: float = 0.0) -> tuple[Floats, Floats]:
    """(P(X ≤ count), P(X ≥ count)) of `count` among `size`. between: share of p·(1−p) that lies between units."""
    if between <= 0:
        return _binomial(count, size, share)
    count, size = np.broadcast_arrays(np.asarray(count, float), np.asarray(size, float))
    low, high = np.empty(count.shape), np.empty(count.shape)
    small = size <= SUMMED
    low[~small], high[~small] = _large(count[~small], size[~small], share, between)
    for index in np.flatnonzero(small):
        below, above = _mass(int(size[index]), share, between)
        low[index], high[index] = _at(below, above, count[index])
    return low, high


def _binomial(count: Floats, size: Floats, share: float) -> tuple[Floats, Floats]:
    x, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(size, float))
    inside, positive = x < n, x > 0
    left, right = np.maximum(n - x, 1e-12), np.maximum(x, 1e-12)
    low = np.where(inside, betainc(left, np.maximum(x + 1, 1e-12), 1 - share), 1.0)
    return low, np.where(positive, betainc(right, np.maximum(n - x + 1, 1e-12), share), 1.0)


def _large(count: Floats, size: Floats, share: float, between: float) -> tuple[Floats, Floats]:
    """Rare events: Poisson-gamma; else the beta distribution of the same mean and variance."""
    if share < RARE:
        return poisson_tails(count, size * share, between * (1 - share) / share)
    if share > 1 - RARE:
        low, high = poisson_tails(size - count, size * (1 - share), between * share / (1 - share))
        return high, low
    weight = size / (1 + (size - 1) * between) - 1
    a, b = share * weight, (1 - share) * weight
    up, down = (np.clip((count + d) / size, 0, 1) for d in (0.5, -0.5))
    return betainc(a, b, up), 1 - betainc(a, b, down)


@lru_cache(maxsize=512)
def _mass(size: int, share: float, between: float) -> tuple[Floats, Floats]:
    """P(X ≤ k) and P(X ≥ k) for k = 0 … size of the beta-binomial."""
    weight = 1 / between - 1
    a, b = share * weight, (1 - share) * weight
    k = np.arange(size + 1)
    choose = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
    mass = np.exp(choose + betaln(k + a, size - k + b) - betaln(a, b))
    return np.minimum(np.cumsum(mass), 1), np.minimum(np.cumsum(mass[::-1])[::-1], 1)


def _at(below: Floats, above: Floats, count: float) -> tuple[float, float]:
    k = np.arange(-1, below.size + 1)
    low = np.interp(count, k[:-1], np.concatenate(([0.0], below)))
    return float(low), float(np.interp(count, k[1:], np.concatenate((above, [0.0]))))


def beta_binomial_limits(size: Floats, share: float, between: float, tail: float) -> tuple[Floats, Floats]:
    """`limits` of the beta-binomial, small sizes read off their summed terms (each size once)."""
    lower, upper = np.empty(size.shape), np.empty(size.shape)
    small = size <= SUMMED
    sizes, place = np.unique(size[small], return_inverse=True)
    found = np.array([_read_off(int(n), share, between, tail) for n in sizes]).reshape(-1, 2)
    lower[small], upper[small] = found[place].T
    large = size[~small]
    if large.size:
        lower[~small], upper[~small] = limits(lambda x: _large(x, large, share, between), large, tail)
    return np.maximum(lower, 0.0), np.minimum(upper, size)


def _read_off(size: int, share: float, between: float, tail: float) -> tuple[float, float]:
    below, above = _mass(size, share, between)
    k = np.arange(-1, size + 2)
    low = np.interp(tail, np.concatenate(([0.0], below)), k[:-1])
    return float(low), float(np.interp(tail, np.concatenate(([0.0], above[::-1])), k[1:][::-1]))


Tails = Callable[[Floats], tuple[Floats, Floats]]


def limits(tails: Tails, highest: Floats, tail: float) -> tuple[Floats, Floats]:
    """(lower, upper) counts at which a tail equals `tail`; a count beyond them is less likely than that.

    highest: per unit, a count that is beyond every limit (the size, or far above the expected).
    """
    lower = _crossing(lambda x: tails(x)[0] < tail, np.full(highest.shape, -1.0), highest)
    upper = _crossing(lambda x: tails(x)[1] >= tail, np.zeros(highest.shape), highest + 1)
    return np.maximum(lower, 0.0), np.minimum(upper, highest)


def _crossing(before: Callable[[Floats], np.ndarray], low: Floats, high: Floats) -> Floats:
    for _step in range(STEPS):
        middle = (low + high) / 2
        left = before(middle)
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return (low + high) / 2
