"""What goes into a control chart and what comes out: a series, how its baseline is drawn, lines per point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SIGMAS = (1, 2, 3)


@dataclass(frozen=True)
class Options:
    """How the baseline of a chart is drawn. Stored with a chart, because each field changes its limits.

    screened: drop moving ranges above 3.267 times their mean once before averaging (Nelson 1982).
    freeze: limits come from the first n points only. Ignored when there are parts, unless `freeze_each`.
    freeze_each: with parts, the first n points of each part carry its limits (Making Data Count).
    base: points (1-based) of a frozen baseline: the phases they lie in have their limits from them alone.
    parts: last point (1-based) of each phase but the last; each phase has its own limits.
    exclude: points (1-based) left out of limits and runs, still tested against the limits.
    centre: a given centre line instead of the computed one, in the unit before `multiply`.
    multiply: a factor for values and limits, such as 1000 for ‰.
    cap: highest value possible, such as 100 for a percentage; limits never pass it.
    floor: lowest value possible.
    limits: ``sigma`` or ``probability``; matters for g and t charts only.
    """

    screened: bool = True
    freeze: int | None = None
    freeze_each: bool = False
    base: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()
    centre: float | None = None
    multiply: float = 1.0
    cap: float | None = None
    floor: float | None = None
    limits: str = "probability"


@dataclass(frozen=True)
class Phase:
    """Points that share one set of limits, as flags over the whole series."""

    number: int
    member: Flags
    baseline: Flags
    include: Flags

    @property
    def used(self) -> Flags:
        return self.baseline & self.include


def phases(length: int, options: Options) -> list[Phase]:
    """The phases of a series of this length, in order. Ends outside the series are no ends."""
    position = np.arange(1, length + 1)
    include = ~np.isin(position, options.exclude)
    ends = sorted({end for end in options.parts if 0 < end < length} | {length})
    found, start = [], 0
    for number, end in enumerate(ends, start=1):
        member = (position > start) & (position <= end)
        baseline = member & _frozen(position, start, options)
        chosen = baseline & np.isin(position, options.base)
        found.append(Phase(number, member, chosen if chosen.any() else baseline, include))
        start = end
    return found


def _frozen(position: NDArray[np.int64], start: int, options: Options) -> Flags:
    """The points that may carry limits."""
    if not options.freeze or (options.parts and not options.freeze_each):
        return np.ones(position.shape, bool)
    return position - start <= options.freeze


@dataclass(frozen=True)
class Runs:
    """The runs analysis of one phase after Anhøj and Olesen (2014)."""

    useful: int
    longest: int | None
    longest_max: int | None
    crossings: int | None
    crossings_min: int | None

    @property
    def signal(self) -> bool:
        if self.longest is None or self.longest_max is None:
            return False
        return self.longest > self.longest_max or (self.crossings or 0) < (self.crossings_min or 0)


@dataclass(frozen=True)
class Limits:
    """A control chart: values, centre line and limits per point, and what is special about each point.

    Missing values are NaN and keep their place. `zones` are the lines at 1, 2 and 3 sigma above and below
    ((lower, upper) each) before any cap: what run rules look at. `side` is the side of the line that runs are
    judged against; `stuck` marks points of phases in which nearly all values are one and the same, where ties
    are skipped. `also` holds further values per point, such as the raw value of an EWMA chart. `trial` is true while fewer than 12 points carry the limits: then signals are recorded but
    nobody is alerted. `notes` names deviations from the plain method.
    """

    kind: str
    y: Floats
    n: Floats | None
    centre: Floats
    lower: Floats
    upper: Floats
    lower_95: Floats
    upper_95: Floats
    beyond: Flags
    part: NDArray[np.int64]
    baseline: Flags
    include: Flags
    runs: tuple[Runs, ...]
    options: Options
    notes: tuple[str, ...] = field(default=())
    zones: tuple[tuple[Floats, Floats], ...] = field(default=())
    side: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    stuck: Flags = field(default_factory=lambda: np.zeros(0, bool))
    also: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def runs_signal(self) -> Flags:
        """True for each point of a phase whose runs are not random."""
        by_part = np.array([r.signal for r in self.runs])
        return by_part[self.part - 1]

    @property
    def trial(self) -> bool:
        return self.carried < MINIMUM_POINTS

    @property
    def carried(self) -> int:
        """How many known points carry the limits of the newest phase."""
        last = self.part == self.part[-1]
        return int(np.sum(last & self.baseline & self.include & ~np.isnan(self.y)))


MINIMUM_POINTS = 12
