"""The periods in which a duty comes round: a week, a month, a quarter, half a year, a year. Pure.

A key names a period for ever: 2026-W47 (ISO 8601 week, Monday to Sunday), 2026-11, 2026-Q4, 2026-H2, 2026.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Every(StrEnum):
    """How often a duty comes round."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def word(self) -> str:
        return EVERY_WORDS[self]


EVERY_WORDS = {
    Every.WEEK: "每周",
    Every.MONTH: "每月",
    Every.QUARTER: "每季度",
    Every.HALF_YEAR: "每半年",
    Every.YEAR: "每年",
}
MONTHS_OF = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}
LETTERS = {Every.QUARTER: "Q", Every.HALF_YEAR: "H"}


@dataclass(frozen=True)
class Period:
    """One turn of a duty: ``start`` and ``end`` are its first and last day."""

    every: Every
    start: date
    end: date

    @property
    def key(self) -> str:
        if self.every is Every.WEEK:
            year, week, _day = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.every is Every.YEAR:
            return f"{self.start.year}"
        if self.every is Every.MONTH:
            return f"{self.start:%Y-%m}"
        return f"{self.start.year}-{LETTERS[self.every]}{self._number}"

    @property
    def _number(self) -> int:
        """Which quarter or half of its year it is, from 1."""
        return (self.start.month - 1) // MONTHS_OF[self.every] + 1

    @property
    def title(self) -> str:
        year = self.start.year
        if self.every is Every.WEEK:
            iso_year, week, _day = self.start.isocalendar()
            return f"{iso_year} 年第 {week} 周（{self.start:%m-%d} 至 {self.end:%m-%d}）"
        return {
            Every.MONTH: f"{year} 年 {self.start.month} 月",
            Every.QUARTER: f"{year} 年第 {self._number} 季度" if self.every is Every.QUARTER else "",
            Every.HALF_YEAR: f"{year} 年{'上' if self.start.month < 7 else '下'}半年",
            Every.YEAR: f"{year} 年",
        }[self.every]

    @property
    def next(self) -> "Period":
        return period_of(self.every, self.end + timedelta(days=1))

    @property
    def previous(self) -> "Period":
        return period_of(self.every, self.start - timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def period_of(every: Every, day: date) -> Period:
    """The period in which a day lies."""
    if every is Every.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(every, monday, monday + timedelta(days=6))
    months = MONTHS_OF[every]
    first = (day.month - 1) // months * months + 1
    return Period(every, date(day.year, first, 1), month_end(day.year, first + months - 1))


def month_end(year: int, month: int) -> date:
    """The last day of a month; ``month`` may run over the year's end."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_KEY = re.compile(r"(\d{4})(?:-(?:W(\d{2})|Q([1-4])|H([12])|(\d{2})))?")


def parse(key: str) -> Period:
    """The period that a key names. Raises ValueError with a Chinese sentence when it names none."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"{key!r} 不是周期，应如 2026-W47、2026-11、2026-Q4、2026-H2 或 2026。")
    year, week, quarter, half, month = (int(part) if part else None for part in found.groups())
    try:
        if week is not None:
            return period_of(Every.WEEK, date.fromisocalendar(year, week, 1))
        if month is not None:
            return period_of(Every.MONTH, date(year, month, 1))
        if quarter is not None:
            return period_of(Every.QUARTER, date(year, quarter * 3, 1))
        if half is not None:
            return period_of(Every.HALF_YEAR, date(year, half * 6, 1))
        return period_of(Every.YEAR, date(year, 1, 1))
    except ValueError as error:
        raise ValueError(f"没有 {key} 这个周期。") from error
