"""Where an analysis begins: a full one with a team, a ward's own on one page, one over several like cases."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.hospital.functions.incidents import forms_analysis as forms
from zhikong.hospital.functions.incidents.actions.analysis import light as lights
from zhikong.hospital.functions.incidents.actions.analysis import opening
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.analysis import demanded, reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import hierarchy, policy
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.queries.reporting import categories, told
from zhikong.hospital.functions.incidents.rules_analysis import SHORTEST
from zhikong.hospital.functions.incidents.views.analysis.common import analysing, attempt, departments, now


def _incident(request: HttpRequest, code: str) -> Incident:
    found = scope.case(request.user, code)
    if found is None or not opening.may_open(request.user, found):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@analysing
def new(request: HttpRequest, code: str) -> HttpResponse:
    """The fork: a light case goes to the one page, unless a full analysis is wanted (?kind=rca) or demanded."""
    incident = _incident(request, code)
    wanted = request.GET.get("kind") or demanded(incident.level)
    if wanted != "rca":
        return redirect("incidents:analysis_light", code)
    people = reading.candidates()
    form = forms.OpenForm(
        request.POST or None, people=people, initial={"leader": request.user.pk, "title": _title(incident)}
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request, lambda: _open(request, [incident], "rca", form), _("已开始。先写时间线，再问为什么。")
        )
        if made:
            return redirect("incidents:analysis_tab", made.code, "timeline")
    context = {
        "form": form,
        "incident": incident,
        "policy": policy(),
        "told": told(incident),
        "section": "analyses",
    }
    return render(request, "incidents/analysis/new.html", context)


def _title(incident: Incident) -> str:
    return categories.title(incident.category) if incident.category else ""


def _open(request: HttpRequest, incidents, kind: str, form) -> Analysis:
    values = form.cleaned_data
    return opening.open_analysis(
        by=request.user, now=now(), incidents=incidents, kind=kind, title=values["title"], leader=values["leader"],
        members=reading.users(values["members"]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@analysing
def light(request: HttpRequest, code: str) -> HttpResponse:
    """The ward's own page: five whys from the event down, who has understood, one measure, done."""
    incident = _incident(request, code)
    form = forms.LightForm(request.POST or None, departments=departments(), initial=_proposed(incident))
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request, lambda: lights.analyse(by=request.user, now=now(), incident=incident, told=_told(form)),
            _("分析已完成。措施到期后还要测量效果。"),
        )  # fmt: skip
        if made:
            return redirect("incidents:analysis", made.code)
    context = {
        "form": form,
        "incident": incident,
        "told": told(incident),
        "hierarchy": hierarchy(),
        "section": "analyses",
    }
    return render(request, "incidents/analysis/light.html", context)


def _proposed(incident: Incident) -> dict:
    return {"title": _title(incident), "department_id": incident.department_id, "owner_post": "head_nurse"}


def _told(form: forms.LightForm) -> lights.Light:
    values = form.cleaned_data
    persons = [(values["group"], values["own_words"])] if values["group"] else []
    return lights.Light(
        title=values["title"], summary=values["summary"], whys=[values[f"why{n}"] for n in range(1, 6)],
        factor=values["factor"], evidence=values["evidence"], conclusion=values["conclusion"], persons=persons,
        nobody_reason=values["nobody_reason"], measure=form.measure(), no_measure=values["no_measure"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@analysing
def merge(request: HttpRequest) -> HttpResponse:
    """Several like cases in one analysis: choose a category, tick the cases."""
    rows = [
        one
        for one in scope.visible(request.user).order_by("-occurred_on")
        if opening.may_open(request.user, one)
    ]
    category = request.GET.get("category", "")
    shown = [one for one in rows if not category or one.category == category][:60]
    form = forms.OpenForm(
        request.POST or None, people=reading.candidates(), initial={"leader": request.user.pk}
    )
    if request.method == "POST":
        chosen = [one for one in rows if one.code in request.POST.getlist("incident")]
        if len(chosen) < 2:
            messages.error(request, _("请至少选择两件同类的事件。"))
        elif form.is_valid():
            made = attempt(request, lambda: _open(request, chosen, "aggregated", form), _("已开始合并分析。"))
            if made:
                return redirect("incidents:analysis", made.code)
    context = {
        "form": form, "rows": [(one, categories.title(one.category)) for one in shown], "category": category,
        "titles": sorted({(one.category, categories.title(one.category)) for one in rows if one.category}),
        "least": SHORTEST, "today": timezone.localdate(), "section": "analyses",
    }  # fmt: skip
    return render(request, "incidents/analysis/merge.html", context)
