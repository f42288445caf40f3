"""Calendar months as 'YYYY-MM' strings: the currency of the engine's tables."""

import re
from datetime import date
from functools import lru_cache

MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def is_month(text: str) -> bool:
    return bool(MONTH.match(text or ""))


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


@lru_cache(maxsize=1000)  # asked for every target of every line
def first_day(month: str) -> date:
    year, number = month.split("-")
    return date(int(year), int(number), 1)


def shifted(month: str, by: int) -> str:
    """The month `by` months later (negative: earlier)."""
    day = first_day(month)
    count = day.year * 12 + day.month - 1 + by
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def span(first: str, last: str) -> list[str]:
    """All months from first to last, both included, ascending."""
    months, month = [], first
    while month <= last:
        months.append(month)
        month = shifted(month, 1)
    return months


def last(count: int, until: str) -> list[str]:
    """The `count` months that end with `until`, ascending."""
    return span(shifted(until, 1 - count), until)


def spoken(month: str) -> str:
    """“2026 年 10 月”."""
    day = first_day(month)
    return f"{day.year} 年 {day.month} 月"
