"""Visits of a month or a week, day by day; on a phone a list of the days that have something."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.tasks.rules import WEEKDAYS
from zhikong.hospital.functions.inspections.queries.planning import visits as queries
from zhikong.hospital.functions.inspections.rules_planning import KIND_NAMES, State
from zhikong.hospital.functions.inspections.views.planning import common

YEARS = 10
IN_A_DAY = 4  # shown in a month's field; a week shows all


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def calendar(request: HttpRequest) -> HttpResponse:
    """The month or (view=week) the week that holds the asked day, narrowed to a kind."""
    today = timezone.localdate()
    day, weekly = _asked(request.GET.get("day", ""), today), request.GET.get("view") == "week"
    kind = request.GET.get("kind", "")
    weeks = _weeks(day, weekly)
    found = queries.visits(first=weeks[0][0], last=weeks[-1][-1], kind=kind).exclude(state=State.CANCELLED)
    by_day: dict[date, list] = {}
    working = working_calendar()
    for one in found:
        by_day.setdefault(max(one.planned_on, weeks[0][0]), []).append(one)
    context = {
        "day": day,
        "weekly": weekly,
        "before": day - timedelta(days=7) if weekly else _shifted(day, -1),
        "after": day + timedelta(days=7) if weekly else _shifted(day, 1),
        "weekdays": [f"周{word}" for word in WEEKDAYS],
        "weeks": [[_field(one, by_day, day, today, weekly, working) for one in week] for week in weeks],
        "number": sum(len(found) for found in by_day.values()),
        "kinds": [(one.value, name) for one, name in KIND_NAMES.items()],
        "kind": kind,
        "first": weeks[0][0],
        "last": weeks[-1][-1],
        "plans": common.plans(request),
        "tab": "calendar",
    }
    return render(request, "inspections/planning/calendar.html", context)


def _asked(text: str, today: date) -> date:
    try:
        asked = date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return today
    return asked if abs(asked.year - today.year) <= YEARS else today


def _weeks(day: date, weekly: bool) -> list[list[date]]:
    if weekly:
        monday = day - timedelta(days=day.weekday())
        return [[monday + timedelta(days=n) for n in range(7)]]
    return months.Calendar().monthdatescalendar(day.year, day.month)


def _shifted(day: date, by: int) -> date:
    number = day.year * 12 + day.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _field(day: date, by_day: dict, asked: date, today: date, weekly: bool, working) -> dict:
    explained, found = working.explain(day), by_day.get(day, [])
    most = len(found) if weekly else IN_A_DAY
    return {
        "day": day,
        "visits": found[:most],
        "more": max(len(found) - most, 0),
        "outside": not weekly and day.month != asked.month,
        "free": not explained.working,
        "note": explained.note,
        "today": day == today,
        "late": day < today,
    }
