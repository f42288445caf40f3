"""The month's close: analyses of misses, closing, closing by override, reopening (SYS-04, IND-02)."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.outbox.actions import announce
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.facts import MonthClosed
from zhikong.hospital.functions.indicators.models import (
    AnalysedMiss,
    MonthAct,
    MonthAnalysis,
    MonthClose,
    MonthRevision,
)
from zhikong.hospital.functions.indicators.queries.closing import Checklist, blocking, checklist
from zhikong.hospital.functions.indicators.queries.figures import Frame, frame
from zhikong.hospital.functions.indicators.queries.small_cells import everything
from zhikong.hospital.functions.indicators.queries.targets import last_target, target_book
from zhikong.hospital.functions.indicators.rules import Miss


def state_of(month: str, shown: Frame | None = None) -> Checklist:
    """The checklist of a month over every place in scope."""
    book = target_book()
    judged = book.judged(definitions().values(), month)
    return checklist(shown or frame(), book, month=month, definitions=judged, places=None)


@transaction.atomic
def analyse_month(
    *, by, now: datetime, month: str, misses: Iterable[Miss], cause: str, measure: str
) -> MonthAnalysis:
    """Say why targets were missed and what is done; one text may cover several misses.

    A department's person covers the department's own misses only; hospital misses need a hospital-wide role.
    """
    wanted = set(misses)
    for miss in wanted:
        require(by, Permission.ANALYSE_MONTH, miss.department_id, whole_hospital=miss.department_id is None)
    _check_text(cause, measure)
    _check_open(month)
    if not wanted:
        raise ValidationError(_("请至少勾选一项未达标指标。"))
    if wanted - {item.miss for item in state_of(month).items}:
        raise ValidationError(_("勾选的指标中有本月没有未达标的，请刷新后重选。"))
    institution_id = current_scope().institution_id
    analysis = MonthAnalysis.objects.create(
        institution_id=institution_id,
        month=month,
        cause=cause.strip(),
        measure=measure.strip(),
        at=now,
        by=by,
    )
    AnalysedMiss.objects.bulk_create(
        AnalysedMiss(
            institution_id=institution_id,
            analysis=analysis,
            month=month,
            indicator_id=miss.indicator_id,
            department_id=miss.department_id,
        )
        for miss in sorted(wanted, key=lambda m: (m.indicator_id, m.department_id or 0))
    )
    return analysis


def _check_text(cause: str, measure: str) -> None:
    if not cause.strip() or not measure.strip():
        raise ValidationError(_("请写明原因分析和改进措施，两项都不能空。"))


def _check_open(month: str) -> None:
    if MonthClose.objects.filter(month=month, state=MonthClose.State.CLOSED).exists():
        raise ValidationError(_("该月已结账。需要补充时请先重新打开。"))


@transaction.atomic
def close_month(*, by, now: datetime, month: str, override_reason: str = "") -> MonthClose:
    """Freeze a month: it goes on showing today's figures. Waits for an analysis of every miss.

    override_reason: closes over open misses; a recorded act that needs OVERRIDE_MONTH_CLOSE.
    """
    require(by, Permission.CLOSE_MONTH)
    shown = frame()
    row = _month_row(month, now, shown)
    with everything():
        open_misses = blocking(state_of(month, shown))
    if open_misses and not override_reason.strip():
        raise ValidationError(
            _("还有 %(count)s 项未达标没有原因分析和改进措施，不能结账。") % {"count": len(open_misses)}
        )
    if open_misses:
        require(by, Permission.OVERRIDE_MONTH_CLOSE)
    row.state, row.computation, row.closed_at, row.closed_by = MonthClose.State.CLOSED, shown.current, now, by
    row.last_target = last_target()
    row.save()
    kind = MonthAct.Kind.OVERRIDDEN if open_misses else MonthAct.Kind.CLOSED
    _record(row, kind, by=by, now=now, reason=override_reason if open_misses else "", open_misses=open_misses)
    announce(MonthClosed(month=month), now=now)
    return row


def _month_row(month: str, now: datetime, shown: Frame) -> MonthClose:
    """The month's row, locked; refuses a month that is not over, not computed or already closed."""
    if month >= calendar.month_of(timezone.localtime(now)):
        raise ValidationError(_("%(month)s还没有过完，不能结账。") % {"month": calendar.spoken(month)})
    run = shown.current
    if run is None or not run.first_month <= month <= run.last_month:
        raise ValidationError(_("%(month)s还没有计算结果，不能结账。") % {"month": calendar.spoken(month)})
    MonthClose.objects.get_or_create(institution_id=current_scope().institution_id, month=month)
    row = MonthClose.objects.select_for_update().get(month=month)
    if row.state == MonthClose.State.CLOSED:
        raise ValidationError(_("%(month)s已经结账。") % {"month": calendar.spoken(month)})
    return row


@transaction.atomic
def reopen_month(*, by, now: datetime, month: str, reason: str) -> MonthClose:
    """Open a closed month again; it then shows the newest figures."""
    require(by, Permission.OVERRIDE_MONTH_CLOSE)
    if not reason.strip():
        raise ValidationError(_("重新打开已结账的月份须写明理由。"))
    row = MonthClose.objects.select_for_update().filter(month=month, state=MonthClose.State.CLOSED).first()
    if row is None:
        raise ValidationError(_("该月没有结账。"))
    version = row.computation.data_version
    row.state, row.computation, row.closed_at, row.closed_by = MonthClose.State.OPEN, None, None, None
    row.last_target = None
    row.save()
    # an open month shows the newest figures: nothing is beside them any more
    MonthRevision.objects.filter(month=month, state=MonthRevision.State.OPEN).update(
        state=MonthRevision.State.GONE
    )
    _record(row, MonthAct.Kind.REOPENED, by=by, now=now, reason=reason, version=version)
    return row


def _record(row: MonthClose, kind: str, *, by, now, reason: str, open_misses=(), version: str = "") -> None:
    MonthAct.objects.create(
        institution_id=row.institution_id,
        month_close=row,
        kind=kind,
        at=now,
        by=by,
        reason=reason.strip(),
        open_misses=[[miss.indicator_id, miss.department_id] for miss in open_misses],
        data_version=version or row.computation.data_version,
    )


def may_analyse(user, place: int | None) -> bool:
    return can(user, Permission.ANALYSE_MONTH, place, whole_hospital=place is None)
