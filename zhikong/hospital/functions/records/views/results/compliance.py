"""Compliance: rules × departments, departments and writers over the months, core systems, stages of care."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.records import charting_results, facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.queries.results import compliance, defects, in_force, systems, trends
from zhikong.hospital.functions.records.queries.results.choosing import (
    Chosen,
    chosen,
    last_months,
    place_names,
)
from zhikong.hospital.functions.records.queries.results.screenings import screening_of
from zhikong.web.charts import render as draw
from zhikong.web.charts.theme import THEMES

FILTERS = ("stage", "system", "aspect", "kind")


def _known() -> dict[str, Any]:
    return in_force.all_rules(on=timezone.localdate())


def _codes(asked: Chosen, counts) -> list[str]:
    """Departments across: those of the scope that have records judged in the month, in the house's order."""
    present = {code for (code,) in counts}
    ordered = [place.code for place in asked.places if place.code in present]
    return [*ordered, *sorted(present - set(ordered))]


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def matrix(request: HttpRequest) -> HttpResponse:
    """Rules × departments of a month; each cell leads to its records."""
    asked, known = chosen(request), _known()
    filters = defects.Filters.of({name: request.GET.get(name, "") for name in FILTERS})
    counts = (
        compliance.tallies("place", months=[asked.month], department=asked.department) if asked.month else {}
    )
    codes = _codes(asked, counts)
    lines = trends.matrix(known, codes, month=asked.month, rules=filters.rules(known)) if asked.month else []
    names = place_names()
    context = {
        "chosen": asked, "filters": filters, "lines": lines, "run": screening_of(asked.month),
        "across": [(code, names.get(code, code), counts[code,]) for code in codes],
        "stages": list(facets.STAGES.items()), "aspects": list(facets.ASPECTS.items()),
        "kinds": list(facets.KINDS.items()), "systems": sorted(systems.system_names().items()),
    }  # fmt: skip
    return render(request, "records/results/matrix.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def places(request: HttpRequest) -> HttpResponse:
    """Departments over the months, and the most frequent defects."""
    asked, known = chosen(request), _known()
    months = last_months(asked.month) if asked.month else []
    lines = (
        trends.places(known, place_names(), month=asked.month, months=months, department=asked.department)
        if months
        else []
    )
    frequent, total = (
        trends.most_frequent(known, month=asked.month, department=asked.department) if months else ([], 0)
    )
    whole = facets.total(line.all for line in lines)
    spec = _pareto_spec(asked, frequent, total)
    context = {
        "chosen": asked, "lines": lines, "frequent": frequent, "total": total, "run": screening_of(asked.month),
        "whole": whole, "on_time": facets.total(line.on_time for line in lines),
        "spec": spec, "stamp": charting_results.stamp(spec) if spec else "",
        "may_writers": can(request.user, Permission.VIEW_CASES),
    }  # fmt: skip
    return render(request, "records/results/trends.html", context)


def _pareto_spec(asked: Chosen, frequent, total: int, theme: str = "light") -> dict | None:
    if not frequent:
        return None
    subtitle = f"{asked.place_name} · {asked.month}"
    return charting_results.pareto(frequent, total=total, subtitle=subtitle, theme=theme)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def pareto_picture(request: HttpRequest) -> HttpResponse:
    """The Pareto chart as SVG: ?theme=light|dark. Kept by the browser: its address changes with its content."""
    asked = chosen(request)
    theme = request.GET.get("theme", "light")
    frequent, total = (
        trends.most_frequent(_known(), month=asked.month, department=asked.department)
        if asked.month
        else ([], 0)
    )
    spec = _pareto_spec(asked, frequent, total, theme) if theme in THEMES else None
    if spec is None:
        raise Http404
    answer = HttpResponse(draw(spec), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
@needs(Permission.VIEW_CASES)
def writers(request: HttpRequest) -> HttpResponse:
    """Writers by on-time rate and defects: staff numbers of departments in the scope (REC-34)."""
    asked, known = chosen(request), _known()
    months = last_months(asked.month, 6) if asked.month else []
    found = (
        compliance.writers(months=months, department=asked.department, clock=trends.clock_rules(known))
        if months
        else []
    )
    shown = [
        (line, [line.by_month.get(month, Tally()).rate for month in months], [place_names().get(c, c) for c in line.places],
         line.by_month.get(asked.month, Tally()))
        for line in found
    ]  # fmt: skip
    context = {"chosen": asked, "lines": shown[:200], "count": len(shown), "months": months}
    return render(request, "records/results/writers.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def core_systems(request: HttpRequest) -> HttpResponse:
    """Core systems: compliance by department, points that rules check, points that only people can check."""
    asked, known = chosen(request), _known()
    every = systems.sets()
    one = next((x for x in every if x.id == request.GET.get("set")), every[0] if every else None)
    months = last_months(asked.month, 6) if asked.month else []
    lines = systems.lines(one.systems, known, month=asked.month, months=months) if one else []
    counts = compliance.tallies("place", months=[asked.month]) if asked.month else {}
    names, codes = place_names(), _codes(asked, counts)
    context = {
        "chosen": asked, "sets": every, "set": one, "run": screening_of(asked.month),
        "mark": facets.MARKS.get(str(one.source.mark), one.source.mark) if one else "",
        "lines": [
            (line, [line.by_month.get(month, Tally()).rate for month in months],
             [(code, line.by_place.get(code, Tally())) for code in codes])
            for line in lines
        ],
        "across": [(code, names.get(code, code)) for code in codes],
    }  # fmt: skip
    return render(request, "records/results/systems.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def core_system(request: HttpRequest, system: str) -> HttpResponse:
    """One core system: its checkable points with rules and counts, by department and month."""
    asked, known = chosen(request), _known()
    found = [(one, own) for one in systems.sets() for own in one.systems if own.id == system]
    if not found:
        raise Http404
    one, own = found[0]
    months = last_months(asked.month) if asked.month else []
    (line,) = systems.lines([own], known, month=asked.month, months=months)
    counts = (
        {
            key: tally
            for (key,), tally in compliance.tallies(
                "rule", months=[asked.month], department=asked.department
            ).items()
        }
        if asked.month
        else {}
    )
    pointed = {rule for point in own.points for rule in point.rules}
    context = {
        "chosen": asked, "set": one, "sets": [x for x, _o in found], "system": own, "line": line,
        "points": [(point, [(known.get(key), key, counts.get(key, Tally())) for key in point.rules]) for point in own.points],
        "others": [(known[key], key, counts.get(key, Tally())) for key in line.rules if key not in pointed],
        "months": [(month, line.by_month.get(month, Tally())) for month in reversed(months)],
        "places": sorted(((code, place_names().get(code, code), tally) for code, tally in line.by_place.items() if tally.judged),
                         key=lambda x: (x[2].rate, x[1])),
    }  # fmt: skip
    return render(request, "records/results/system.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def stages(request: HttpRequest) -> HttpResponse:
    """Coverage: from seeing a doctor to care after discharge, which stages and aspects rules look at (CLN-17)."""
    asked, known = chosen(request), _known()
    active = in_force.active_ids(on=timezone.localdate())
    counts = (
        {
            key: tally
            for (key,), tally in compliance.tallies(
                "rule", months=[asked.month], department=asked.department
            ).items()
        }
        if asked.month
        else {}
    )
    rows = []
    for code, word in facets.STAGES.items():
        own = [key for key, rule in known.items() if facets.stage_of(rule) == code]
        cells = [
            (aspect, sum(facets.aspect_of(known[key]) == aspect for key in own)) for aspect in facets.ASPECTS
        ]
        rows.append(
            {
                "code": code, "word": word, "rules": len(own), "active": sum(key in active for key in own),
                "cells": cells, "tally": facets.total(counts.get(key, Tally()) for key in own),
            }
        )  # fmt: skip
    nowhere = [rule for rule in known.values() if not facets.stage_of(rule)]
    context = {"chosen": asked, "rows": rows, "aspects": list(facets.ASPECTS.items()), "nowhere": nowhere,
               "bare": [row["word"] for row in rows if not row["active"]], "title": _("规则覆盖")}  # fmt: skip
    return render(request, "records/results/stages.html", context)
