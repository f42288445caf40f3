"""Deciding about control charts: a phase, a frozen baseline, excluded months, the type, a note (IND-52).

A decision holds for one chart (an indicator at a place) and from now on: the chart and its signals are drawn anew,
the alerts of the past stay as they were, and closed months keep the signals they were closed with.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.actions.signalling import redraw_signals
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import ChartDecision

Kind = ChartDecision.Kind
SPANS = (Kind.FREEZE, Kind.EXCLUDE)
FEWEST_FROZEN = 3


@transaction.atomic
def decide_chart(
    *,
    by,
    now: datetime,
    indicator_id: str,
    kind: str,
    reason: str,
    department_id: int | None = None,
    first_month: str = "",
    last_month: str = "",
    chart: str = "",
) -> ChartDecision:
    """Decide about one chart; its signals are found anew at once.

    first_month, last_month: “2026-03”; last_month for freeze and exclude only. chart: for chart_type only.
    Notes need the permission to analyse the place's months, all else that to manage targets.

    Raises:
        ValidationError: an unknown indicator, months that make no sense, no reason.
    """
    _permit(by, kind, department_id)
    _sensible(indicator_id, kind, first_month, last_month, chart, reason)
    if kind in (Kind.FREEZE, Kind.CHART_TYPE):
        _replace(by, now, indicator_id, department_id, kind)
    row = ChartDecision.objects.create(
        institution_id=current_scope().institution_id,
        indicator_id=indicator_id,
        department_id=department_id,
        kind=kind,
        first_month=first_month,
        last_month=last_month if kind in SPANS else "",
        chart=chart,
        reason=reason.strip(),
        decided_at=now,
        decided_by=by,
    )
    _redraw(row)
    return row


@transaction.atomic
def withdraw_decision(*, by, now: datetime, decision: ChartDecision, reason: str) -> None:
    """Take a decision back; it stays in the history.

    Raises:
        ValidationError: already withdrawn, or no reason.
    """
    _permit(by, decision.kind, decision.department_id)
    if decision.withdrawn_at is not None:
        raise ValidationError(_("这个决定已经撤回。"))
    if not reason.strip():
        raise ValidationError(_("请写明撤回的理由。"))
    _withdraw(decision, by, now, reason.strip())
    _redraw(decision)


def _permit(by, kind: str, place: int | None) -> None:
    if kind == Kind.NOTE:
        require(by, Permission.ANALYSE_MONTH, place, whole_hospital=place is None)
    else:
        require(by, Permission.MANAGE_TARGETS)


def _sensible(indicator_id: str, kind: str, first: str, last: str, chart: str, reason: str) -> None:
    if indicator_id not in definitions():
        raise ValidationError(_("没有名为 %(id)s 的指标。") % {"id": indicator_id})
    if kind not in Kind.values:
        raise ValidationError(_("没有这样的决定。"))
    if not reason.strip():
        raise ValidationError(_("请写明理由。"))
    if kind == Kind.CHART_TYPE:
        if chart not in ChartDecision.Chart.values or first or last:
            raise ValidationError(_("请选择一种控制图，不必写月份。"))
        return
    _months(kind, first, last)


def _months(kind: str, first: str, last: str) -> None:
    if not calendar.is_month(first) or (last and not calendar.is_month(last)):
        raise ValidationError(_("月份应写作 2026-10 这样的形式。"))
    if last and last < first:
        raise ValidationError(_("最后一个月不能早于第一个月。"))
    if kind == Kind.FREEZE and len(calendar.span(first, last or first)) < FEWEST_FROZEN:
        raise ValidationError(_("固定基线至少要 %(n)s 个月。") % {"n": FEWEST_FROZEN})


def _replace(by, now: datetime, indicator_id: str, place: int | None, kind: str) -> None:
    """A chart has one frozen baseline and one type; a new one takes the place of the old."""
    for row in ChartDecision.objects.filter(
        indicator_id=indicator_id, department_id=place, kind=kind, withdrawn_at=None
    ):
        _withdraw(row, by, now, _("由新的决定取代"))


def _withdraw(row: ChartDecision, by, now: datetime, reason: str) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])


def _redraw(row: ChartDecision) -> None:
    forget()
    if row.kind != Kind.NOTE:
        redraw_signals(indicator_id=row.indicator_id, place=row.department_id)
