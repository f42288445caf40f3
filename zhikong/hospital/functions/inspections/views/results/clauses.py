"""Clauses: the list, and one clause with its chart, its departments, its findings and the rows behind."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.engine.stats.effect import Verdict
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.gateway import published
from zhikong.foundation.facts.inspected import TABLE
from zhikong.hospital.functions.inspections import charting_results as charting
from zhikong.hospital.functions.inspections import clause_indicators
from zhikong.hospital.functions.inspections.actions.results import watching
from zhikong.hospital.functions.inspections.control_results import control, expected_by_chance
from zhikong.hospital.functions.inspections.queries.results import clauses as queries
from zhikong.hospital.functions.inspections.queries.results import repeating
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen, chosen, place_names
from zhikong.hospital.functions.inspections.queries.results.forms import clause, known_forms
from zhikong.hospital.functions.inspections.rules_results import Count
from zhikong.hospital.functions.inspections.views.results.overview import context_of, picture
from zhikong.web.charts.theme import THEMES

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
ON_A_PAGE = 30


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every clause that was looked at, the one with most failures first."""
    asked = chosen(request)
    stage = request.GET.get("stage", "")
    found = queries.lines(asked, stage=stage if stage in ("running", "terminal") else "")
    text = request.GET.get("q", "").strip()[:40]
    if text:
        found = [line for line in found if text in line.clause.text or text in line.clause.key]
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = context_of(request, asked, "clauses", page=page, total=len(found), stage=stage, text=text)
    return render(request, "inspections/results/clauses.html", context)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def page(request: HttpRequest, form_id: str, item: str) -> HttpResponse:
    """One clause: chart, months, departments, findings, rows, and the definition that counts it."""
    asked, said = chosen(request), clause(form_id, item)
    series = queries.series(form_id=form_id, item=item, months=asked.months, department=asked.department)
    if not any(series) and said.text == item:
        raise Http404
    since = _since(request, asked)
    drawn = control(asked.months, series, since=since)
    spec = _spec(drawn, said, asked)
    rows = queries.answers(
        form_id=form_id, item=item, first=asked.first_day, last=asked.last_day, department=asked.department,
        wrong=request.GET.get("all") != "1",
    )  # fmt: skip
    context = context_of(
        request, asked, "clauses", clause=said, drawn=drawn, since=since, spec=spec,
        stamp=charting.stamp(spec) if spec else "", finding=charting.finding(drawn) if drawn else "",
        months=list(zip(asked.months, series, strict=True)), total=_total(series),
        places=_places(form_id, item, asked, since), findings=repeating.findings_of_clause(
            clause_key=said.key, department=asked.department
        ),
        rows=Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")), all=request.GET.get("all") == "1",
        unpublished=queries.unpublished(), **_indicator(request, form_id, item),
    )  # fmt: skip
    return render(request, "inspections/results/clause.html", context)


def _since(request: HttpRequest, asked: Chosen) -> str:
    since = request.GET.get("since", "")
    return since if MONTH.fullmatch(since) and since in asked.months[1:] else ""


def _total(series) -> Count:
    known = [one for one in series if one]
    return Count(sum(one.conforming for one in known), sum(one.applicable for one in known))


def _spec(drawn, said, asked: Chosen, theme: str = "light") -> dict | None:
    if drawn is None:
        return None
    subtitle = f"{asked.place_name} · {asked.first} — {asked.last} · {said.text[:40]}"
    return charting.clause_chart(drawn, title=charting.finding(drawn), subtitle=subtitle, theme=theme)


def _places(form_id: str, item: str, asked: Chosen, since: str) -> dict:
    """Each department's own count; with a measure's month, whose level changed, and how many chance alone would give."""
    names = place_names()
    found = queries.changed_since(form_id=form_id, item=item, months=asked.months, since=since)
    if asked.department:
        found = [one for one in found if one.department == asked.department]
    lines = sorted(found, key=lambda one: (one.count.rate is None, one.count.rate or 0))
    judged = [one for one in found if one.control and one.control.verdict]
    improved = [one for one in judged if one.control.verdict.verdict is Verdict.IMPROVED]
    known = [one for one in judged if one.control.verdict.verdict is not Verdict.NOT_ENOUGH_DATA]
    return {
        "lines": [(one, names.get(one.department, ""), one in improved) for one in lines],
        "judged": len(known), "improved": len(improved), "by_chance": expected_by_chance(len(known)),
    }  # fmt: skip


def _indicator(request: HttpRequest, form_id: str, item: str) -> dict:
    """The definition that counts the clause, and whether it is watched as an indicator already."""
    form = known_forms().get(form_id)
    if form is None or form.item(item) is None:
        return {"definition": None}
    definition = clause_indicators.clause_definition(form, item)
    return {
        "definition": definition, "form_version": form.version,
        "watched": watching.watched(definition.id), "may_watch": can(request.user, Permission.EDIT_DEFINITIONS),
        "data_version": published(tables=[TABLE]).data_version,
    }  # fmt: skip


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def clause_picture(request: HttpRequest, form_id: str, item: str) -> HttpResponse:
    """The control chart as SVG: ?theme=light|dark."""
    asked, theme = chosen(request), request.GET.get("theme", "light")
    series = queries.series(form_id=form_id, item=item, months=asked.months, department=asked.department)
    drawn = control(asked.months, series, since=_since(request, asked))
    return picture(_spec(drawn, clause(form_id, item), asked, theme) if theme in THEMES else None)


@require_POST
@needs(Permission.EDIT_DEFINITIONS)
def watch(request: HttpRequest, form_id: str, item: str) -> HttpResponse:
    """Make the clause an indicator of the library: a draft that a second person reviews."""
    try:
        version = watching.watch(form_id, item, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("inspections:clause", form_id, item)
    messages.success(request, _("已写成指标草稿，复核发布后进入指标监测。"))
    return redirect("packstore:definition", version.kind, version.definition_id)
