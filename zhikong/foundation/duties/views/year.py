"""The year's calendar: duties with their proposed days, themes, campaigns and meetings; by month, week and place."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties import actions, calendars, dates, yearbook
from zhikong.foundation.duties.forms import DayForm
from zhikong.foundation.duties.models import SetDay
from zhikong.foundation.duties.periods import month_end
from zhikong.foundation.duties.rules import State
from zhikong.foundation.duties.yearbook import Turn, Year

FIRST_YEAR, LAST_YEAR = 2020, 2100
IN_A_CELL = 5
MOST_LINES = 400
WEEKDAYS = "一二三四五六日"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Line:
    """Turns of one duty in one state on one day: 科室每月自查 · 38 个科室."""

    turns: list[Turn]

    @property
    def first(self) -> Turn:
        return self.turns[0]

    @property
    def count(self) -> int:
        return len(self.turns)

    @property
    def late(self) -> bool:
        return self.first.state is State.MISSING


@dataclass
class Cell:
    """One day of the grid."""

    day: date
    outside: bool
    working: bool
    note: str
    lines: list[Line] = field(default_factory=list)
    dated: list = field(default_factory=list)

    @property
    def shown(self) -> list[Line]:
        return self.lines[:IN_A_CELL]

    @property
    def more(self) -> int:
        return len(self.lines) - len(self.shown)


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def year_page(request):
    """A month of the year as a grid, with the twelve months above and the chosen day or week below."""
    today = timezone.localdate()
    year, month, chosen = _asked(request, today)
    found = yearbook.year_of(year, today=today)
    place = request.GET.get("place", "")
    turns = found.of_place(place) if place else found.turns
    start, end = date(year, month, 1), month_end(year, month)
    span = (chosen, chosen) if chosen else (start, end)
    if week := request.GET.get("view") == "week":
        span = yearbook.week_of(chosen or (today if today.year == year and today.month == month else start))
    context = {
        "year": year, "month": month, "start": start, "place": place, "places": found.places(), "today": today,
        "months": _months(year, turns, dates.between(date(year, 1, 1), date(year, 12, 31), reader=request.user)),
        "weeks": _grid(start, end, turns, today, request.user), "weekdays": [f"周{name}" for name in WEEKDAYS],
        "chosen": chosen, "span": span, "listed": _listed(turns, span, each=bool(place or (chosen and not week))),
        "week": week,
        "heavy": _heavy(found, start, end), "spans": [one for one in dates.between(start, end, reader=request.user) if one.last > one.on],
        "span_dates": dates.between(*span, reader=request.user),
        "week_before": span[0] - timedelta(days=7), "week_after": span[0] + timedelta(days=7),
        "before": _step(year, month, -1), "after": _step(year, month, 1), "total": len(turns),
        "place_name": dict(found.places()).get(place, ""),
    }  # fmt: skip
    context["may_see_duties"] = can(request.user, Permission.VIEW_DUTIES)
    return render(request, "duties/year.html", context)


def _asked(request, today: date) -> tuple[int, int, date | None]:
    day = _date(request.GET.get("day", ""))
    year = _whole(request.GET.get("year", ""), day.year if day else today.year)
    usual = day.month if day else today.month if year == today.year else 1
    month = _whole(request.GET.get("month", ""), usual)
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        raise Http404(_("没有这个月份。"))
    return year, month, day if day and day.year == year else None


def _whole(text: str, usual: int) -> int:
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise Http404(_("没有这个月份。"))
    return int(text)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404(_("日期应如 2026-11-30。")) from error


def _step(year: int, month: int, by: int) -> dict:
    moved = date(year, month, 15) + timedelta(days=30 * by)
    return {"year": moved.year, "month": moved.month}


def _months(year: int, turns: list[Turn], dated: list) -> list[dict]:
    """Twelve cards: how many turns, how many done and missing, the theme."""
    counts = Counter((turn.on.month, turn.state in (State.DONE, State.LATE_DONE)) for turn in turns)
    missing = Counter(turn.on.month for turn in turns if turn.state is State.MISSING)
    found = []
    for number in range(1, 13):
        first, last = date(year, number, 1), month_end(year, number)
        theme = next((one for one in dated if one.kind == "theme" and one.on == first), None)
        others = [one for one in dated if one.kind != "theme" and one.on <= last and one.last >= first]
        done = counts[number, True]
        found.append({"number": number, "all": done + counts[number, False], "done": done, "missing": missing[number],
                      "theme": theme.title if theme else "", "others": len(others)})  # fmt: skip
    return found


def _grid(start: date, end: date, turns: list[Turn], today: date, reader) -> list[list[Cell]]:
    calendar = working_calendar()
    monday, sunday = yearbook.week_of(start)[0], yearbook.week_of(end)[1]
    short = [one for one in dates.between(monday, sunday, reader=reader) if one.last == one.on]
    cells = []
    for n in range((sunday - monday).days + 1):
        day = monday + timedelta(days=n)
        said = calendar.explain(day)
        cell = Cell(day, not start <= day <= end, said.working, said.note)
        if not cell.outside:
            cell.lines = _lines([turn for turn in turns if turn.on == day])
            cell.dated = [one for one in short if one.on == day]
        cells.append(cell)
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _lines(turns: list[Turn]) -> list[Line]:
    grouped: dict[tuple, list[Turn]] = {}
    for turn in turns:
        grouped.setdefault(
            (turn.state is not State.MISSING, turn.duty.order, turn.duty.id, turn.state), []
        ).append(turn)
    return [Line(grouped[key]) for key in sorted(grouped)]


def _listed(turns: list[Turn], span: tuple[date, date], *, each: bool) -> list[Line]:
    """The days' turns in order: one by one, or those of many departments in one line."""
    found = []
    for day in sorted({turn.on for turn in turns if span[0] <= turn.on <= span[1]}):
        lines = _lines([turn for turn in turns if turn.on == day])
        found += [Line([turn]) for line in lines for turn in line.turns] if each else lines
    return found[:MOST_LINES]


def _heavy(found: Year, start: date, end: date) -> list[dict]:
    """People with the fullest days of the month; who has never more than one duty a day is not named."""
    loads: dict[str, Counter[date]] = {}
    names = {}
    for turn in found.turns:
        if turn.is_open and start <= turn.on <= end:
            loads.setdefault(turn.person_key, Counter())[turn.on] += 1
            names[turn.person_key] = turn.person
    rows = [
        {"name": names[key], "all": load.total(), "most": max(load.values()), "day": min(d for d in load if load[d] == max(load.values()))}
        for key, load in loads.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["most"], -row["all"], row["name"]))
    return [row for row in rows if row["most"] > 1][:8]


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def bodies(request):
    """The year by place: departments, committees and the hospital by month."""
    today = timezone.localdate()
    year, _month, _day = _asked(request, today)
    found = yearbook.year_of(year, today=today)
    rows = []
    for key, name in found.places():
        turns = found.of_place(key)
        cells = [
            _cell([turn for turn in turns if turn.on.year == year and turn.on.month == n])
            for n in range(1, 13)
        ]
        rows.append({"key": key, "name": name, "cells": cells, "all": _cell(turns)})
    context = {"year": year, "rows": rows, "today": today, "months": range(1, 13)}
    context["may_see_duties"] = can(request.user, Permission.VIEW_DUTIES)
    return render(request, "duties/year_bodies.html", context)


def _cell(turns: list[Turn]) -> dict:
    done = sum(turn.state in (State.DONE, State.LATE_DONE) for turn in turns)
    return {"all": len(turns), "done": done, "missing": sum(turn.state is State.MISSING for turn in turns)}


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def turn_page(request, duty_id: str, period: str, place: str):
    """One turn: its window, the proposed day with its reason, the person's load around it, and moving it by hand."""
    turn, found = _turn(duty_id, period, place)
    return _show_turn(request, turn, found, DayForm(initial={"on": turn.on}))


def _turn(duty_id: str, period: str, place: str) -> tuple[Turn, Year]:
    today = timezone.localdate()
    years = {int(period[:4]), int(period[:4]) + 1} if period[:4].isdigit() else {0}
    for year in sorted(years & set(range(FIRST_YEAR, LAST_YEAR + 1))):
        found = yearbook.year_of(year, today=today)
        if turn := found.find((duty_id, period, place)):
            return turn, found
    raise Http404(_("没有这一期职责，或不在您的权限范围内。"))


def _show_turn(request, turn: Turn, found: Year, form: DayForm, status: int = 200):
    loads = yearbook.loads(found.turns)
    days = [day for day in found.days if turn.opens <= day <= turn.due_on][-15:]
    set_day = SetDay.objects.filter(
        duty_id=turn.duty.id, period=turn.period.key, place=turn.place.key, released_at=None
    )
    context = {
        "turn": turn,
        "days": [(day, loads.get((turn.person_key, day), 0), day == turn.on) for day in days],
        "set_day": set_day.select_related("set_by").first(),
        "form": form if turn.is_open and actions.may_set(request.user, turn) else None,
        "today": timezone.localdate(),
    }
    return render(request, "duties/turn.html", context, status=status)


@login_required
@needs(Permission.VIEW_PLANS)
@require_POST
def set_day(request, duty_id: str, period: str, place: str):
    """Keep the turn on a day."""
    turn, found = _turn(duty_id, period, place)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _show_turn(request, turn, found, form, status=400)
    try:
        actions.set_day(turn, by=request.user, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _show_turn(request, turn, found, form, status=400)
    messages.success(request, _("已安排在 %(d)s，并锁定。") % {"d": form.cleaned_data["on"]})
    return redirect("duties:turn", duty_id, period, place)


@login_required
@needs(Permission.VIEW_PLANS)
@require_POST
def release_day(request, duty_id: str, period: str, place: str):
    """Let the system propose the day again."""
    turn, _found = _turn(duty_id, period, place)
    try:
        actions.release_day(turn, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已解除锁定，由系统重新安排。"))
    return redirect("duties:turn", duty_id, period, place)


@login_required
@needs(Permission.VIEW_PLANS)
@require_GET
def export(request, kind: str):
    """The year, or one place's, as a workbook or for a phone's calendar."""
    today = timezone.localdate()
    year, _month, _day = _asked(request, today)
    found = yearbook.year_of(year, today=today)
    place = request.GET.get("place", "")
    turns = found.of_place(place) if place else found.turns
    dated = dates.between(date(year, 1, 1), date(year, 12, 31), reader=request.user)
    if kind == "xlsx":
        return _file(calendars.workbook(year, turns, dated), EXCEL, f"{year}-calendar.xlsx")
    base = request.build_absolute_uri("/")[:-1]
    text = calendars.icalendar(year, turns, dated, now=timezone.now(), base=base)
    return _file(text.encode(), "text/calendar; charset=utf-8", f"{year}-calendar.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def address(turn: Turn) -> str:
    return reverse("duties:turn", args=turn.key)
