"""The month's close: what was missed, who explained it, what still blocks, and closing itself (job 10)."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.forms import AnalysisForm, ReasonForm
from zhikong.hospital.functions.indicators.models import MonthClose, MonthRevision
from zhikong.hospital.functions.indicators.queries.closing import Checklist, blocking, followed, month_close
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.revisions import causes, open_revision, revised_values


@needs(Permission.VIEW_INDICATORS)
def months(request: HttpRequest) -> HttpResponse:
    """All months with figures, newest first, and their state."""
    shown = frame()
    known = {row.month: row for row in MonthClose.objects.select_related("closed_by")}
    span = calendar.span(shown.current.first_month, shown.current.last_month) if shown.current else []
    running = calendar.month_of(timezone.localdate())
    rows = [(month, known.get(month), month >= running) for month in reversed(span)]
    return render(request, "indicators/months.html", {"rows": rows})


@needs(Permission.VIEW_INDICATORS)
def month(request: HttpRequest, month: str) -> HttpResponse:
    return _page(request, month)


@require_POST
@needs(Permission.ANALYSE_MONTH)
def analyse(request: HttpRequest, month: str) -> HttpResponse:
    checklist = _checklist(month)
    form = AnalysisForm(request.POST, items=_own(request, checklist))
    if not form.is_valid():
        return _page(request, month, checklist=checklist, form=form)
    said = form.cleaned_data
    try:
        actions.analyse_month(
            by=request.user,
            now=timezone.now(),
            month=month,
            misses=form.chosen(),
            cause=said["cause"],
            measure=said["measure"],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, month, checklist=checklist, form=form)
    messages.success(request, _("已记录 %(n)s 项未达标的分析和措施。") % {"n": len(said["misses"])})
    return redirect("indicators:month", month)


@require_POST
@needs(Permission.CLOSE_MONTH)
def close(request: HttpRequest, month: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    act = {"by": request.user, "now": timezone.now(), "month": month, "override_reason": reason}
    return _act(request, month, actions.close_month, act, _("已结账。这个月的数值不再变化。"))


@require_POST
@needs(Permission.OVERRIDE_MONTH_CLOSE)
def reopen(request: HttpRequest, month: str) -> HttpResponse:
    act = {
        "by": request.user,
        "now": timezone.now(),
        "month": month,
        "reason": request.POST.get("reason", ""),
    }
    return _act(request, month, actions.reopen_month, act, _("已重新打开。"))


@require_POST
@needs(Permission.OVERRIDE_MONTH_CLOSE)
def revise(request: HttpRequest, month: str) -> HttpResponse:
    revision = get_object_or_404(MonthRevision, month=month, pk=request.POST.get("revision") or 0)
    act = {
        "by": request.user,
        "now": timezone.now(),
        "revision": revision,
        "reason": request.POST.get("reason", ""),
    }
    return _act(request, month, actions.accept_revision, act, _("已采用修订，本月显示新的数值。"))


def _act(request: HttpRequest, month: str, action, arguments: dict, done: str) -> HttpResponse:
    try:
        action(**arguments)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("indicators:month", month)


def _checklist(month: str) -> Checklist:
    if not calendar.is_month(month):
        raise Http404
    return actions.state_of(month)


def _own(request: HttpRequest, checklist: Checklist) -> list:
    """The open misses that the reader may explain."""
    return [item for item in checklist.open_items if actions.may_analyse(request.user, item.line.place)]


def _page(request, month: str, *, checklist: Checklist | None = None, form=None) -> HttpResponse:
    checklist = checklist or _checklist(month)
    state = month_close(month)
    closed = state is not None and state.state == MonthClose.State.CLOSED
    own = [] if closed else _own(request, checklist)
    blocked = blocking(checklist)
    status = 422 if form is not None and form.errors else 200
    revision = open_revision(month) if closed else None
    context = {
        "month": month,
        "checklist": checklist,
        "revision": revision,
        "revised": revised_values(revision),
        "revision_causes": causes(revision) if revision else "",
        "revision_form": ReasonForm(auto_id="revision_%s"),
        "form": form or AnalysisForm(items=own, initial={"misses": _ticked(request, own)}),
        "own": {item.key for item in own},
        "groups": _groups(own),
        "ticked": set((form.data.getlist("misses") if form else None) or _ticked(request, own)),
        "state": state,
        "closed": closed,
        "blocked": blocked,
        "followed": followed(checklist),
        "over": month < calendar.month_of(timezone.localdate()),
        "names": names(on=calendar.first_day(calendar.shifted(month, 1))),
        "before": calendar.shifted(month, -1),
        "after": calendar.shifted(month, 1),
        "reason_form": ReasonForm(),
        "may_close": can(request.user, Permission.CLOSE_MONTH),
        "may_override": can(request.user, Permission.OVERRIDE_MONTH_CLOSE),
        "whole_hospital": current_scope().whole_hospital,
    }
    return render(request, "indicators/month.html", context, status=status)


def _ticked(request: HttpRequest, own: list) -> list[str]:
    """A link may come with misses already ticked: ?tick=average_length_of_stay@ or all of ?indicator=…"""
    keys, indicator = set(request.GET.getlist("tick")), request.GET.get("indicator")
    return [item.key for item in own if item.key in keys or item.line.definition.id == indicator]


def _groups(own: list) -> list[tuple[str, str, int]]:
    """(indicator, its name, number of misses) where several wait for the same explanation."""
    names = {item.line.definition.id: item.line.name for item in own}
    counted = Counter(item.line.definition.id for item in own)
    return [(indicator, names[indicator], n) for indicator, n in counted.most_common() if n > 1]
