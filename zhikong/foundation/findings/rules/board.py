"""The arithmetic of the board: working days between moments, medians, ages. No ORM."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

AGES = ((0, 7), (8, 14), (15, 30), (31, 60), (61, None))
"""Days since a finding was raised, in buckets; the last is open."""


class WorkingDays:
    """Counts working days between two days of a span at once. is_working: of the hospital's calendar."""

    def __init__(self, first: date, last: date, is_working: Callable[[date], bool]):
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self._days = [day for day in span if is_working(day)]

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; 0 on the same day."""
        return max(bisect_right(self._days, end) - bisect_right(self._days, start), 0)


@dataclass(frozen=True)
class Spread:
    """How long a step took: how many, the median, and what nine of ten did not exceed; None without any."""

    count: int
    median: float | None
    p90: float | None


def spread(values: Iterable[int]) -> Spread:
    """Median and 90th percentile, interpolated between the two nearest values."""
    known = sorted(values)
    return Spread(len(known), _quantile(known, 0.5), _quantile(known, 0.9))


def _quantile(known: Sequence[int], share: float) -> float | None:
    if not known:
        return None
    place = share * (len(known) - 1)
    low = int(place)
    high = min(low + 1, len(known) - 1)
    return known[low] + (known[high] - known[low]) * (place - low)


@dataclass(frozen=True)
class Tally:
    """Counts of one row of the board. proven: closed by re-inspection or chart; overridden: against the rules."""

    raised: int = 0
    open: int = 0
    overdue: int = 0
    closed: int = 0
    proven: int = 0
    overridden: int = 0
    recurrent: int = 0
    reopened: int = 0
    extended: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def by_evidence(self) -> int:
        """Closed by evidence that another person saw: in order for minor ones, no proof of effect."""
        return self.closed - self.proven - self.overridden

    @property
    def effective(self) -> float | None:
        """Per cent of the closed ones whose effect was proven."""
        return percent(self.proven, self.closed)

    @property
    def recurring(self) -> float | None:
        """Per cent of the raised ones that had been closed before within a year."""
        return percent(self.recurrent, self.raised)


def percent(part: int, whole: int) -> float | None:
    return None if whole == 0 else 100 * part / whole
