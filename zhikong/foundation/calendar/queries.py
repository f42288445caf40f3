"""Reads of the working calendar."""

from datetime import date, timedelta

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.models import CalendarDay, CalendarYear
from zhikong.foundation.calendar.rules import Day, WorkingCalendar


def working_calendar() -> WorkingCalendar:
    """The calendar of the current scope's institution with its own settings."""
    current_scope()
    rows = CalendarDay.objects.values_list("day", "working", "note")
    return WorkingCalendar({day: (working, note) for day, working, note in rows})


def year_of(year: int) -> list[list[Day]]:
    """The twelve months of a year, each a list of its days."""
    calendar = working_calendar()
    months: list[list[Day]] = [[] for _ in range(12)]
    day = date(year, 1, 1)
    while day.year == year:
        months[day.month - 1].append(calendar.explain(day))
        day += timedelta(days=1)
    return months


def known_years() -> dict[int, bool]:
    """Year → whether due dates in it were computed while its table was not announced."""
    return dict(CalendarYear.objects.values_list("year", "provisional"))


def calendar_day(*, pk: int) -> CalendarDay | None:
    return CalendarDay.objects.filter(pk=pk).first()


def set_days(*, year: int) -> list[CalendarDay]:
    """The days of a year that the hospital has set itself."""
    return list(CalendarDay.objects.filter(day__year=year).order_by("day"))
