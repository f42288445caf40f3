"""The month's record-quality analysis as page and as Word; people add causes and next measures."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.records import analysis_word, charting_results, sheets_results
from zhikong.hospital.functions.records.actions.results import noting
from zhikong.hospital.functions.records.queries.results import in_force
from zhikong.hospital.functions.records.queries.results.analysis import Analysis, analysis
from zhikong.hospital.functions.records.queries.results.choosing import (
    Chosen,
    chosen,
    last_months,
    place_names,
)
from zhikong.hospital.functions.records.queries.results.screenings import screening_of
from zhikong.web import paper


def _found(asked: Chosen) -> Analysis | None:
    run = screening_of(asked.month)
    if run is None:
        return None
    known = in_force.all_rules(on=timezone.localdate())
    return analysis(run, known, place_names(), months=last_months(asked.month), department=asked.department)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest) -> HttpResponse:
    """The analysis; POST writes causes and next measures."""
    asked = chosen(request)
    if request.method == "POST":
        return _note(request, asked)
    found = _found(asked)
    spec = None
    if found and found.frequent:
        subtitle = f"{asked.place_name} · {asked.month}"
        spec = charting_results.pareto(found.frequent, total=found.defects, subtitle=subtitle)
    context = {
        "chosen": asked, "run": found.run if found else None, "found": found, "spec": spec,
        "stamp": charting_results.stamp(spec) if spec else "",
        "may_note": can(request.user, Permission.ANALYSE_MONTH, whole_hospital=True) and asked.department is None,
    }  # fmt: skip
    return render(request, "records/results/analysis.html", context)


def _note(request: HttpRequest, asked: Chosen) -> HttpResponse:
    if screening_of(asked.month) is None:
        raise Http404
    try:
        noting.note_month(
            by=request.user, now=timezone.now(), month=asked.month, causes=request.POST.get("causes", "")[:4000],
            measures=request.POST.get("measures", "")[:4000],
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已保存。"))
    return redirect(f"{reverse('records:analysis')}?{asked.query()}")


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def word(request: HttpRequest) -> HttpResponse:
    """The analysis as a Word file."""
    asked = chosen(request)
    found = _found(asked)
    if found is None:
        raise Http404
    made = analysis_word.make(found, institution=institution().name, place=asked.place_name)
    name = _("病历质量分析") + f"{asked.month}.docx"
    return sheets_results.response(made, name, paper.WORD)
