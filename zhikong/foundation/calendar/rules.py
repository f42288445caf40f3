"""Which days are working days: pure functions, no database.

Announced years come from the State Council's yearly notice (国务院办公厅关于部分节假日安排的通知) as carried by
the library chinesecalendar. Beyond them only what is fixed in the law is known (国务院令 795 号, from 2025):
weekends, and the holidays with a fixed solar date. Such a year is provisional (decision 12).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar

FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利 70 周年纪念日",
}
LONGEST_BREAK = 366  # days without a working day; more is an error in the overrides


@dataclass(frozen=True)
class Day:
    """What a calendar says of one day. source: override, announced or provisional."""

    day: date
    working: bool
    note: str
    source: str


@cache
def announced_years() -> frozenset[int]:
    """Years whose table is published in the installed library."""
    return frozenset(day.year for day in chinese_calendar.constants.holidays)


@dataclass(frozen=True)
class WorkingCalendar:
    """A hospital's working days. overrides: day → (working, note), set by the hospital, always first."""

    overrides: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    announced: frozenset[int] = field(default_factory=announced_years)

    def explain(self, day: date) -> Day:
        """Working or not, why, and how sure that is."""
        if day in self.overrides:
            return Day(day, *self.overrides[day], source="override")
        if day.year in self.announced:
            return _announced_day(day)
        holiday = FIXED_HOLIDAYS.get((day.month, day.day), "")
        return Day(day, day.weekday() < 5 and not holiday, holiday, "provisional")

    def is_working_day(self, day: date) -> bool:
        return self.explain(day).working

    def is_provisional(self, day: date) -> bool:
        """True when the year's table is not announced and the hospital has not set the day itself."""
        return day not in self.overrides and day.year not in self.announced

    def add_working_days(self, day: date, count: int) -> date:
        """The day that is ``count`` working days after ``day``, which itself does not count (民法典 第201条).

        count 0 gives ``day`` itself, or the next working day when it is not one.
        """
        if count < 0:
            raise ValueError("count must not be negative")
        if count == 0:
            return day if self.is_working_day(day) else self._next_working_day(day)
        for _ in range(count):
            day = self._next_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Number of working days after ``start`` up to and including ``end``; 0 when end is not after start."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(1 for day in days if self.is_working_day(day))

    def _next_working_day(self, day: date) -> date:
        for n in range(1, LONGEST_BREAK + 1):
            if self.is_working_day(day + timedelta(days=n)):
                return day + timedelta(days=n)
        raise ValueError(f"日历中 {day} 之后 {LONGEST_BREAK} 天内没有工作日，请检查日历调整。")


def _announced_day(day: date) -> Day:
    on_holiday, name = chinese_calendar.get_holiday_detail(day)
    named = NAMES.get(name or "", name or "")
    note = f"{named}调休上班" if named and not on_holiday else named
    return Day(day, not on_holiday, note, "announced")


def newly_announced(known: Mapping[int, bool], announced: frozenset[int]) -> list[int]:
    """Years that were provisional when due dates were computed and are announced now. known: year → provisional."""
    return sorted(year for year, provisional in known.items() if provisional and year in announced)
