"""What goes into a control chart: a series and how its baseline is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """How the baseline of a chart is drawn. Stored with a chart, because each field changes its limits.

    screened: drop moving ranges above 3.267 times their mean once before averaging (Nelson 1982).
    freeze: limits come from the first n points only. Ignored when there are parts.
    parts: last point (1-based) of each phase but the last; each phase has its own limits.
    exclude: points (1-based) left out of limits and runs, still tested against the limits.
    centre: a given centre line instead of the mean.
    multiply: a factor for values and limits, such as 1000 for ‰.
    cap: highest value possible, such as 100 for a percentage; limits never pass it.
    floor: lowest value possible.
    """

    screened: bool = True
    freeze: int | None = None
    parts: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()
    centre: float | None = None
    multiply: float = 1.0
    cap: float | None = None
    floor: float | None = None


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
    """The phases of a series of this length, in order."""
    position = np.arange(1, length + 1)
    include = ~np.isin(position, options.exclude)
    ends = (*options.parts, length)
    found, start = [], 0
    for number, end in enumerate(ends, start=1):
        member = (position > start) & (position <= end)
        frozen = position <= options.freeze if options.freeze and not options.parts else np.ones(length, bool)
        found.append(Phase(number, member, member & frozen, include))
        start = end
    return found


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

    Missing values are NaN and keep their place. `trial` is true while fewer than 12 points carry the limits:
    then signals are recorded but nobody is alerted. `notes` names deviations from the plain method.
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

    @property
    def runs_signal(self) -> Flags:
        """True for each point of a phase whose runs are not random."""
        by_part = np.array([r.signal for r in self.runs])
        return by_part[self.part - 1]

    @property
    def trial(self) -> bool:
        last = self.part == self.part[-1]
        return int(np.sum(last & self.baseline & self.include & ~np.isnan(self.y))) < MINIMUM_POINTS


MINIMUM_POINTS = 12
