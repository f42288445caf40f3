"""XmR limits and rules for many series at once: every indicator × department × month is one array job."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats import runs
from zhikong.engine.stats.limits import D2, SCREEN
from zhikong.engine.stats.points import Rule
from zhikong.engine.stats.series import MINIMUM_POINTS, Floats

RULES = tuple(Rule)


@dataclass(frozen=True)
class Batch:
    """Limits per series and the rule (index into `RULES`) per point. `trial`: under 12 known points."""

    mean: Floats
    lower: Floats
    upper: Floats
    rule: NDArray[np.int64]
    trial: NDArray[np.bool_]

    def rules(self, series: int) -> tuple[Rule, ...]:
        return tuple(RULES[i] for i in self.rule[series])


def judge_many(values: Floats, *, factor: float = 3 / D2, screened: bool = True) -> Batch:
    """Judge each row of `values` (series × time; NaN where a month is missing, which keeps its place)."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)
        half = factor * _mean_ranges(values, screened=screened)
        half = np.where(half > 0, half, np.nan)
        lower, upper = mean - half, mean + half
        above, below = values > upper[:, None], values < lower[:, None]
        close = ~(above | below) & (np.abs(values - mean[:, None]) > half[:, None] * 2 / 3)
    side = runs.sides(values, np.broadcast_to(_line(values, mean)[:, None], values.shape))
    rule = _classify(values, side, above, below, close)
    return Batch(mean, lower, upper, rule, count < MINIMUM_POINTS)


def _mean_ranges(values: Floats, *, screened: bool) -> Floats:
    ranges = np.abs(np.diff(values, axis=1))
    mean = _row_mean(ranges)
    if not screened:
        return mean
    kept = _row_mean(np.where(ranges < SCREEN * mean[:, None], ranges, np.nan))
    return np.where((mean > 0) & ~(kept > 0), mean, kept)


def _row_mean(values: Floats) -> Floats:
    count = (~np.isnan(values)).sum(axis=1)
    return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def _line(values: Floats, mean: Floats) -> Floats:
    """The line that runs are judged against: the mean, or the median where over half the points tie."""
    ordered = np.sort(values, axis=1)  # NaN last
    count = (~np.isnan(values)).sum(axis=1)
    rows = np.arange(len(values))
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, max(values.shape[1] - 1, 0))
    median = (ordered[rows, low] + ordered[rows, high]) / 2
    tied = (values == median[:, None]).sum(axis=1) > count / 2
    return np.where(tied & (count > 2), median, mean)


def _classify(
    y: Floats,
    side: runs.Signs,
    above: NDArray[np.bool_],
    below: NDArray[np.bool_],
    close: NDArray[np.bool_],
) -> NDArray[np.int64]:
    near, shift, trend = runs.two_of_three(side, close), runs.shift(side), runs.trend(y)
    tests = [above, below, near > 0, near < 0, shift > 0, shift < 0, trend > 0, trend < 0]
    return np.select(tests, range(1, len(tests) + 1), 0).astype(np.int64)
