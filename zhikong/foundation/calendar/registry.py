"""Who must compute anew when working days change: anything that keeps a date made of working days.

An app registers a function in its ``ready``: it gets the new calendar and the years that changed, moves what it
keeps, and returns one Moved for each date that changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from zhikong.foundation.calendar.rules import WorkingCalendar


@dataclass(frozen=True)
class Moved:
    """A date that changed: what it belongs to, in words for the notice, and from when to when."""

    what: str
    before: date
    after: date


Recalculation = Callable[[WorkingCalendar, frozenset[int]], list[Moved]]

_recalculations: list[Recalculation] = []


def register(recalculation: Recalculation) -> None:
    """Have a function called after every change of working days; twice the same is once."""
    if recalculation not in _recalculations:
        _recalculations.append(recalculation)


def unregister(recalculation: Recalculation) -> None:
    _recalculations.remove(recalculation)


def recalculations() -> tuple[Recalculation, ...]:
    return tuple(_recalculations)
