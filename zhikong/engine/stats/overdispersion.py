"""How much units differ beyond chance: robust z-scores, phi, and the variance between units (tau²).

Spiegelhalter DJ. Handling over-dispersion of performance indicators. Qual Saf Health Care 2005;14:347-351.
Winsorising as the CQC does it, truncation and the log scale as NHS England's SHMI; the variance between units
after DerSimonian and Laird (1986).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhikong.engine.stats.series import Floats

TRIM = 0.1


@dataclass(frozen=True)
class Scores:
    """Units on a scale where chance has a known standard error: transformed value, its target and error."""

    value: Floats
    target: float
    error: Floats

    @property
    def z(self) -> Floats:
        return (self.value - self.target) / self.error


@dataclass(frozen=True)
class Dispersion:
    """phi: mean of the squared robust z (1 by chance alone). tau2: variance between units on the scores' scale.

    z: the robust z-scores; NaN where a unit was truncated or has no score. units: how many carry the estimate.
    """

    phi: float
    tau2: float
    z: Floats
    units: int


def winsorised(z: Floats, trim: float = TRIM) -> Floats:
    """Scores beyond the `trim` and 1 − `trim` quantiles are drawn in to them (linear quantiles, R type 7)."""
    low, high = np.nanquantile(z, [trim, 1 - trim]) if (~np.isnan(z)).any() else (np.nan, np.nan)
    return np.clip(z, low, high)


def truncated(z: Floats, trim: float = TRIM) -> Floats:
    """The lowest and highest `trim` of the scores become NaN, by rank (ties share their mean rank)."""
    known = ~np.isnan(z)
    parts = round(1 / trim)
    share = np.floor(_ranks(z[known]) * parts / (known.sum() + 1))
    kept = z.copy()
    kept[np.flatnonzero(known)[(share < 1) | (share >= parts - 1)]] = np.nan
    return kept


def _ranks(values: Floats) -> Floats:
    _found, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def dispersion(scores: Scores, *, robust: str = "winsorise", trim: float = TRIM) -> Dispersion:
    """phi and tau² from robust z-scores. robust: winsorise, truncate, or none.

    tau² is zero unless n·phi exceeds n − 1: then units differ no more than chance makes them.
    """
    shaped = {"winsorise": winsorised, "truncate": truncated, "none": lambda z, _trim: z}[robust]
    z = shaped(scores.z, trim)
    used = ~np.isnan(z)
    count = int(used.sum())
    if not count:
        return Dispersion(float("nan"), 0.0, z, 0)
    phi = float(np.mean(z[used] ** 2))
    return Dispersion(phi, _between(phi, count, scores.error[used]), z, count)


def _between(phi: float, count: int, error: Floats) -> float:
    weight = 1 / error**2
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    if count * phi < count - 1 or room <= 0:
        return 0.0
    return max(0.0, (count * phi - (count - 1)) / room)
