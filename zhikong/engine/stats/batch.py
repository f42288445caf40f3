"""XmR limits and rules for many series at once: every indicator × department × month is one array job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats import runs
from zhikong.engine.stats.drafting import D2, SCREEN, moves
from zhikong.engine.stats.points import ORDER, Rule, classes
from zhikong.engine.stats.rules import PATTERNS, Judged, nhs_tests
from zhikong.engine.stats.series import MINIMUM_POINTS, Flags, Floats

RULES = ORDER


@dataclass(frozen=True)
class Batch:
    """Limits per series and the rule (index into `RULES`) per point. `trial`: under 12 known points.

    `signals`: per rule set that was asked for, the points that signal; Anhøj's is one flag per series.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    rule: NDArray[np.int64]
    trial: Flags
    signals: dict[str, Flags]

    def rules(self, series: int) -> tuple[Rule, ...]:
        return tuple(RULES[i] for i in self.rule[series])


def judge_many(
    values: Floats, *, factor: float = 3 / D2, screened: bool = True, rules: Sequence[str] = ("nhs",)
) -> Batch:
    """Judge each row of `values` (series × time; NaN where a month is missing, which keeps its place)."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    mean = _means(values, known, count)
    spread, stuck = _spreads(values, screened=screened)
    half = np.where(spread > 0, factor * spread, np.nan)
    seen = _seen(values, mean, half, stuck)
    found = {name: _signals(seen, name) for name in rules if name != "nhs"}
    rule = classes(*nhs_tests(seen)) if "nhs" in rules else np.zeros(values.shape, np.int64)
    if "nhs" in rules:
        found["nhs"] = rule > 0
    return Batch(mean, mean - half, mean + half, rule, count < MINIMUM_POINTS, found)


def _signals(seen: Judged, name: str) -> Flags:
    if name == "shewhart":
        return seen.beyond
    if name == "anhoej":
        return runs.unusual(seen.side)
    return np.logical_or.reduce(list(PATTERNS[name](seen).values()))


def _means(values: Floats, known: Flags, count: NDArray[np.int64]) -> Floats:
    """Means as differences from the first known value, so that a constant series has exactly its value."""
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    first = values[np.arange(len(values)), known.argmax(axis=1)]
    total = np.where(known, values - first[:, None], 0.0).sum(axis=1)
    return np.where(count > 0, first + total / np.maximum(count, 1), np.nan)


def _spreads(values: Floats, *, screened: bool) -> tuple[Floats, Flags]:
    """(mean moving range, whether screening would leave nothing above zero) of each row."""
    ranges = moves(values)
    known = ~np.isnan(ranges)
    filled = np.where(known, ranges, 0.0)
    mean = _row_mean(filled, known)
    with np.errstate(invalid="ignore"):
        kept = known & (ranges < SCREEN * mean[:, None])
    inner = _row_mean(np.where(kept, filled, 0.0), kept)
    stuck = (mean > 0) & ~(inner > 0)
    return np.where(stuck, mean, inner) if screened else mean, stuck


def _row_mean(filled: Floats, kept: Flags) -> Floats:
    count = kept.sum(axis=1)
    return np.where(count > 0, filled.sum(axis=1) / np.maximum(count, 1), np.nan)


def _seen(values: Floats, mean: Floats, half: Floats, stuck: Flags) -> Judged:
    """What the rules look at. In stuck rows the points on the usual value count as missing."""
    centre, third = mean[:, None], half[:, None] / 3
    side = runs.sides(values, np.broadcast_to(centre, values.shape))
    y = values
    if stuck.any():
        usual = np.nanmedian(values[stuck], axis=1)[:, None]
        side[stuck] = runs.sides(values[stuck], np.broadcast_to(usual, values[stuck].shape))
        y = values.copy()
        y[stuck] = np.where(side[stuck] == 0, np.nan, values[stuck])
    with np.errstate(invalid="ignore"):
        beyond = (values > centre + half[:, None]) | (values < centre - half[:, None])
        above = tuple(y > centre + k * third for k in (1, 2))
        below = tuple(y < centre - k * third for k in (1, 2))
        over, lined = values > centre, np.broadcast_to(third > 0, values.shape)
    return Judged(y, side, beyond, over, above, below, lined)
