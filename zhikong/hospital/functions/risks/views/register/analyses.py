"""Worksheets of failure modes and effects."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.risks import forms, rules_scale
from zhikong.hospital.functions.risks.actions.register import analysing
from zhikong.hospital.functions.risks.models.register import FailureAnalysis, FailureMode
from zhikong.hospital.functions.risks.queries.register import people
from zhikong.hospital.functions.risks.queries.register import risks as queries
from zhikong.hospital.functions.risks.queries.register.scale import scale
from zhikong.hospital.functions.risks.views.common import (
    attempt,
    departments_for,
    first_error,
    found_or_404,
    with_scale,
)


@require_GET
@needs(Permission.VIEW_RISKS)
@with_scale
def listed(request: HttpRequest) -> HttpResponse:
    """The worksheets in scope."""
    context = {
        "analyses": queries.analyses()[:100],
        "may_write": can(request.user, Permission.MANAGE_RISKS),
        "tab": "fmea",
    }
    return render(request, "risks/register/analyses.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_RISKS)
@with_scale
def new(request: HttpRequest) -> HttpResponse:
    """Open a worksheet."""
    form = forms.AnalysisForm(
        request.POST or None,
        departments=departments_for(request.user, Permission.MANAGE_RISKS),
        whole=can(request.user, Permission.MANAGE_RISKS, whole_hospital=True),
        people=people.owners(),
        initial={"leader": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: analysing.open_analysis(by=request.user, now=timezone.now(), **form.cleaned_data),
            _("已建立，请逐步写出会怎样失效。"),
        )
        if made:
            return redirect("risks:analysis", made.pk)
    return render(request, "risks/register/analysis_form.html", {"form": form, "tab": "fmea"})


@require_GET
@needs(Permission.VIEW_RISKS)
@with_scale
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A worksheet with the gravest rows marked; ?row= opens one for editing."""
    analysis = found_or_404(queries.analysis(pk))
    rows = [_judged(row) for row in analysis.modes.select_related("responsible", "risk")]
    asked = request.GET.get("row", "")
    chosen = next((row["mode"] for row in rows if str(row["mode"].pk) == asked), None)
    may_write = can(
        request.user,
        Permission.MANAGE_RISKS,
        analysis.department_id,
        whole_hospital=analysis.department_id is None,
    )
    context = {
        "analysis": analysis,
        "rows": rows,
        "scale": scale(),
        "chosen": chosen,
        "form": _form(analysis, chosen),
        "may_write": may_write and analysis.closed_at is None,
        "may_risk": may_write,
        "categories": scale().categories,
        "tab": "fmea",
    }
    return render(request, "risks/register/analysis.html", context)


def _judged(row: FailureMode) -> dict:
    return {
        "mode": row,
        "rpn": rules_scale.rpn(row.severity, row.occurrence, row.detection),
        "grave": rules_scale.needs_measure(scale(), row.severity, row.occurrence, row.detection),
        "after": rules_scale.rpn(row.severity_after, row.occurrence_after, row.detection_after),
    }


def _form(analysis: FailureAnalysis, chosen: FailureMode | None, data=None) -> forms.ModeForm:
    initial = {name: getattr(chosen, name) for name in analysing.FIELDS} if chosen else {}
    if chosen:
        initial["responsible"] = chosen.responsible_id
    return forms.ModeForm(data, people=people.doers(analysis.department_id), initial=initial)


@require_POST
@needs(Permission.MANAGE_RISKS)
@with_scale
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """save, remove, risk (write a row into the register) or close."""
    analysis = found_or_404(queries.analysis(pk))
    asked = request.POST.get("row", "")
    mode = analysis.modes.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None
    do = found_or_404(ACTS.get(act))
    return do(request, analysis, mode) or redirect("risks:analysis", pk)


def _save(request: HttpRequest, analysis: FailureAnalysis, mode: FailureMode | None):
    form = _form(analysis, mode, request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return None
    attempt(
        request,
        lambda: analysing.save_mode(
            analysis, by=request.user, now=timezone.now(), values=form.cleaned_data, mode=mode
        ),
        _("已保存。"),
    )
    return None


def _remove(request: HttpRequest, analysis: FailureAnalysis, mode: FailureMode | None):
    mode = found_or_404(mode)
    attempt(request, lambda: analysing.remove_mode(mode, by=request.user, now=timezone.now()), _("已删除。"))


def _risk(request: HttpRequest, analysis: FailureAnalysis, mode: FailureMode | None):
    mode = found_or_404(mode)
    made = attempt(
        request,
        lambda: analysing.write_from_mode(
            mode,
            by=request.user,
            now=timezone.now(),
            category=request.POST.get("category", ""),
            owner=request.user,
        ),
        _("已登记到风险登记册，请评估可能性和严重性。"),
    )
    return redirect("risks:risk", made.pk) if made else None


def _close(request: HttpRequest, analysis: FailureAnalysis, mode: FailureMode | None):
    attempt(
        request,
        lambda: analysing.close_analysis(analysis, by=request.user, now=timezone.now()),
        _("分析已完成。"),
    )


ACTS = {"save": _save, "remove": _remove, "risk": _risk, "close": _close}
