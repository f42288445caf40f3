"""Months as 'YYYY-MM': they sort as text and name the partitions."""

from __future__ import annotations

import re

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def parse(month: str) -> tuple[int, int]:
    """Year and month number. Raises ValueError for anything that is not 'YYYY-MM'."""
    match = _MONTH.fullmatch(month)
    if not match:
        raise ValueError(f"not a month: {month!r}")
    return int(match.group(1)), int(match.group(2))


def number(month: str) -> int:
    """Months since year 0, for arithmetic."""
    year, of_year = parse(month)
    return year * 12 + of_year - 1


def named(number: int) -> str:
    """The inverse of `number`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def first_day(month: str) -> str:
    """'2026-01' -> '2026-01-01'."""
    parse(month)
    return f"{month}-01"


def span(first: str, last: str) -> list[str]:
    """All months from first to last, both included. Raises ValueError when last is before first."""
    low, high = number(first), number(last)
    if high < low:
        raise ValueError(f"month {last} is before {first}")
    return [named(i) for i in range(low, high + 1)]
