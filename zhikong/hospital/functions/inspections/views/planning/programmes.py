"""Programmes: what runs, what waits for the office, what may be taken into use; one programme and how it is run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.inspections.actions.planning import opening
from zhikong.hospital.functions.inspections.actions.planning import programmes as actions
from zhikong.hospital.functions.inspections.forms_planning import AdoptForm, ProgrammeForm, ReasonForm
from zhikong.hospital.functions.inspections.models.planning import Programme
from zhikong.hospital.functions.inspections.queries.planning import programmes as queries
from zhikong.hospital.functions.inspections.rules_planning import KIND_NAMES
from zhikong.hospital.functions.inspections.rules_planning_programmes import POOL_WORDS, ProgrammeDefinition
from zhikong.hospital.functions.inspections.views.planning import common

MOST = 20


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def listed(request: HttpRequest) -> HttpResponse:
    """What runs and comes round next, drafts that wait, and what is offered."""
    now, whole = timezone.now(), common.whole(request)
    context = {
        "running": queries.shown(queries.programmes(), now=now),
        "drafts": queries.rounds(states=["draft"])[:MOST],
        "offered": queries.not_yet(on=timezone.localdate(now)) if whole else [],
        "kinds": KIND_NAMES,
        "whole": whole,
        "plans": common.plans(request),
        "tab": "programmes",
    }
    return render(request, "inspections/planning/programmes.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.PLAN_INSPECTIONS)
def adopt(request: HttpRequest, definition_id: str) -> HttpResponse:
    """Take a packaged programme into use."""
    today = timezone.localdate()
    found = {one.id: one.obj for one in queries.definitions(on=today)}
    definition = common.found_or_404(found.get(definition_id))
    form = AdoptForm(request.POST or None, initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        made = common.attempt(
            request,
            lambda: actions.adopt(
                by=request.user, now=timezone.now(), definition_id=definition_id, **form.cleaned_data
            ),
            _("已启用。到期时会自动拟好安排，也可以现在就安排一次。"),
        )
        if made:
            return redirect("inspections:programme", made.pk)
    return render(
        request,
        "inspections/planning/adopt.html",
        {"form": form, "definition": definition, "tab": "programmes"},
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_INSPECTIONS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One programme: source, rule, rounds; and its settings for those who plan."""
    programme = common.found_or_404(queries.programme(pk))
    definition = queries.definition(programme, on=timezone.localdate())
    changes = programme.is_active and definition is not None and queries.may_plan(request.user, programme)
    form = ProgrammeForm(request.POST or None, initial=_initial(programme, definition)) if changes else None
    if request.method == "POST" and form is not None and form.is_valid():
        chosen = request.POST.getlist("forms")
        done = common.attempt(
            request,
            lambda: actions.configure(
                programme, by=request.user, now=timezone.now(), title=form.cleaned_data["title"],
                ends_on=form.cleaned_data["ends_on"], settings=_settings(form.cleaned_data, chosen, definition),
            ),
            _("已保存，下一次安排起按新的做法。"),
        )  # fmt: skip
        if done:
            return redirect("inspections:programme", programme.pk)
    (shown,) = queries.shown([programme], now=timezone.now())
    context = {
        "programme": programme,
        "definition": definition,
        "shown": shown,
        "pool": POOL_WORDS.get(definition.who.pool, "") if definition else "",
        "form": form,
        "choices": common.checklists(definition.forms) if changes else [],
        "rounds": queries.rounds(programme)[:MOST],
        "visits": programme.visits.filter(round=None).order_by("-planned_on")[:MOST],
        "changes": changes,
        "end_form": ReasonForm(),
        "tab": "programmes",
    }
    return render(request, "inspections/planning/programme.html", context)


def _initial(programme: Programme, definition: ProgrammeDefinition | None) -> dict:
    if definition is None:
        return {}
    return {
        "title": programme.title,
        "ends_on": programme.ends_on,
        "each": definition.who.each,
        "months_apart": definition.who.months_apart,
        "at_once": definition.where.at_once,
        "window": definition.window,
        "notice": definition.notice,
        "auto": programme.settings.get("auto", opening.auto_by_default(definition)),
    }


def _settings(given: dict, forms: list[str], definition: ProgrammeDefinition) -> dict:
    """What the hospital set, as `ProgrammeDefinition.with_settings` reads it."""
    found = {
        "who": {"each": given["each"], "months_apart": given["months_apart"]},
        "at_once": given["at_once"],
        "window": given["window"],
        "notice": given["notice"],
        "auto": given["auto"],
    }
    return found | ({"forms": forms} if forms and not definition.forms_for else {})


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a programme with a reason."""
    programme = common.found_or_404(queries.programme(pk))
    common.attempt(
        request,
        lambda: actions.end_programme(
            programme, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
        ),
        _("已停用；已经安排的检查不受影响。"),
    )
    return redirect("inspections:programme", programme.pk)
