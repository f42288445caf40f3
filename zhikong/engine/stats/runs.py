"""Runs rules: Anhøj's longest run and crossings, and the shift, trend and two-of-three rules of the NHS."""

from __future__ import annotations

from functools import lru_cache
from math import comb, log2

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats.series import Flags, Floats, Runs

Signs = NDArray[np.int64]
SHIFT = 7
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
    """+1 above, −1 below, 0 on the centre line or missing."""
    difference = np.where(np.isnan(y) | np.isnan(centre), 0.0, y - centre)
    return np.sign(difference).astype(np.int64)


def analyse(side: Signs) -> Runs:
    """Runs of the points that are not on the centre line."""
    useful = side[side != 0]
    if useful.size == 0:
        return NOT_JUDGED
    longest_max, crossings_min = critical_values(useful.size)
    changes = np.flatnonzero(np.diff(useful))
    lengths = np.diff(np.concatenate(([-1], changes, [useful.size - 1])))
    return Runs(useful.size, int(lengths.max()), longest_max, changes.size, crossings_min)


def _windows(values: Signs, width: int) -> Signs:
    """Sums over each window of this width along the last axis."""
    total = np.cumsum(values, axis=-1)
    padded = np.concatenate((np.zeros((*values.shape[:-1], 1), total.dtype), total), axis=-1)
    return padded[..., width:] - padded[..., :-width]


def _spread(hits: Flags, width: int, length: int) -> Flags:
    """Marks every point of each window that hit."""
    marked = np.zeros((*hits.shape[:-1], length), bool)
    for offset in range(width):
        marked[..., offset : offset + hits.shape[-1]] |= hits
    return marked


def shift(side: Signs, width: int = SHIFT) -> Signs:
    """±1 for each point that is part of `width` successive points on one side of the centre line."""
    return _one_way(side, width)


def trend(y: Floats, width: int = TREND) -> Signs:
    """±1 for each point that is part of `width` successive points that rise, or fall, without exception."""
    if y.shape[-1] < width:
        return np.zeros(y.shape, np.int64)
    steps = np.sign(np.nan_to_num(np.diff(y, axis=-1), nan=0.0)).astype(np.int64)
    found = np.zeros(y.shape, np.int64)
    for direction in (1, -1):
        hits = _windows((steps == direction).astype(np.int64), width - 1) == width - 1
        found[_spread(hits, width, y.shape[-1])] = direction
    return found


def _one_way(side: Signs, width: int) -> Signs:
    found = np.zeros(side.shape, np.int64)
    if side.shape[-1] < width:
        return found
    for direction in (1, -1):
        hits = _windows((side == direction).astype(np.int64), width) == width
        found[_spread(hits, width, side.shape[-1])] = direction
    return found


def two_of_three(side: Signs, close: Flags) -> Signs:
    """±1 for each point near a limit in a window of three on one side of which at least two are near it."""
    found = np.zeros(side.shape, np.int64)
    if side.shape[-1] < 3:
        return found
    near = _windows(close.astype(np.int64), 3) >= 2
    for direction in (1, -1):
        one_side = _windows((side == direction).astype(np.int64), 3) == 3
        found[_spread(near & one_side, 3, side.shape[-1]) & close] = direction
    return found
