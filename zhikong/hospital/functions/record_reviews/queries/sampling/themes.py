"""The theme calendar in force: the hospital's own version before the packaged one."""

from __future__ import annotations

from django.utils import timezone

from zhikong.foundation.access.scope import once
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
