"""Goals and scores: what a value is measured against, fixed or relative to the hospital's own past."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Change(StrEnum):
    """How a change is written: as a share of the earlier value, or as the plain difference."""

    RELATIVE = "relative"
    POINTS = "points"


class To(StrEnum):
    """The past that a relative target looks at: whole calendar years of the institution itself."""

    THREE_YEAR_MEAN = "own_three_year_mean"
    PREVIOUS_YEAR = "own_previous_year"
    BASE = "base"


@dataclass(frozen=True, slots=True)
class Relative:
    """`change` against the past: −15 with RELATIVE is 15 % less, −2 with POINTS is 2 units less.

    floor, ceiling: the target never falls below, never rises above. base: the year, when `to` is BASE.
    """

    to: To
    change: Decimal
    how: Change
    base: int | None = None
    floor: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A goal, in the indicator's own unit; both bounds together make a range.

    baseline: the value at the start, when a goal was set as a pair. relative: the bounds are not known until the
    past is looked at (`engine.targets.resolved`). monitor: looked at, never judged.
    """

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    baseline: Decimal | None = None
    relative: Relative | None = None
    monitor: bool = False

    def met(self, value: Decimal) -> bool:
        """Bounds are inclusive: a value equal to the target meets it.

        Raises ValueError for a target that cannot be judged by: relative and not resolved yet, or monitor only.
        """
        if self.relative is not None or self.monitor:
            raise ValueError(
                "a relative target is resolved first, and what is only monitored is never judged"
            )
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Score:
    """How a value becomes 0 to 100 points. Exactly one of the four is given.

    linear: (zero, full): 0 points at `zero`, 100 at `full`, in proportion between, which may run downwards.
    steps: (bound, points) from the best to the worst: the points of the first bound that the value reaches, else 0;
    bounds fall for "at least" and rise for "at most". target: 100 when it is met, else 0. plain: the value itself.
    """

    linear: tuple[Decimal, Decimal] | None = None
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    target: Target | None = None
    plain: bool = False

    def points(self, value: Decimal) -> Decimal:
        """The points of a value, never below 0 or above 100."""
        return min(max(self._points(value), Decimal(0)), Decimal(100))

    def _points(self, value: Decimal) -> Decimal:
        if self.linear is not None:
            zero, full = self.linear
            return (value - zero) * 100 / (full - zero)
        if self.target is not None:
            return Decimal(100 if self.target.met(value) else 0)
        return value if self.plain else self._step(value)

    def _step(self, value: Decimal) -> Decimal:
        falling = len(self.steps) < 2 or self.steps[0][0] > self.steps[1][0]
        reached = (p for bound, p in self.steps if (value >= bound if falling else value <= bound))
        return next(reached, Decimal(0))
