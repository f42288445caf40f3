"""A round: set up, look at what the rules propose and why, change it, confirm; afterwards its visits."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.queries import account
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.inspections.actions.planning import rounds as actions
from zhikong.hospital.functions.inspections.forms_planning import SetupForm
from zhikong.hospital.functions.inspections.models.planning import Programme, Round
from zhikong.hospital.functions.inspections.queries.planning import people, places
from zhikong.hospital.functions.inspections.queries.planning import programmes as queries
from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup
from zhikong.hospital.functions.inspections.rules_planning_programmes import POOL_WORDS, ProgrammeDefinition
from zhikong.hospital.functions.inspections.views.planning import common

SOON = 14


@require_http_methods(["GET", "POST"])
@needs(Permission.PLAN_INSPECTIONS)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a round up: days, departments, people, checklists; then the rules propose."""
    programme = common.found_or_404(queries.programme(pk))
    definition = common.found_or_404(queries.definition(programme, on=timezone.localdate()))
    first, last, occasion = _days(programme, definition)
    form = SetupForm(
        request.POST or None, initial={"first_on": first, "last_on": last, "each": definition.who.each}
    )
    if request.method == "POST" and form.is_valid():
        setup = _setup(request, form.cleaned_data, definition)
        same = (setup.first_on, setup.last_on) == (first, last)
        made = common.attempt(
            request,
            lambda: actions.draft_round(
                programme, by=request.user, now=timezone.now(), setup=setup, occasion=occasion if same else ""
            ),
        )
        if made:
            return redirect("inspections:round", made.pk)
    context = _choices(request, programme, definition, first, last)
    return render(
        request,
        "inspections/planning/plan.html",
        {"form": form, "programme": programme, "definition": definition, **context, "tab": "programmes"},
    )


def _days(programme: Programme, definition: ProgrammeDefinition) -> tuple[date, date, str]:
    """The next occasion when it is near and free, else the working days of next week."""
    today = timezone.localdate()
    if not definition.when.surprise:
        for one in queries.occasions(programme, definition, today, today + timedelta(days=SOON)):
            taken = Round.objects.filter(programme=programme, occasion=one.key).exclude(state="cancelled")
            if not taken.exists():
                return one.first_on, one.last_on, one.key
    monday = today + timedelta(days=7 - today.weekday())
    return monday, monday + timedelta(days=4), ""


def _setup(request: HttpRequest, given: dict, definition: ProgrammeDefinition) -> Setup:
    departments, pool = common.numbers(request, "departments"), common.numbers(request, "pool")
    forms = tuple(request.POST.getlist("forms"))
    return Setup(
        given["first_on"],
        given["last_on"],
        departments or None,
        forms or None,
        given["each"],
        pool or None,
    )


def _choices(
    request: HttpRequest, programme, definition: ProgrammeDefinition, first: date, last: date
) -> dict:
    """Boxes: departments with their weight and last visit, people with their load, checklists."""
    today = timezone.localdate()
    key, before = places.weights(), places.last_visits(programme)
    asked = set(common.numbers(request, "departments")) if request.method == "POST" else set()
    known = places.departments(definition.where, on=today)
    if programme.department_id:
        known = [one for one in known if one.id == programme.department_id]
    own = definition.who.pool == "own"
    found = [] if own else people.inspectors(definition.who, on=today, first=first, last=last)
    return {
        "departments": [(one, key.get(one.id, 1), before.get(one.id), one.id in asked) for one in known],
        "people": found,
        "own": own,
        "pool_words": POOL_WORDS[definition.who.pool],
        "forms": common.checklists(_chosen_forms(request, definition, first)),
        "fixed": bool(definition.forms_for or definition.path or definition.stops),
    }


def _chosen_forms(request: HttpRequest, definition: ProgrammeDefinition, first: date) -> tuple[str, ...]:
    if request.method == "POST":
        return tuple(request.POST.getlist("forms"))
    return definition.theme(first.month)[1]


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_INSPECTIONS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft to look at and change, or a planned round with its visits."""
    found = common.found_or_404(queries.round_(pk))
    changes = found.state == Round.State.DRAFT and queries.may_plan(request.user, found.programme)
    if request.method == "POST" and changes:
        return _changed(request, found)
    context = {
        "round": found,
        "programme": found.programme,
        "visits": found.visits.select_related("lead").order_by("planned_on", "route_order"),
        "changes": changes,
        "may_plan": queries.may_plan(request.user, found.programme),
        "tab": "programmes",
    }
    if found.state == Round.State.DRAFT:
        context |= _lines(found)
    return render(request, "inspections/planning/round.html", context)


def _lines(found: Round) -> dict:
    """The lines of the draft with who may be chosen for each: those of the department itself stand closed."""
    today = timezone.localdate()
    definition = queries.definition(found.programme, on=today)
    own = definition is None or definition.who.pool == "own"
    able = (
        [] if own else people.inspectors(definition.who, on=today, first=found.first_on, last=found.last_on)
    )
    names = {one.user.pk: str(one.user) for one in able}
    lines = []
    for number, line in enumerate(found.proposal.get("lines", [])):
        chosen = [one["user"] for one in line["inspectors"]]
        slots = max(found.proposal.get("each", 1), len(chosen), 1)
        closed = {one.user.pk for one in able if line["department"] in one.candidate.closed}
        lines.append(
            {
                **line,
                "number": number,
                "slots": [(n, chosen[n] if n < len(chosen) else None) for n in range(slots)],
                "closed": closed,
                "names": [(names.get(one["user"]) or _name(one["user"]), one["lead"], one["reason"]) for one in line["inspectors"]],
            }
        )  # fmt: skip
    return {
        "lines": lines,
        "able": able,
        "own": own,
        "said": found.proposal.get("said", []),
        "forms": _titles(),
    }


def _name(pk: int) -> str:
    found = account(pk=pk)
    return str(found) if found else ""


def _titles() -> dict[str, str]:
    return {one.id: one.title for one in common.checklists()}


def _changed(request: HttpRequest, found: Round) -> HttpResponse:
    """Keep what was changed; then confirm, when that was the button."""
    lines = {}
    for number in range(len(found.proposal.get("lines", []))):
        users = [int(one) for one in request.POST.getlist(f"who-{number}") if one.isdigit()]
        change = {"drop": f"drop-{number}" in request.POST}
        if f"who-{number}" in request.POST:
            change["users"] = users
        if day := _day(request.POST.get(f"on-{number}", "")):
            change["on"] = day
        lines[number] = change
    kept = common.attempt(
        request,
        lambda: actions.edit_lines(found, by=request.user, now=timezone.now(), lines=lines),
        "" if "confirm" in request.POST else _("草案已保存，还没有通知任何人。"),
    )
    if kept and "confirm" in request.POST:
        made = common.attempt(
            request, lambda: actions.confirm_round(found, by=request.user, now=timezone.now())
        )
        if made:
            people_told = {one.user_id for visit in made for one in visit.inspectors.all()}
            _say_done(request, len(made), len(people_told))
    return redirect("inspections:round", found.pk)


def _say_done(request: HttpRequest, visits: int, told: int) -> None:
    words = _("已安排 %(n)d 处检查，%(m)d 位检查人已收到待办和通知。") % {"n": visits, "m": told}
    messages.success(request, words)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the draft up, or cancel what has not begun."""
    found = common.found_or_404(queries.round_(pk))
    done = common.attempt(
        request,
        lambda: actions.cancel_round(
            found, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
        ),
        _("已取消。"),
    )
    if done:
        return redirect("inspections:programme", found.programme_id)
    return redirect("inspections:round", found.pk)
