"""The month: what is due on which day; on a phone a list of the days that have something."""

import calendar as months
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.tasks import queries
from zhikong.foundation.tasks.rules import WEEKDAYS
from zhikong.foundation.tasks.views.showing import filtered

YEARS = 10  # back and ahead
IN_A_DAY = 3  # shown; the rest behind a link


@login_required
@require_GET
def month(request):
    today = timezone.localdate()
    first = _month(request.GET.get("month", ""), today)
    mine = queries.open_tasks(user=request.user)
    form, found, _named = filtered(request, mine)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    shown = list(found.filter(due_on__range=(weeks[0][0], weeks[-1][-1])))
    context = {
        "form": form,
        "first": first,
        "before": _shifted(first, -1),
        "after": _shifted(first, 1),
        "weekdays": [f"周{word}" for word in WEEKDAYS],
        "weeks": _weeks(weeks, shown, first, today),
        "number": sum(task.due_on.month == first.month for task in shown),
        "counts": queries.counts(mine, today=today),
        "today": today,
        "leads": can(request.user, Permission.MANAGE_TASKS),
        "tab": "calendar",
    }
    return render(request, "tasks/month.html", context)


def _month(text: str, today: date) -> date:
    """The first of the month that the address asks for, within ten years, else of this one."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return asked if abs(asked.year - today.year) <= YEARS else today.replace(day=1)


def _shifted(first: date, by: int) -> date:
    number = first.year * 12 + first.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _weeks(weeks, tasks, first: date, today: date) -> list[list[dict]]:
    calendar = working_calendar()
    due: dict[date, list] = {}
    for task in tasks:
        due.setdefault(task.due_on, []).append(task)
    return [[_day(day, due.get(day, []), calendar, first, today) for day in week] for week in weeks]


def _day(day: date, tasks: list, calendar, first: date, today: date) -> dict:
    explained = calendar.explain(day)
    return {
        "day": day,
        "tasks": tasks[:IN_A_DAY],
        "more": max(len(tasks) - IN_A_DAY, 0),
        "outside": day.month != first.month,
        "free": not explained.working,
        "note": explained.note,
        "today": day == today,
        "late": day < today,
        "next": day == today + timedelta(days=1),
    }
