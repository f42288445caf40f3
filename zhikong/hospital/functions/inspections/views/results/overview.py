"""Departments, heat map, clauses that come back, inspectors, and all of it as a workbook."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.inspections import charting_results as charting
from zhikong.hospital.functions.inspections import sheets_results
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.permissions_results import may_compare_inspectors
from zhikong.hospital.functions.inspections.queries.results import clauses, inspectors, places, repeating
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen, chosen, place_names
from zhikong.hospital.functions.inspections.queries.results.counts import counts, rows
from zhikong.hospital.functions.inspections.queries.results.forms import form_title
from zhikong.hospital.functions.inspections.rules_results import Count
from zhikong.web.charts import render as draw
from zhikong.web.charts.theme import THEMES

MOST_ROWS = 20_000  # of the workbook's last page


def forms_seen(asked: Chosen) -> list[tuple[str, str]]:
    """Checklists with answers in scope, by title."""
    seen = InspectionAnswer.objects.order_by().values_list("form_id", flat=True).distinct()
    return sorted(((form_id, form_title(form_id)) for form_id in seen), key=lambda one: one[1])


def context_of(request: HttpRequest, asked: Chosen, tab: str, **more) -> dict:
    """What every page of results has."""
    return {
        "chosen": asked, "tab": tab, "forms": forms_seen(asked), "spans": (1, 3, 6, 12),
        "may_see_inspectors": may_compare_inspectors(request.user), **more,
    }  # fmt: skip


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def overview(request: HttpRequest) -> HttpResponse:
    """Departments with intervals; who differs from what chance makes."""
    asked = chosen(request)
    lines, drawn = places.league(asked)
    spec = _league_spec(lines, drawn, asked)
    found = rows(
        first=asked.first_day, last=asked.last_day, form_id=asked.form_id, department=asked.department
    )
    stages = {key[0]: count for key, count in counts(found.filter(answer__in=("yes", "no")), "stage").items()}
    context = context_of(
        request, asked, "overview", lines=lines, spec=spec, stamp=charting.stamp(spec) if spec else "",
        drawn=drawn, whole=counts(found.filter(answer__in=("yes", "no")))[()],
        running=stages.get("running", Count()), terminal=stages.get("terminal", Count()),
        visits=found.order_by().values("visit_id").distinct().count(),
        outside=[one for one in lines if one.verdict in ("below", "above")],
    )  # fmt: skip
    return render(request, "inspections/results/overview.html", context)


def _league_spec(lines, drawn, asked: Chosen, theme: str = "light") -> dict | None:
    if drawn is None:
        return None
    ordered = sorted(lines, key=lambda one: one.department)
    outside = [one.name for one in lines if one.verdict in ("below", "above")]
    title = (
        _("%(n)d 个科室与全院的差别超出随机波动") % {"n": len(outside)}
        if outside
        else _("各科室的差别在随机波动之内")
    )
    subtitle = f"{asked.place_name} · {asked.first} — {asked.last}"
    return charting.league_chart(
        drawn, [one.name for one in ordered], title=title, subtitle=subtitle, theme=theme
    )


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def league_picture(request: HttpRequest) -> HttpResponse:
    """The funnel as SVG: ?theme=light|dark. Kept by the browser: its address changes with its content."""
    asked, theme = chosen(request), request.GET.get("theme", "light")
    lines, drawn = places.league(asked)
    spec = _league_spec(lines, drawn, asked, theme) if theme in THEMES else None
    return picture(spec)


def picture(spec: dict | None) -> HttpResponse:
    """A drawn chart, or 404 when there is nothing to draw."""
    if spec is None:
        raise Http404
    answer = HttpResponse(draw(spec), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def heat(request: HttpRequest) -> HttpResponse:
    """Checklists (or the parts of one) × departments."""
    asked = chosen(request, span=3)
    across = places.departments_seen(asked)
    names = place_names()
    context = context_of(
        request,
        asked,
        "heat",
        lines=places.heat(asked, across),
        across=[(one, names.get(one, "")) for one in across],
    )
    return render(request, "inspections/results/heat.html", context)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def offenders(request: HttpRequest) -> HttpResponse:
    """What was put right and came back."""
    asked = chosen(request)
    found = repeating.offenders(until=asked.last_day, department=asked.department, form_id=asked.form_id)
    return render(
        request, "inspections/results/offenders.html", context_of(request, asked, "offenders", lines=found)
    )


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def inspectors_page(request: HttpRequest) -> HttpResponse:
    """Whether inspectors measure alike; a hint, no judgement."""
    if not may_compare_inspectors(request.user):
        raise PermissionDenied(_("检查尺度由牵头检查的职能部门查看。"))
    asked = chosen(request)
    context = context_of(
        request, asked, "inspectors", lines=inspectors.inspectors(asked), fewest=inspectors.FEWEST_VISITS
    )
    return render(request, "inspections/results/inspectors.html", context)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def export(request: HttpRequest) -> HttpResponse:
    """Departments, clauses and answers as Excel."""
    asked = chosen(request)
    lines, _drawn = places.league(asked)
    found = (
        rows(first=asked.first_day, last=asked.last_day, form_id=asked.form_id, department=asked.department)
        .select_related("visit", "sheet")
        .order_by("inspected_on", "pk")
    )
    answers = list(found[:MOST_ROWS])
    log_read(by=request.user, subject="inspections.answers", purpose=_("导出检查结果"), count=len(answers))
    content = sheets_results.workbook(asked, lines, clauses.lines(asked), answers)
    return sheets_results.response(content, f"检查结果 {asked.place_name} {asked.first}-{asked.last}.xlsx")
