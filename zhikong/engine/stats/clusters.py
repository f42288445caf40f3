"""Whether events crowd together in time in one place: a Poisson scan over windows of days, and a Poisson CUSUM.

Scan: Kulldorff M. A spatial scan statistic. Commun Stat Theory Methods 1997;26:1481, with cylinders of one unit and a
run of days. Given the total, events fall on unit-days in proportion to exposure; the window with the greatest
likelihood ratio is compared with the greatest ones of random data, so that looking at every unit and every window is
paid for once, in the p value. CUSUM: Lucas JM. Counted data CUSUM's. Technometrics 1985;27:129, in its likelihood
form with an exposure that varies; its limit is what random data exceed in a stated share of whole periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats.series import Floats

RUNS = 999
LEAST = 3
"""Two events on one day are no cluster that anybody should be sent after."""


@dataclass(frozen=True)
class Cluster:
    """A window of one unit. first, last: days, both included. ratio: log likelihood ratio. p: Monte Carlo."""

    unit: int
    first: int
    last: int
    count: int
    expected: float
    ratio: float
    p: float

    @property
    def relative(self) -> float:
        """Observed over expected inside the window."""
        return self.count / self.expected


@dataclass(frozen=True)
class _Grid:
    """Unit-days one after another: reached[i] is the expected number before cell i (total: reached[-1])."""

    units: int
    days: int
    reached: Floats
    longest: int


def scan(
    counts: Sequence[Sequence[int]],
    exposure: Sequence[Sequence[float]],
    *,
    longest: int,
    seed: int,
    runs: int = RUNS,
    least: int = LEAST,
    level: float = 0.05,
) -> list[Cluster]:
    """Clusters with p ≤ level, the clearest first; those that share a day in a unit with a clearer one are left out.

    counts, exposure: units × days, exposure in any one unit (bed-days); a day without exposure can hold no event.
    longest: days of the longest window. Equal seeds give equal p values. Raises ValueError for events without
    exposure. Nothing is found with fewer than ``least`` events.
    """
    seen, base = np.asarray(counts, np.int64), np.asarray(exposure, np.float64)
    _check(seen, base)
    total = int(seen.sum())
    if total < least:
        return []
    grid = _Grid(*seen.shape, _reached(base, total), longest)
    cells = np.repeat(np.arange(seen.size), seen.ravel())[None, :]
    chance = _greatest(_drawn(grid, total, runs, seed), grid, least)
    found = [_cluster(one, grid, chance) for one in _windows(cells, grid, least)]
    return _apart([one for one in sorted(found, key=_order) if one.p <= level])


def _check(seen: NDArray[np.int64], base: Floats) -> None:
    if seen.shape != base.shape or seen.ndim != 2:
        raise ValueError(f"counts {seen.shape} and exposure {base.shape} must be units × days alike")
    if (seen < 0).any() or (base < 0).any():
        raise ValueError("counts and exposure are not negative")
    if ((seen > 0) & (base <= 0)).any():
        raise ValueError("events on a day without exposure")


def _reached(base: Floats, total: int) -> Floats:
    summed = np.concatenate(([0.0], np.cumsum(base.ravel())))
    return summed * (total / summed[-1])


def _drawn(grid: _Grid, total: int, runs: int, seed: int) -> NDArray[np.int64]:
    """Random data: the cell of each event, runs × total, in order."""
    places = np.random.default_rng(seed).random((runs, total)) * grid.reached[-1]
    places.sort(axis=1)
    return np.searchsorted(grid.reached, places, side="right") - 1


def _steps(cells: NDArray[np.int64], grid: _Grid, least: int):
    """(events in the window, first cells, last cells, allowed) for windows that begin and end with an event.

    No other window can be the greatest: cutting empty days off its ends lowers what is expected and keeps the count.
    """
    for count in range(least, cells.shape[1] + 1):
        first, last = cells[:, : cells.shape[1] - count + 1], cells[:, count - 1 :]
        allowed = (first // grid.days == last // grid.days) & (last - first < grid.longest)
        if not allowed.any():
            return
        yield count, first, last, allowed


def _ratio(count: int, expected: Floats, total: float) -> Floats:
    """Kulldorff's log likelihood ratio of a window with more than expected; 0 for the others."""
    outside = total - count
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = count * np.log(count / expected)
        rest = outside * np.log(outside / (total - expected)) if outside else 0.0
    return np.where(count > expected, inside + rest, 0.0)


def _greatest(cells: NDArray[np.int64], grid: _Grid, least: int) -> Floats:
    best = np.zeros(len(cells))
    for count, first, last, allowed in _steps(cells, grid, least):
        expected = grid.reached[last + 1] - grid.reached[first]
        ratio = np.where(allowed, _ratio(count, expected, grid.reached[-1]), 0.0)
        best = np.maximum(best, ratio.max(axis=1))
    return best


def _windows(cells: NDArray[np.int64], grid: _Grid, least: int):
    """(ratio, count, first cell, last cell) of every window of the data with more than expected."""
    for count, first, last, allowed in _steps(cells, grid, least):
        expected = grid.reached[last + 1] - grid.reached[first]
        ratio = np.where(allowed, _ratio(count, expected, grid.reached[-1]), 0.0)
        for place in np.flatnonzero(ratio[0] > 0):
            yield float(ratio[0, place]), count, int(first[0, place]), int(last[0, place])


def _cluster(window: tuple[float, int, int, int], grid: _Grid, chance: Floats) -> Cluster:
    ratio, count, first, last = window
    beyond = int((chance >= ratio - 1e-12).sum())
    expected = float(grid.reached[last + 1] - grid.reached[first])
    unit, start = divmod(first, grid.days)
    p = (1 + beyond) / (1 + len(chance))
    return Cluster(unit, start, last - unit * grid.days, count, expected, ratio, p)


def _order(one: Cluster) -> tuple[float, int, int, int]:
    return -one.ratio, one.unit, one.first, one.last


def _apart(found: Sequence[Cluster]) -> list[Cluster]:
    kept: list[Cluster] = []
    for one in found:
        if not any(
            one.unit == other.unit and one.first <= other.last and other.first <= one.last for other in kept
        ):
            kept.append(one)
    return kept


@dataclass(frozen=True)
class Cusum:
    """The sum by day, the limit, and the days on which it was passed (the sum then begins anew)."""

    sums: Floats
    limit: float
    alarms: tuple[int, ...]


def poisson_cusum(
    counts: Sequence[int], expected: Sequence[float], *, limit: float, ratio: float = 2.0
) -> Cusum:
    """S(t) = max(0, S(t−1) + count·ln ratio − (ratio − 1)·expected); an alarm above ``limit`` sets it back to 0.

    expected: the usual number on each day; ratio: the rise that is to be found soon. NaN expected: the day is unknown
    and leaves the sum as it is.
    """
    steps = np.asarray(counts, float) * np.log(ratio) - (ratio - 1) * np.asarray(expected, float)
    sums, alarms, reached = np.zeros(len(steps)), [], 0.0
    for day, step in enumerate(steps):
        reached = max(0.0, reached + (0.0 if np.isnan(step) else step))
        sums[day] = reached
        if reached > limit:
            alarms.append(day)
            reached = 0.0
    return Cusum(sums, limit, tuple(alarms))


def cusum_limit(
    expected: Sequence[Sequence[float]],
    *,
    seed: int,
    false_alarms: float = 0.05,
    ratio: float = 2.0,
    runs: int = RUNS,
) -> float:
    """The limit that at least one of the units passes in ``false_alarms`` of whole periods in which nothing changed.

    expected: units × days; NaN counts as nothing expected. Simulated from Poisson numbers; equal seeds, equal limit.
    """
    base = np.nan_to_num(np.asarray(expected, np.float64))
    draws = np.random.default_rng(seed)
    reached = np.zeros((runs, len(base)))
    highest = np.zeros(runs)
    for day in range(base.shape[1]):
        steps = draws.poisson(base[:, day], (runs, len(base))) * np.log(ratio) - (ratio - 1) * base[:, day]
        reached = np.maximum(0.0, reached + steps)
        highest = np.maximum(highest, reached.max(axis=1))
    return float(np.quantile(highest, 1 - false_alarms, method="higher"))
