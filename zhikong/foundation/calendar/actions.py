"""Writes to the calendar, and what follows from them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar import queries, registry
from zhikong.foundation.calendar.models import CalendarDay, CalendarYear
from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.calendar.rules import announced_years, newly_announced
from zhikong.foundation.notices.actions import send

YEARS_AHEAD = 2  # years for which due dates are usually computed


@transaction.atomic
def set_day(*, by, now: datetime, day: date, working: bool, note: str) -> list[Moved]:
    """Declare a day working or not for this hospital; due dates that it touches move."""
    require(by, Permission.EDIT_CALENDAR)
    CalendarDay.objects.update_or_create(
        institution_id=current_scope().institution_id, day=day, defaults={"working": working, "note": note}
    )
    return _move_due_dates(
        {day.year}, by=by, now=now, why=f"{day:%Y-%m-%d} 改为{'工作日' if working else '休息日'}"
    )


@transaction.atomic
def unset_day(*, by, now: datetime, pk: int) -> list[Moved]:
    """Take back a hospital's own setting; the announced or provisional calendar holds again."""
    require(by, Permission.EDIT_CALENDAR)
    found = queries.calendar_day(pk=pk)
    if found is None:
        return []
    day = found.day
    found.delete()
    return _move_due_dates({day.year}, by=by, now=now, why=f"{day:%Y-%m-%d} 的调整已撤销")


@transaction.atomic
def recalculate(*, now: datetime, announced: frozenset[int] | None = None) -> list[Moved]:
    """Compute due dates anew for years whose table has arrived since they were computed; tells who keeps the calendar.

    Runs daily as a job, and after every upgrade. Without news it changes nothing.
    announced: years with a table; those of the installed library when not given.
    """
    announced = announced_years() if announced is None else announced
    arrived = newly_announced(queries.known_years(), announced)
    _note_years(timezone.localdate(now).year, announced)
    if not arrived:
        return []
    years = "、".join(str(year) for year in arrived)
    return _move_due_dates(set(arrived), by=None, now=now, why=f"{years} 年放假安排已公布")


def _note_years(this_year: int, announced: frozenset[int]) -> None:
    institution_id = current_scope().institution_id
    years = set(queries.known_years()) | set(range(this_year, this_year + YEARS_AHEAD + 1))
    CalendarYear.objects.bulk_create(
        [
            CalendarYear(institution_id=institution_id, year=year, provisional=year not in announced)
            for year in sorted(years)
        ],
        update_conflicts=True,
        unique_fields=["institution", "year"],
        update_fields=["provisional"],
    )


def _move_due_dates(years: Iterable[int], *, by, now: datetime, why: str) -> list[Moved]:
    """Let everyone who registered recompute, and send one notice that names what moved.

    Dates in the following year are touched as well: they may be counted from the end of the one that changed.
    """
    changed = frozenset(y for year in years for y in (year, year + 1))
    calendar = queries.working_calendar()
    moved = [one for recalculation in registry.recalculations() for one in recalculation(calendar, changed)]
    lines = "\n".join(f"{one.what}：{one.before:%Y-%m-%d} → {one.after:%Y-%m-%d}" for one in moved[:50])
    send(
        by=by,
        now=now,
        title=f"工作日历更新：{why}",
        text=f"{len(moved)} 个到期日随之调整。\n{lines}".strip(),
        roles=("quality_office", "administrator"),
        kind="calendar",
    )
    return moved
