"""From evidence to what reaches people: red, amber, note, and how many of them are chance.

Two questions are put to every chart: has the newest month changed, and have the newest months together? Each is
answered by false-discovery control within a family (a level of units × a class of indicators). What either finds at
the red level is red: at 5 % each, at most about 10 % of the red ones are chance, and nothing is lost that one
question alone would have found. Amber likewise at its level; the rest of the signals are notes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhikong.engine.stats.fdr import members, q_by_family
from zhikong.engine.stats.series import Flags, Floats

RED, AMBER = 0.05, 0.20


@dataclass(frozen=True)
class Tiers:
    """Per chart. red, amber: found at that level (a red one is not amber). chance: of a found one, its share of the
    false ones to be expected (their sum over a list is how many of the list are chance); 0 for the others.
    q: per question, the level at which it would be found."""

    red: Flags
    amber: Flags
    chance: Floats
    q: Floats

    @property
    def expected_false(self) -> tuple[float, float]:
        """(among the red, among the amber)."""
        return float(self.chance[self.red].sum()), float(self.chance[self.amber].sum())


def tiers(
    p: Floats | Sequence[Floats], families: Sequence[Hashable], *, red: float = RED, amber: float = AMBER
) -> Tiers:
    """p: charts × questions; NaN where a question cannot be answered. families: one label per chart."""
    asked = np.atleast_2d(np.asarray(p, float).T).T
    if asked.shape[0] != len(families):
        raise ValueError("每张图要有一个族的名称：p 的行数与 families 的个数不同。")
    q = np.column_stack([q_by_family(column, families) for column in asked.T])
    with np.errstate(invalid="ignore"):
        in_red, in_amber = q <= red, q <= amber
    ring = in_amber & ~in_red
    is_red = in_red.any(axis=1)
    share = np.where(in_red, red, 0.0) + np.where(ring, _ring(in_red, in_amber, families, red, amber), 0.0)
    is_amber = in_amber.any(axis=1) & ~is_red
    chance = np.where(is_red, np.where(in_red, share, 0.0).sum(axis=1), share.sum(axis=1))
    return Tiers(is_red, is_amber, np.minimum(np.where(is_red | is_amber, chance, 0.0), 1.0), q)


def _ring(
    in_red: Flags, in_amber: Flags, families: Sequence[Hashable], red: float, amber: float
) -> NDArray[np.float64]:
    """The share of chance among those that amber finds and red does not, per family and question."""
    found = np.zeros(in_red.shape)
    for rows in members(families):
        reds, ambers = in_red[rows].sum(axis=0), in_amber[rows].sum(axis=0)
        found[rows] = (amber * ambers - red * reds) / np.maximum(ambers - reds, 1)
    return np.minimum(found, 1.0)
