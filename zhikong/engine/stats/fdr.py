"""False-discovery control: of what is put before people, how much is chance.

Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 1995;57:289-300.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats.series import Flags, Floats


def q_values(p: Floats) -> Floats:
    """For each p-value the smallest level at which Benjamini–Hochberg finds it; NaN stays and is not counted."""
    p = np.asarray(p, float)
    known = np.flatnonzero(~np.isnan(p))
    found = np.full(p.shape, np.nan)
    if not known.size:
        return found
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * known.size / np.arange(1, known.size + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def discovered(p: Floats, level: float) -> Flags:
    """Which p-values Benjamini–Hochberg finds at this level (0.05: at most 5 % of the found are chance)."""
    with np.errstate(invalid="ignore"):
        return q_values(p) <= level


def q_by_family(p: Floats, families: Sequence[Hashable]) -> Floats:
    """`q_values` within each family (tests that are read together, such as a class of indicators at one level)."""
    found = np.full(np.shape(p), np.nan)
    for rows in members(families):
        found[rows] = q_values(np.asarray(p)[rows])
    return found


def members(families: Sequence[Hashable]) -> list[NDArray[np.int64]]:
    """The positions of each family."""
    found: dict[Hashable, list[int]] = {}
    for position, family in enumerate(families):
        found.setdefault(family, []).append(position)
    return [np.array(rows) for rows in found.values()]
