"""Runs rules: Anhøj's longest run and crossings, and the shift, trend and two-of-three rules of the NHS."""

from __future__ import annotations

from functools import lru_cache
from math import comb, log2

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats.series import Flags, Floats, Runs

Signs = NDArray[np.int64]
SHIFT = 7
ROUNDING = 1e-13  # relative; measured values never differ by so little
TREND = 7
NOT_JUDGED = Runs(0, None, None, None, None)


@lru_cache(maxsize=1024)
def critical_values(useful: int) -> tuple[int, int]:
    """(longest run allowed, fewest crossings allowed) for a number of useful points.

    Longest run: round(log2(n) + 3), halves to even as in R. Crossings: the 5 % quantile of Binomial(n − 1, ½).
    Anhøj J, Olesen AV. Run charts revisited. PLoS ONE 2014;9(11):e113825.
    """
    trials, total = max(useful - 1, 0), 0
    fewest = 0
    for fewest in range(trials + 1):
        total += comb(trials, fewest)
        if 20 * total >= 2**trials:
            break
    return round(log2(useful) + 3), fewest


def sides(y: Floats, centre: Floats) -> Signs:
    """+1 above, −1 below, 0 on the centre line (but for rounding) or missing."""
    with np.errstate(invalid="ignore"):
        away = y - centre
        away[np.abs(away) <= ROUNDING * np.abs(centre)] = 0.0
        return np.sign(np.nan_to_num(away)).astype(np.int64)


def analyse(side: Signs) -> Runs:
    """Runs of the points that are not on the centre line."""
    useful = side[side != 0]
    if useful.size == 0:
        return NOT_JUDGED
    longest_max, crossings_min = critical_values(useful.size)
    changes = np.flatnonzero(np.diff(useful))
    lengths = np.diff(np.concatenate(([-1], changes, [useful.size - 1])))
    return Runs(useful.size, int(lengths.max()), longest_max, changes.size, crossings_min)


def last(hits: Flags, width: int) -> NDArray[np.int8]:
    """How many of each point and the `width` − 1 before it hit, along the last axis."""
    counted = hits.astype(np.int8)
    found = counted.copy()
    for back in range(1, width):
        found[..., back:] += counted[..., :-back]
    return found


def completed(hits: Flags, width: int) -> Flags:
    """True for a point that completes `width` successive hits."""
    found, done = hits, 1
    while done < width:
        step = min(done, width - done)
        shifted = np.zeros_like(found)
        shifted[..., step:] = found[..., :-step]
        found, done = found & shifted, done + step
    return found


def whole(ends: Flags, width: int) -> Flags:
    """True for all `width` points of each pattern that ends at a marked point."""
    found, done = ends, 1
    while done < width:
        step = min(done, width - done)
        shifted = np.zeros_like(found)
        shifted[..., :-step] = found[..., step:]
        found, done = found | shifted, done + step
    return found


def shift(side: Signs, width: int = SHIFT) -> Signs:
    """±1 for each point that is part of `width` successive points on one side of the centre line."""
    up, down = (whole(completed(side == way, width), width) for way in (1, -1))
    return up.astype(np.int64) - down


def steps(y: Floats) -> Signs:
    """+1 where a point is above the one before it, −1 below, 0 equal or not known."""
    found = np.zeros(y.shape, np.int64)
    with np.errstate(invalid="ignore"):
        found[..., 1:] = np.sign(np.nan_to_num(np.diff(y, axis=-1), nan=0.0))
    return found


def trend(y: Floats, width: int = TREND) -> Signs:
    """±1 for each point that is part of `width` successive points that rise, or fall, without exception.

    A point that is in both belongs to the later one (as in NHSRplotthedots, which looks at the step to the next
    point if that is part of a trend as well).
    """
    step = steps(y)
    part = np.logical_or.reduce([whole(completed(step == way, width - 1), width) for way in (1, -1)])
    ahead, joined = np.zeros_like(step), np.zeros_like(part)
    ahead[..., :-1], joined[..., :-1] = step[..., 1:], part[..., 1:] & part[..., :-1]
    rising = np.where(joined, ahead, step) == 1
    return np.where(part, np.where(rising, 1, -1), 0)


def two_of_three(side: Signs, close: Flags) -> Signs:
    """±1 for each point near a limit in a window of three on one side of which at least two are near it."""
    near = last(close, 3) >= 2
    found = np.zeros(side.shape, np.int64)
    for way in (1, -1):
        ends = near & completed(side == way, 3)
        found[whole(ends, 3) & close] = way
    return found


def analyse_many(side: Signs) -> tuple[Signs, Signs, Signs]:
    """(useful points, longest run, crossings) of each row; points on the centre line are skipped."""
    useful = side != 0
    place = np.arange(1, side.shape[-1] + 1)
    recent = np.maximum.accumulate(np.where(useful, place, 0), axis=-1)
    before = np.zeros_like(recent)
    before[..., 1:] = recent[..., :-1]
    previous = np.where(before > 0, np.take_along_axis(side, np.maximum(before - 1, 0), axis=-1), 0)
    changed = useful & (previous != 0) & (previous != side)
    count = np.cumsum(useful, axis=-1)
    started = np.maximum.accumulate(np.where(changed, count - 1, 0), axis=-1)
    longest = np.where(useful, count - started, 0).max(axis=-1, initial=0)
    return count[..., -1], longest, changed.sum(axis=-1)


def unusual(side: Signs) -> Flags:
    """Anhøj's signal for each row: the longest run is too long or the crossings are too few."""
    useful, longest, crossings = analyse_many(side)
    most, fewest = _critical_table(side.shape[-1])
    return (useful > 0) & ((longest > most[useful]) | (crossings < fewest[useful]))


@lru_cache(maxsize=64)
def _critical_table(length: int) -> tuple[Signs, Signs]:
    pairs = [(0, 0), *(critical_values(n) for n in range(1, length + 1))]
    return tuple(np.array(column, np.int64) for column in zip(*pairs, strict=True))
