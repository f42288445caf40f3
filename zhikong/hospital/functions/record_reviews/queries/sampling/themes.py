"""The theme calendar in force: the hospital's own version before the packaged one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.duties.dates import Dated
from zhikong.foundation.duties.periods import Every, Period, period_of
from zhikong.foundation.packstore.queries import resolve
from zhikong.hospital.functions.record_reviews.rules_themes import Theme, ThemeCalendar

CODE = "record_themes"
CALENDAR = "monthly_record_themes"


def calendar() -> ThemeCalendar | None:
    """The calendar in force today, or None when a hospital has taken it away."""
    return once("record_reviews.themes", _in_force)


def _in_force() -> ThemeCalendar | None:
    found = resolve(CODE, CALENDAR, on=timezone.localdate())
    return None if found is None else found.obj


def all_themes() -> tuple[Theme, ...]:
    """The twelve, January first."""
    found = calendar()
    return tuple(sorted(found.themes, key=lambda one: one.month)) if found else ()


def of_month(month: int) -> Theme | None:
    """What is looked at in a month (1 … 12)."""
    return next((one for one in all_themes() if one.month == month), None)


def source() -> str:
    """Where the themes come from, in words."""
    found = calendar()
    return f"{found.document} {found.clause}" if found else ""


def dates(start: date, end: date) -> Iterator[Dated]:
    """The theme of each month, for the year's calendar."""
    month = period_of(Every.MONTH, start)
    while month.start <= end:
        if theme := _planned(month):
            url = reverse("record_reviews:record_themes")
            yield Dated(month.start, theme.title, url, until=month.end, note="、".join(theme.points)[:200])
        month = month.next


def _planned(month: Period) -> Theme | None:
    """The theme by the calendar that holds in that month: next year's may stand already."""
    on = min(max(timezone.localdate(), month.start), month.end)
    found = once(f"record_reviews.themes.{on}", lambda: resolve(CODE, CALENDAR, on=on))
    return found and next((one for one in found.obj.themes if one.month == month.start.month), None)
