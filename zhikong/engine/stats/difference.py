"""Before and after: how large the change is, with a 95 % interval; no interval, no claim.

Proportions: Newcombe RG. Stat Med 1998;17:873, method 10. Rates: exact conditional (Clopper-Pearson on the share of
events). Means: Welch BL. Biometrika 1947;34:28.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from zhikong.engine.stats.intervals import poisson, wilson


@dataclass(frozen=True)
class Side:
    """One period: its value and the 95 % interval of it, in the unit of the values; n: cases or values behind it."""

    value: float
    low: float
    high: float
    n: float


@dataclass(frozen=True)
class Change:
    """after − before (of a rate: after ÷ before as ``ratio``), with the interval. certain: it leaves out no change."""

    before: Side
    after: Side
    change: float
    low: float
    high: float
    ratio: bool = False

    @property
    def certain(self) -> bool:
        same = 1.0 if self.ratio else 0.0
        return self.low > same or self.high < same


def proportions(before: tuple[int, int], after: tuple[int, int], *, multiply: float = 100) -> Change:
    """Cases among cases (events, cases) of two periods. Raises ValueError for none, or more events than cases."""
    for events, cases in (before, after):
        if cases <= 0 or not 0 <= events <= cases:
            raise ValueError(f"{events} of {cases} is no proportion")
    (p1, l1, u1), (p2, l2, u2) = (_share(*one) for one in (before, after))
    change = p2 - p1
    low = change - np.sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2)
    high = change + np.sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2)
    sides = (
        Side(p * multiply, lo * multiply, hi * multiply, n)
        for (p, lo, hi), (_, n) in zip(((p1, l1, u1), (p2, l2, u2)), (before, after), strict=True)
    )
    return Change(*sides, change * multiply, float(low) * multiply, float(high) * multiply)


def _share(events: int, cases: int) -> tuple[float, float, float]:
    low, high = wilson(np.array([float(events)]), np.array([float(cases)]))
    return events / cases, float(low[0]), float(high[0])


def rates(before: tuple[int, float], after: tuple[int, float], *, multiply: float = 1) -> Change:
    """Events per exposure of two periods; the change is the ratio after ÷ before, exact.

    Raises ValueError without exposure, for negative events, or when neither period has an event.
    """
    (e1, x1), (e2, x2) = before, after
    if min(x1, x2) <= 0 or min(e1, e2) < 0 or e1 + e2 == 0:
        raise ValueError("a rate needs exposure, and one of the two an event")
    low, high = _clopper(e2, e1 + e2)
    ratio = (e2 / x2) / (e1 / x1) if e1 else float("inf")
    odds = [float("inf") if share >= 1 else share / (1 - share) * x1 / x2 for share in (low, high)]
    sides = (_rate(*one, multiply) for one in (before, after))
    return Change(*sides, ratio, odds[0], odds[1], ratio=True)


def _rate(events: int, exposure: float, multiply: float) -> Side:
    low, high = poisson(np.array([float(events)]), exposure)
    return Side(events / exposure * multiply, float(low[0]) * multiply, float(high[0]) * multiply, exposure)


def _clopper(events: int, of: int) -> tuple[float, float]:
    low = 0.0 if events == 0 else float(stats.beta.ppf(0.025, events, of - events + 1))
    high = 1.0 if events == of else float(stats.beta.ppf(0.975, events + 1, of - events))
    return low, high


def means(before: Sequence[float], after: Sequence[float]) -> Change:
    """Single values of two periods. Raises ValueError for fewer than two values in one, or none that vary."""
    a, b = np.asarray(before, float), np.asarray(after, float)
    if min(a.size, b.size) < 2 or (np.ptp(a) == 0 and np.ptp(b) == 0):
        raise ValueError("two values in each period are the least, and they must vary")
    v1, v2 = a.var(ddof=1) / a.size, b.var(ddof=1) / b.size
    freedom = (v1 + v2) ** 2 / (v1**2 / (a.size - 1) + v2**2 / (b.size - 1))
    change, half = float(b.mean() - a.mean()), float(stats.t.ppf(0.975, freedom) * np.sqrt(v1 + v2))
    return Change(_mean(a), _mean(b), change, change - half, change + half)


def _mean(values: np.ndarray) -> Side:
    half = float(stats.t.ppf(0.975, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size))
    mean = float(values.mean())
    return Side(mean, mean - half, mean + half, values.size)
