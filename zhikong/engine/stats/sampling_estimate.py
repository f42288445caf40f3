"""What a sample says of all records: the rate weighted by each record's chance, with an interval that is not too short.

Horvitz DG, Thompson DJ. J Am Stat Assoc 1952;47:663 (totals); Hájek's ratio for the rate. Variance: the approximation
of Deville for fixed-size designs, which within a stratum of equal chances is the textbook one with its finite
population correction. Interval: exact (hypergeometric) when all records have one chance and one stratum, otherwise
Korn EL, Graubard BI. Surv Methodol 1998;24:193: Clopper and Pearson's with the effective sample size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gammaln, stdtrit

from zhikong.engine.stats.series import Floats

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A rate of the population that the sample could reach, and how sure it is.

    rate, low, high: between 0 and 1, None when nothing was sampled. total: estimated number that pass.
    population: records estimated (sum of weights). effective: size of a simple sample that would be as sure.
    crude: the plain share in the sample. method: exact | korn_graubard | census | none.
    """

    rate: float | None
    low: float | None
    high: float | None
    total: float
    population: float
    sampled: int
    effective: float
    crude: float | None
    method: str


NOTHING = Estimate(None, None, None, 0.0, 0.0, 0, 0.0, None, "none")


def estimate(
    passed: Sequence[bool], chance: Sequence[float], stratum: Sequence[str], *, level: float = LEVEL
) -> Estimate:
    """The rate of `passed` in the population. chance: of inclusion, in (0, 1]; stratum: within which was drawn.

    Raises ValueError for a chance outside (0, 1].
    """
    y, pi = np.asarray(passed, float), np.asarray(chance, float)
    if y.size == 0:
        return NOTHING
    if ((pi <= 0) | (pi > 1)).any():
        raise ValueError("抽中概率必须大于 0、不超过 1。")
    weight = 1 / pi
    population, total = float(weight.sum()), float((weight * y).sum())
    rate = total / population
    names = np.asarray(stratum)
    variance = _variance((y - rate) * weight / population, pi, names)
    low, high, effective, method = _interval(rate, variance, y, pi, names, level)
    return Estimate(rate, low, high, total, population, y.size, effective, float(y.mean()), method)


def _variance(z: Floats, pi: Floats, names: np.ndarray) -> float:
    """Of the sum of z over samples; strata with one record and a chance below 1 are taken together."""
    cells = _cells(pi, names)
    found = 0.0
    for cell in np.unique(cells):
        inside = (cells == cell) & (pi < 1)
        if (size := int(inside.sum())) > 1:
            share = 1 - pi[inside]
            centre = (share * z[inside]).sum() / share.sum()
            found += size / (size - 1) * float((share * (z[inside] - centre) ** 2).sum())
    return found


def _cells(pi: Floats, names: np.ndarray) -> np.ndarray:
    open_names, counts = np.unique(names[pi < 1], return_counts=True)
    lonely = set(open_names[counts < 2])
    return np.array(["\x00together" if name in lonely else str(name) for name in names])


def _interval(rate, variance, y, pi, names, level) -> tuple[float, float, float, str]:
    if (pi >= 1).all():
        return rate, rate, float(y.size), "census"
    if len(set(names)) == 1 and np.ptp(pi) < 1e-12:
        return *exact(int(y.sum()), y.size, round(y.size / float(pi[0])), level=level), _equal(y, pi), "exact"
    effective = _effective(rate, variance, y, pi, names)
    return *clopper_pearson(rate * effective, effective, level=level), effective, "korn_graubard"


def _equal(y: Floats, pi: Floats) -> float:
    """A simple sample's own size, larger by the correction for a finite population."""
    return float(y.size / (1 - pi[0]))


def _effective(rate: float, variance: float, y: Floats, pi: Floats, names: np.ndarray) -> float:
    """Effective size, with the t quantile of the degrees of freedom; Kish's where the sample is all alike."""
    weight = 1 / pi
    kish = float(weight.sum() ** 2 / (weight**2).sum())
    if variance <= 0 or not 0 < rate < 1:
        return kish
    found = rate * (1 - rate) / variance
    freedom = max(int((pi < 1).sum()) - len(np.unique(_cells(pi, names)[pi < 1])), 1)
    shrink = (stdtrit(max(y.size - 1, 1), 0.975) / stdtrit(freedom, 0.975)) ** 2
    return float(max(found * min(shrink, 1.0), 1.0))


def clopper_pearson(count: float, size: float, *, level: float = LEVEL) -> tuple[float, float]:
    """(lower, upper) of a proportion from `count` of `size`, which need not be whole numbers."""
    tail = (1 - level) / 2
    low = 0.0 if count <= 0 else float(betaincinv(count, size - count + 1, tail))
    high = 1.0 if count >= size else float(betaincinv(count + 1, size - count, 1 - tail))
    return low, high


def exact(count: int, size: int, population: int, *, level: float = LEVEL) -> tuple[float, float]:
    """(lower, upper) of the share in a finite population, from a simple sample: every share not refused by a tail.

    Buonaccorsi JP. Am Stat 1987;41:215: both one-sided hypergeometric tests at (1 − level) / 2.
    """
    tail = (1 - level) / 2
    shares = np.arange(count, population - (size - count) + 1)
    mass = _mass(shares, size, population)
    at_most, at_least = mass[:, : count + 1].sum(axis=1), mass[:, count:].sum(axis=1)
    kept = shares[(at_least > tail) & (at_most > tail)]
    return float(kept.min() / population), float(kept.max() / population)


def _mass(marked: np.ndarray, size: int, population: int) -> Floats:
    """P(k marked in the sample), one row for each number of marked units, k = 0 … size."""
    k, marked = np.arange(size + 1), marked[:, None]
    possible = (k <= marked) & (size - k <= population - marked)
    ways = _log_ways(marked, np.minimum(k, marked)) + _log_ways(
        population - marked, np.clip(size - k, 0, population - marked)
    )
    return np.where(possible, np.exp(ways - _log_ways(np.array(population), np.array(size))), 0.0)


def _log_ways(of: np.ndarray, taken: np.ndarray) -> Floats:
    return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)
