"""Deciding about a chart, with a reason; withdrawing a decision. Both stay in the history."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.forms_charts import DecisionForm
from zhikong.hospital.functions.indicators.models.charts import ChartDecision
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.selection import Selection, selection


@require_POST
@needs(Permission.ANALYSE_MONTH)
def decide(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """Record a decision about the chart of the place that the page shows (?department=)."""
    if indicator_id not in definitions():
        raise Http404
    chosen = selection(request, frame())
    form = DecisionForm(request.POST, notes_only=not can(request.user, Permission.MANAGE_TARGETS))
    if form.is_valid():
        _record(request, indicator_id, chosen, form.cleaned_data)
    else:
        said = [f"{form[name].label}：{' '.join(errors)}" for name, errors in form.errors.items()]
        messages.error(request, " ".join(said))
    return redirect(_page(indicator_id, chosen.place, chosen.month))


def _record(request: HttpRequest, indicator_id: str, chosen: Selection, said: dict) -> None:
    try:
        actions.decide_chart(
            by=request.user, now=timezone.now(), indicator_id=indicator_id, department_id=chosen.place, **said
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录，图和信号按这个决定重画。"))


@require_POST
@needs(Permission.ANALYSE_MONTH)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back with a reason."""
    decision = get_object_or_404(ChartDecision, pk=pk)
    try:
        actions.withdraw_decision(
            by=request.user, now=timezone.now(), decision=decision, reason=request.POST.get("reason", "")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤回，图和信号按其余的决定重画。"))
    return redirect(_page(decision.indicator_id, decision.department_id, request.POST.get("month", "")))


def _page(indicator_id: str, place: int | None, month: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in (("month", month), ("department", place)) if value})
    return f"{reverse('indicators:detail', args=[indicator_id])}?{query.urlencode()}#decisions"
