"""The first month: computed, closed if the rules allow, and its brief drafted. Each part says what it did."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.overviews.reports import actions as reports
from zhikong.hospital.overviews.reports.models import Brief
from zhikong.hospital.overviews.reports.queries import brief_of
from zhikong.hospital.overviews.starting.models import FirstMonth, Timing
from zhikong.hospital.overviews.starting.queries import readiness


@dataclass(frozen=True)
class Made:
    """What was made. open_because: why the month is not closed; empty when it is."""

    month: str
    computed: int
    open_because: str
    brief: Brief


@transaction.atomic
def ask(*, by, now: datetime, month: str) -> FirstMonth:
    """Have the worker make the month. Raises ValidationError when it cannot be made, or is being made already."""
    require(by, Permission.EDIT_BRIEF, whole_hospital=True)
    _check(month, now)
    if FirstMonth.objects.filter(state=FirstMonth.State.WAITING).exists():
        raise ValidationError(_("已经在生成首月，请等它完成。"))
    asked = FirstMonth.objects.create(
        institution_id=current_scope().institution_id, month=month, asked_at=now, asked_by=by
    )
    from zhikong.hospital.overviews.starting import jobs  # which imports this module

    lock = f"starting.first_month.{asked.institution_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        jobs.make.configure(queueing_lock=lock).defer(institution_id=asked.institution_id, asked_id=asked.pk)
    return asked


def _check(month: str, now: datetime) -> None:
    if not calendar.is_month(month):
        raise ValidationError(_("月份要写成 2026-10 这样。"))
    if month not in readiness.months_with_data(now=now):
        raise ValidationError(
            _("%(month)s还没有出院数据，或者还没有过完，不能生成。请先导入首页。")
            % {"month": calendar.spoken(month)}
        )


@transaction.atomic
def make_asked(*, asked_id: int, now: datetime) -> FirstMonth:
    """What the worker does; harmless when it runs twice. A refusal is kept as its sentence."""
    asked = FirstMonth.objects.select_for_update(of=("self",)).get(pk=asked_id)
    if asked.state != FirstMonth.State.WAITING:
        return asked
    try:
        with transaction.atomic():
            made = make(by=asked.asked_by, now=now, month=asked.month)
    except ValidationError as error:
        asked.state, asked.message = FirstMonth.State.FAILED, " ".join(error.messages)[:500]
    else:
        asked.state, asked.message = FirstMonth.State.DONE, told(made)[:500]
    asked.finished_at = now
    asked.save(update_fields=["state", "message", "finished_at"])
    return asked


def told(made: Made) -> str:
    """What was made, in one sentence."""
    words = _("算出 %(n)d 个指标，简报已起草。") % {"n": made.computed}
    closed = (
        _("本月已结账。") if not made.open_because else _("没有结账：%(why)s") % {"why": made.open_because}
    )
    return words + closed


def make(*, by, now: datetime, month: str) -> Made:
    """Compute, close, draft. by: who closes; a command or job without a person leaves the month open."""
    _check(month, now)
    compute(by=by, now=now)
    open_because = _close(by, now, month)
    brief = _drafted(by, now, month)
    return Made(month, readiness.computed(month) or 0, open_because, brief)


def compute(*, by, now: datetime) -> None:
    """Bring the figures up to the published data, and note how long it took when there was something to do."""
    before, started = frame().current, time.monotonic()
    run = indicators.recompute(by=by, now=now)
    if run is not None and (before is None or before.pk != run.pk):
        rows = sum(one.rows for one in readiness.held().values())
        _timed(Timing.Work.COMPUTING, rows, started, now)
    forget()


def _close(by, now: datetime, month: str) -> str:
    """Closes the month; gives the reason when it stays open."""
    if month in frame().closed:
        return ""
    if by is None:
        return _("结账须由有权限的人在“月度结账”页办理。")
    if not can(by, Permission.CLOSE_MONTH, whole_hospital=True):
        return _("您没有结账的权限，请质控科在“月度结账”页办理。")
    try:
        with transaction.atomic():
            indicators.close_month(by=by, now=now, month=month)
    except ValidationError as error:
        return " ".join(error.messages)
    forget()
    return ""


def _drafted(by, now: datetime, month: str) -> Brief:
    """The brief as it stands when somebody has worked on it or published it; else drafted anew."""
    there = brief_of(month)
    if there is not None and (there.published or there.edited_at is not None):
        return there
    started = time.monotonic()
    brief = reports.draft(by=by, now=now, month=month)
    _timed(Timing.Work.BRIEF, 0, started, now)
    return brief


def _timed(work: str, rows: int, started: float, now: datetime) -> None:
    Timing.objects.create(
        institution_id=current_scope().institution_id,
        work=work,
        rows=rows,
        seconds=round(time.monotonic() - started, 3),
        measured_at=now,
    )
