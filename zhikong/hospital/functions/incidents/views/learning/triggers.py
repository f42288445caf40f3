"""Candidates of unreported harm: the list of triggers, one trigger's candidates, what a reviewer says."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.gateway import published
from zhikong.hospital.functions.incidents.actions import reporting
from zhikong.hospital.functions.incidents.actions.learning import reviewing
from zhikong.hospital.functions.incidents.models.learning import TriggerReview
from zhikong.hospital.functions.incidents.queries.learning import triggers as queries
from zhikong.hospital.functions.incidents.queries.learning.readers import Reader, place_names, reader
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_learning_triggers import Yield
from zhikong.hospital.functions.incidents.views.learning.common import context_of

ON_A_PAGE = 20


def _month(request: HttpRequest, known: list[str]) -> str:
    asked = request.GET.get("month", "") or request.POST.get("month", "")
    return asked if asked in known else (known[0] if known else "")


def _reviewer(request: HttpRequest) -> Reader:
    """Candidates are for those who may open cases: the ward's analysts and the offices that handle them."""
    who = reader(request.user)
    if not who.whole and not who.places:
        raise PermissionDenied(_("病历线索由科室的分析人员和受理部门复核。"))
    return who


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every trigger with how many it finds, how many were looked at, and how often it was right."""
    who, known = _reviewer(request), queries.months()
    month = _month(request, known)
    lines = queries.lines(month, who) if month else []
    total = Yield(
        sum(one.month.candidates for one in lines), *(
            sum(getattr(one.month, part) for one in lines) for part in ("harm", "no_harm", "reported", "unknown")
        ),
    )  # fmt: skip
    context = context_of(
        request, None, "triggers", lines=lines, month=month, months=known, total=total, who=who,
        data_version=published(tables=["stays"]).data_version,
    )  # fmt: skip
    return render(request, "incidents/learning/triggers.html", context)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def page(request: HttpRequest, trigger: str) -> HttpResponse:
    """One trigger: what it means, whence it comes, its candidates."""
    who, one = _reviewer(request), queries.trigger(trigger)
    if one is None:
        raise Http404
    known = queries.months()
    month, reason, found = _month(request, known), "", []
    if month:
        try:
            found = queries.candidates(one, month, by=request.user, who=who)
        except queries.NotDelivered as error:
            reason = str(error)
    context = context_of(
        request, None, "triggers", trigger=one, month=month, months=known, reason=reason, total=len(found),
        page=Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")), verdicts=TriggerReview.Verdict.choices,
        names=_names(), category=categories.title(one.category), may_read=can(request.user, Permission.VIEW_RECORD_CHECKS),
        data_version=published(tables=["stays"]).data_version,
    )  # fmt: skip
    return render(request, "incidents/learning/trigger.html", context)


def _names() -> dict[str, str]:
    names = place_names()
    return {code: names.get(pk, code) for code, pk in queries.department_ids().items()}


@require_POST
@needs(Permission.LEARN_FROM_INCIDENTS)
def judge(request: HttpRequest, trigger: str, key: str) -> HttpResponse:
    """A verdict on one candidate; with 「report」 the page of a new report follows, with what is known filled in."""
    who, one, known = _reviewer(request), queries.trigger(trigger), queries.months()
    month = _month(request, known)
    if one is None or not month:
        raise Http404
    found = queries.candidates(one, month, by=request.user, who=who)
    candidate = next((each for each in found if each.key == key), None)
    if candidate is None:
        raise Http404
    try:
        reviewing.review(
            by=request.user, now=timezone.now(), trigger=one, candidate=candidate, month=month,
            verdict=request.POST.get("verdict", ""),
        )  # fmt: skip
        if "report" in request.POST:
            return redirect(_report(request, one, candidate))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    back = {"month": month, "page": request.POST.get("page", "") or "1"}
    return redirect(f"{reverse('incidents:learning_trigger', args=[one.id])}?{urlencode(back)}#candidates")


def _report(request: HttpRequest, one, candidate) -> str:
    """A report of one's own with what is known filled in: a sealed draft, so that no address and no log tells of it."""
    fields = {
        "what": _("复核病历线索“%(title)s”时发现：") % {"title": one.title}, "category": one.category,
        "department": candidate.department, "stay": candidate.stay,
        "occurred_on": f"{candidate.at:%Y-%m-%d}" if candidate.at else "",
    }  # fmt: skip
    draft = reporting.save_draft(by=request.user, now=timezone.now(), fields=fields)
    return f"{reverse('incidents:report')}?{urlencode({'draft': draft})}"
