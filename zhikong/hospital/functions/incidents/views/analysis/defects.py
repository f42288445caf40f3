"""The department's register of defects: written by anybody there, naming nobody; analysed by its leaders."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.incidents import forms_analysis_wards as forms
from zhikong.hospital.functions.incidents.actions.analysis import defects as actions
from zhikong.hospital.functions.incidents.queries.analysis import defects as queries
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy
from zhikong.hospital.functions.incidents.views.analysis.common import attempt, departments, found_or_404, now


def _own(request: HttpRequest) -> list[tuple[int, str]]:
    """The departments whose register somebody opens: those he works in, never all of a hospital."""
    reached = {pk for grant in request.user.grants() for pk in grant.departments or ()}
    return [one for one in departments(request.user, Permission.LEARN_FROM_INCIDENTS) if one[0] in reached]


def _chosen(request: HttpRequest, places: list[tuple[int, str]]) -> tuple[int, str] | None:
    asked = request.GET.get("department", "") or request.POST.get("department_id", "")
    return next((one for one in places if str(one[0]) == asked), places[0] if places else None)


def _period(request: HttpRequest) -> str:
    asked = request.GET.get("period", "") or request.POST.get("period", "")
    try:
        queries.period_of(asked)
    except ValidationError:
        return timezone.localdate().strftime("%Y-%m")
    return asked


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def listed(request: HttpRequest) -> HttpResponse:
    """The register of a month or quarter with its counts; for offices, who has not analysed last month."""
    places, today = _own(request), timezone.localdate()
    period, place = _period(request), _chosen(request, places)
    context = {"places": places, "place": place, "period": period, "quarter": f"{today.year}-Q{(today.month + 2) // 3}", "section": "defects", "kinds": dict(policy().defect_kinds)}  # fmt: skip
    if place:
        context |= {
            "rows": queries.defects(department_id=place[0], period=period)[:200], "counts": queries.counts(place[0], period),
            "reviews": queries.reviews(place[0])[:12], "leads": can(request.user, Permission.ANALYSE_INCIDENTS, place[0]),
        }  # fmt: skip
    else:
        clinical = departments()
        context |= {"missing": queries.missing_reviews(departments=clinical, today=today)}
    return render(request, "incidents/analysis/defects.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.LEARN_FROM_INCIDENTS)
def new(request: HttpRequest) -> HttpResponse:
    """Write one down."""
    places = _own(request)
    if not places:
        messages.info(request, _("缺陷登记是科室自己的本子，请由科室的人登记。"))
        return redirect("incidents:defects")
    form = forms.DefectForm(request.POST or None, departments=places, initial={"department_id": places[0][0]})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made = attempt(
            request,
            lambda: actions.register(by=request.user, now=now(), **told),
            _("已登记。没有记录是谁写的。"),
        )
        if made:
            return redirect("incidents:defects")
    return render(request, "incidents/analysis/defect_new.html", {"form": form, "section": "defects"})


@require_http_methods(["GET", "POST"])
@needs(Permission.ANALYSE_INCIDENTS)
def review(request: HttpRequest) -> HttpResponse:
    """The analysis of a month or quarter, with the counts beside it."""
    place, period = _chosen(request, _own(request)), _period(request)
    if place is None:
        raise Http404
    form = forms.ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {"department_id": place[0], "period": period, **form.cleaned_data}
        if attempt(request, lambda: actions.review(by=request.user, now=now(), **told), _("已保存分析。")):
            return redirect("incidents:defects")
    context = {
        "form": form, "place": place, "period": period, "counts": queries.counts(place[0], period), "section": "defects",
        "last": queries.reviews(place[0]).first(),
    }  # fmt: skip
    return render(request, "incidents/analysis/defect_review.html", context)


@needs(Permission.ANALYSE_INCIDENTS)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done about one."""
    row = found_or_404(queries.defect(pk))
    attempt(
        request,
        lambda: actions.settle(row, by=request.user, now=now(), measure=request.POST.get("measure", "")),
        _("已保存。"),
    )
    return redirect("incidents:defects")
