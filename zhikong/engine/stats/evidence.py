"""Has it changed? The newest months of each chart against the months before, as one p-value.

Means and costs: Student's t of the mean of the newest months against the baseline's, with the baseline's own spread
(so that a wrong limit from few months is allowed for). Proportions and rates: the same on rates weighted by their
denominators, with the spread measured between the months (overdispersion), and beside it the exact test of the
counts (Fisher's, or the binomial split of events over exposure); the larger of the two p-values counts, so that
neither overdispersion nor small counts make alarms. Limits by run rules are another matter: they are recorded, and
each of them costs false alarms that no rule counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit
from scipy.stats import hypergeom

from zhikong.engine.stats.series import MINIMUM_POINTS, Flags, Floats
from zhikong.engine.stats.tails import binomial_tails

SURE = 0.00135  # the tail of a three-sigma limit: what a detectable change is measured by
POWER = 0.8


@dataclass(frozen=True)
class Evidence:
    """Per series. p: probability of such newest months, or worse, without a change; NaN where it is not judged (fewer
    than 12 baseline months, the newest one missing, nothing that varies). before, now: level of the baseline
    and of the newest months. detectable: the change that would be found with 80 % probability beyond a
    three-sigma limit, in the series' unit; NaN where it is not known."""

    p: Floats
    before: Floats
    now: Floats
    detectable: Floats

    @property
    def judged(self) -> Flags:
        return ~np.isnan(self.p)


@dataclass(frozen=True)
class _Split:
    """Baseline and newest months; unknown months are NaN."""

    base: Floats
    new: Floats

    @property
    def months(self) -> Floats:
        return (~np.isnan(self.base)).sum(axis=1).astype(float)

    @property
    def newest(self) -> Floats:
        return (~np.isnan(self.new)).sum(axis=1).astype(float)


def of_values(values: Floats, *, newest: int, side: Floats) -> Evidence:
    """Series × months of means, costs, counts without exposure. side: +1 a rise is bad, −1 a fall, 0 either."""
    parts = _Split(values[:, :-newest], values[:, -newest:])
    months, count = parts.months, parts.newest
    before, now = _mean(parts.base), _mean(parts.new)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.nansum((parts.base - before[:, None]) ** 2, axis=1) / (months - 1))
        error = np.where(spread > 1e-12 * np.abs(before), spread, np.nan) * np.sqrt(1 / months + 1 / count)
        p = _tail((now - before) / error, months - 1, side)
    p = np.where(_usable(parts), p, np.nan)
    return Evidence(p, before, now, np.where(np.isnan(p), np.nan, _detectable(error, months - 1)))


def of_rates(top: Floats, bottom: Floats, *, newest: int, side: Floats, proportion: bool) -> Evidence:
    """Series × months of numerators and denominators. proportion: the numerator is a part of the denominator."""
    known = ~np.isnan(top) & (bottom > 0)
    top, bottom = np.where(known, top, np.nan), np.where(known, bottom, np.nan)
    parts = _Split(top[:, :-newest], top[:, -newest:])
    size = _Split(bottom[:, :-newest], bottom[:, -newest:])
    events, cases = np.nansum(parts.base, axis=1), np.nansum(size.base, axis=1)
    new_events, new_cases = np.nansum(parts.new, axis=1), np.nansum(size.new, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        before, now = events / cases, new_events / new_cases
        chance = np.sqrt(before * (1 - before) if proportion else before)
        factor = _excess(parts.base / size.base, size.base, before, chance)
        error = chance * factor * np.sqrt(1 / cases + 1 / new_cases)
        by_t = _tail((now - before) / np.where(error > 0, error, np.nan), parts.months - 1, side)
    exact = _exact(events, cases, new_events, new_cases, side, proportion=proportion)
    p = np.where(_usable(parts), np.fmax(by_t, exact), np.nan)
    p = np.where(
        (events + new_events == 0) | (proportion & (events + new_events == cases + new_cases)), np.nan, p
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        detectable = _detectable_rate(
            before, cases, new_cases, factor, parts.months - 1, side, proportion=proportion
        )
    return Evidence(p, before, now, np.where(np.isnan(p), np.nan, detectable))


def _usable(parts: _Split) -> Flags:
    return (parts.months >= MINIMUM_POINTS) & ~np.isnan(parts.new[:, -1])


def _mean(values: Floats) -> Floats:
    count = (~np.isnan(values)).sum(axis=1)
    return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def _excess(rate: Floats, size: Floats, level: Floats, chance: Floats) -> Floats:
    """How many times as much the months differ as sampling explains; below 1 it is left as it is measured."""
    z = (rate - level[:, None]) / (chance[:, None] / np.sqrt(size))
    months = (~np.isnan(z)).sum(axis=1)
    return np.sqrt(np.nansum(z**2, axis=1) / np.maximum(months - 1, 1))


def _tail(t: Floats, freedom: Floats, side: Floats) -> Floats:
    """P of a t so far on the bad side; with side 0 on either."""
    freedom = np.maximum(freedom, 1)
    above = stdtr(freedom, -t)
    return np.where(side > 0, above, np.where(side < 0, 1 - above, 2 * np.minimum(above, 1 - above)))


def _exact(
    events: Floats, cases: Floats, new_events: Floats, new_cases: Floats, side: Floats, *, proportion: bool
) -> Floats:
    total = events + new_events
    if proportion:
        together = cases + new_cases
        above = hypergeom.sf(new_events - 1, together, total, new_cases)
        below = hypergeom.cdf(new_events, together, total, new_cases)
    else:
        with np.errstate(invalid="ignore"):
            share = np.nan_to_num(new_cases / (cases + new_cases), nan=0.5)
        below, above = binomial_tails(new_events, total, share)
    either = np.minimum(2 * np.minimum(above, below), 1.0)
    return np.where(side > 0, above, np.where(side < 0, below, either))


def _detectable(error: Floats, freedom: Floats) -> Floats:
    freedom = np.maximum(freedom, 1)
    return error * (stdtrit(freedom, 1 - SURE) + stdtrit(freedom, POWER))


def _detectable_rate(
    level: Floats,
    cases: Floats,
    new_cases: Floats,
    factor: Floats,
    freedom: Floats,
    side: Floats,
    *,
    proportion: bool,
) -> Floats:
    """As `_detectable`, where the exact test must find it too, and where the spread changes with the level."""
    excess, freedom = np.maximum(factor, 1.0), np.maximum(freedom, 1)
    toward = np.where(side == 0, np.where(proportion & (level > 0.5), -1, 1), side)

    def spread(rate: Floats) -> Floats:
        return excess * np.sqrt(np.maximum(rate * (1 - rate) if proportion else rate, 1e-12))

    change = np.zeros(level.shape)
    limit = stdtrit(freedom, 1 - SURE) * spread(level) * np.sqrt(1 / cases + 1 / new_cases) + 0.5 / new_cases
    for _step in range(6):
        moved = np.clip(level + toward * change, 0, 1 if proportion else np.inf)
        change = limit + stdtrit(freedom, POWER) * np.sqrt(
            spread(moved) ** 2 / new_cases + spread(level) ** 2 / cases
        )
    return change
