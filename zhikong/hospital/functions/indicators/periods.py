"""Two periods beside each other: sums of months, difference, interval, and whether it goes beyond chance. Pure.

Shares: Newcombe's interval of a difference (Wilson's of each, MOVER). Events per exposure, and counts: MOVER with
Byar's intervals. Both are widened where the months vary more than chance alone would let them. All else (means):
from the months' own variation, as an individuals chart measures it, because single cases are not stored.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from zhikong.hospital.functions.indicators import months as calendar

Z = 1.959963984540054
MEAN_RANGE = 1.128  # of two neighbours, in standard deviations
FEWEST = 6  # months with a value before their variation says anything
Interval = tuple[float, float]


class Span(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Against(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True)
class Sums:
    """A period's numbers: known months of those that belong to it."""

    numerator: int | None
    denominator: int | None
    value: float | None
    known: int
    months: int

    @property
    def whole(self) -> bool:
        return self.known == self.months


def months_of(span: Span, until: str) -> list[str]:
    """The months of a period to date: the month, or from the quarter's or the year's first month on."""
    number = calendar.first_day(until).month
    back = {Span.MONTH: 0, Span.QUARTER: (number - 1) % 3, Span.YEAR: number - 1}[span]
    return calendar.span(calendar.shifted(until, -back), until)


def months_before(span: Span, against: Against, until: str) -> list[str]:
    """The same number of months of the period before, or of the same period a year before."""
    step = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[span]
    back = 12 if against is Against.YEAR else step
    return [calendar.shifted(month, -back) for month in months_of(span, until)]


def summed(
    parts: Sequence[tuple[int | None, int | None, Decimal | None] | None], *, kind: str, factor: float
) -> Sums:
    """Numerators and denominators of months added up. parts: (numerator, denominator, value) or None a month.

    kind: count, proportion, rate or measure; single means that only one month can be given, and its value stands.
    """
    known = [part for part in parts if part is not None and part[2] is not None]
    if not known:
        return Sums(None, None, None, 0, len(parts))
    if kind == "single":
        value = float(known[0][2]) if len(parts) == 1 else None
        return Sums(known[0][0] if len(parts) == 1 else None, None, value, len(known), len(parts))
    top = sum(part[0] or 0 for part in known)
    if kind == "count":
        return Sums(top, None, top * factor, len(known), len(parts))
    bottom = sum(part[1] or 0 for part in known)
    return Sums(top, bottom, top * factor / bottom if bottom else None, len(known), len(parts))


def wilson(count: int, total: int, z: float = Z) -> Interval:
    """95 % interval of a share."""
    share, square = count / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def byar(count: int, exposure: float, z: float = Z) -> Interval:
    """95 % interval of events per exposure."""
    low = 0.0 if not count else count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    more = count + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3
    return low / exposure, high / exposure


def difference(one: tuple[float, Interval], other: tuple[float, Interval], widen: float = 1.0) -> Interval:
    """The interval of one minus other from both intervals (MOVER), stretched about the difference."""
    (a, (a_low, a_high)), (b, (b_low, b_high)) = one, other
    below = math.hypot(a - a_low, b_high - b) * widen
    above = math.hypot(a_high - a, b - b_low) * widen
    return a - b - below, a - b + above


def interval(
    now: Sums, before: Sums, *, kind: str, factor: float, series: Sequence[tuple[float, float] | None]
) -> Interval | None:
    """95 % interval of the difference in the indicator's unit; None when it cannot be told.

    series: (value, denominator) of the newest months, None where unknown: how much months vary by themselves.
    """
    if now.value is None or before.value is None or kind == "single":
        return None
    if kind == "measure":
        return _by_months(now, before, series)
    widen = excess(series, kind, factor)
    if kind == "proportion":
        bounds = [wilson(one.numerator, one.denominator) for one in (now, before)]
    else:
        exposures = [1 if kind == "count" else one.denominator for one in (now, before)]
        bounds = [byar(one.numerator, e) for one, e in zip((now, before), exposures, strict=True)]
    found = [(one.value / factor, bound) for one, bound in zip((now, before), bounds, strict=True)]
    low, high = difference(*found, widen)
    return low * factor, high * factor


def _by_months(now: Sums, before: Sums, series: Sequence[tuple[float, float] | None]) -> Interval | None:
    known = [value for value, _below in (point for point in series if point is not None)]
    if len(known) < FEWEST:
        return None
    sigma = _mean_range(known) / MEAN_RANGE
    half = Z * sigma * math.sqrt(1 / now.known + 1 / before.known)
    gap = now.value - before.value
    return gap - half, gap + half


def _mean_range(values: Sequence[float]) -> float:
    ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
    return sum(ranges) / len(ranges)


def excess(series: Sequence[tuple[float, float] | None], kind: str, factor: float) -> float:
    """How many times more than by chance neighbouring months differ, at least 1 (Laney's sigma-z)."""
    known = [point for point in series if point is not None and point[1]]
    if len(known) < FEWEST:
        return 1.0
    if kind == "count":
        known = [(value, 1.0) for value, _below in known]
    weights = sum(below for _value, below in known)
    centre = sum(value / factor * below for value, below in known) / weights
    spread = centre * (1 - centre) if kind == "proportion" else centre
    if spread <= 0:
        return 1.0
    scores = [(value / factor - centre) / math.sqrt(spread / below) for value, below in known]
    return max(1.0, _mean_range(scores) / MEAN_RANGE)
