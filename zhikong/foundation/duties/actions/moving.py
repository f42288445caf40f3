"""Set the day of a turn by hand, with a reason, and let it go again."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties.models import SetDay
from zhikong.foundation.duties.yearbook import Turn


def may_set(user, turn: Turn) -> bool:
    """Who proves a duty also plans it: the department's own people, the quality office for all."""
    department = turn.place.department_id
    return can(user, Permission.PROVE_DUTY, department, whole_hospital=department is None)


@transaction.atomic
def set_day(turn: Turn, *, by, now: datetime, on: date, reason: str) -> SetDay:
    """Keep a turn on a day. It stays there, whatever else is planned, until it is released.

    Raises PermissionDenied, and ValidationError for a day on which it cannot or need not be done.
    """
    if not may_set(by, turn):
        raise PermissionDenied(
            "您没有权限：调整这项职责的日期。由本科室的质控员、护士长、科主任或质控科调整。"
        )
    _check(turn, on, reason, today=timezone.localdate(now))
    _release(turn, by=by, now=now)
    return SetDay.objects.create(
        institution_id=current_scope().institution_id,
        duty_id=turn.duty.id,
        period=turn.period.key,
        place=turn.place.key,
        department_id=turn.place.department_id,
        on=on,
        reason=reason.strip()[:300],
        set_at=now,
        set_by=by,
    )


def _check(turn: Turn, on: date, reason: str, *, today: date) -> None:
    if not turn.is_open:
        raise ValidationError("这一期已完成或已免报，不用再安排日期。")
    if len(reason.strip()) < 2:
        raise ValidationError("请写明调整的理由，如“与等级评审自评合并进行”。")
    if on < today:
        raise ValidationError("不能安排到已经过去的日期。")
    if not turn.opens <= on <= turn.due_on:
        raise ValidationError(
            f"只能安排在 {turn.opens} 到 {turn.due_on} 之间：之后就逾期了，之前还没有到这一期。"
        )
    day = working_calendar().explain(on)
    if not day.working:
        raise ValidationError(f"{on}（{day.note or '周末'}）休息，请选工作日。")


@transaction.atomic
def release_day(turn: Turn, *, by, now: datetime) -> None:
    """Let the system propose the day again."""
    if not may_set(by, turn):
        raise PermissionDenied("您没有权限：调整这项职责的日期。")
    if not _release(turn, by=by, now=now):
        raise ValidationError("这一期没有人工设定的日期。")


def _release(turn: Turn, *, by, now: datetime) -> int:
    rows = SetDay.objects.filter(
        duty_id=turn.duty.id, period=turn.period.key, place=turn.place.key, released_at=None
    )
    return rows.update(released_at=now, released_by=by)
