"""Values of which some are only known to lie between two others, and what is computed from them, in plain Python."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from zhikong.engine.definitions import sets_nodes as s


@dataclass(frozen=True, slots=True)
class Span:
    """Something between two values, both possible."""

    low: Any
    high: Any


def ends(value: Any) -> tuple[Any, Any]:
    """The least and the greatest that a value can be."""
    return (value.low, value.high) if isinstance(value, Span) else (value, value)


def _spread(results: list[Any]) -> Any:
    low, high = min(results), max(results)
    return low if low == high else Span(low, high)


def over(change: Callable[..., Any], *values: Any) -> Any:
    """A function that is monotonic in each argument, over all that the arguments can be."""
    if any(v is None for v in values):
        return None
    return _spread([change(*chosen) for chosen in product(*(dict.fromkeys(ends(v)) for v in values))])


def compared(op: str, left: Any, right: Any) -> bool | None:
    """`left op right`, unknown where a span leaves it open."""
    if left is None or right is None:
        return None
    (a, b), (c, d) = ends(left), ends(right)
    match op:
        case "<":
            return True if b < c else (False if a >= d else None)
        case "<=":
            return True if b <= c else (False if a > d else None)
        case "=":
            return False if b < c or d < a else (True if a == b == c == d else None)
        case _:
            return True if b < c or d < a else (False if a == b == c == d else None)


def within_64_bits(value: int) -> int:
    """The number itself. Raises OverflowError for one beyond 64 bits."""
    if not -(2**63) <= value < 2**63:
        raise OverflowError("整数运算超出 64 位范围")
    return value


def day_of(value: date) -> date:
    """The calendar day of a time or date."""
    return value.date() if isinstance(value, datetime) else value


def moved(value: date, amount: int, unit: s.Unit) -> date:
    """A time or date moved; the last day of a shorter month stands for the days that it lacks."""
    if unit in ("minutes", "hours", "days"):
        return value + timedelta(**{unit: amount})
    months = value.year * 12 + value.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    return value.replace(year=year, month=month, day=min(value.day, calendar.monthrange(year, month)[1]))


def full_years(start: date, end: date) -> int:
    """Full years; one more on the same day of the year."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def full_months(start: date, end: date) -> int:
    """Full months; one more on the same day of the month."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


CALCULATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "power": lambda a, b: a**b if a > 0 or b > 0 else 1 / 0,
}


def calculated(op: str, left: Any, right: Any) -> float | None:
    """Decimal arithmetic to eight places; None for what has no finite result or is not certain."""
    if left is None or right is None or isinstance(left, Span) or isinstance(right, Span):
        return None
    if op == "power" and left < 0:
        return None
    try:
        return math.floor(CALCULATIONS[op](float(left), float(right)) * 1e8 + 0.5) / 1e8
    except (ZeroDivisionError, OverflowError, ValueError):  # infinity and no number have no whole part
        return None
