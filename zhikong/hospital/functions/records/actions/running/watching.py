"""Key records (重点病历), and the hospital's settings of the running check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope, forget
from zhikong.foundation.patients.models import Stay
from zhikong.hospital.functions.records.actions.running.checks import reason_of
from zhikong.hospital.functions.records.models import KeyRecord, RunningSettings


@transaction.atomic
def pick(stay: Stay, *, by, now: datetime, reason: str) -> KeyRecord:
    """Mark an open stay's record as one to watch; again gives the mark that exists."""
    require(by, Permission.REMIND_WRITERS, stay.department_id)
    reason = reason_of(reason, _("请写明为什么要重点关注，两个字以上。"))[:200]
    found, _made = KeyRecord.objects.get_or_create(
        institution_id=current_scope().institution_id,
        stay_id=stay.stay_id,
        ended_at=None,
        defaults={"department_id": stay.department_id, "reason": reason, "picked_at": now, "picked_by": by},
    )
    return found


@transaction.atomic
def unpick(mark: KeyRecord, *, by, now: datetime) -> None:
    """Stop watching it; the mark stays on record."""
    require(by, Permission.REMIND_WRITERS, mark.department_id, whole_hospital=mark.department_id is None)
    if mark.ended_at is None:
        mark.ended_at, mark.ended_by = now, by
        mark.save(update_fields=["ended_at", "ended_by"])


@transaction.atomic
def set_policy(
    *,
    by,
    now: datetime,
    interruptions: int,
    shift_starts: Sequence[str],
    least_judged: int,
    least_precision: int,
) -> RunningSettings:
    """The interruption budget and when a rule's precision forbids it to interrupt; for the whole hospital."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    starts = sorted({_start(one) for one in shift_starts})
    if not starts:
        raise ValidationError(_("至少要有一个班次开始时间，如 08:00。"))
    if not 0 <= least_precision <= 100:
        raise ValidationError(_("准确率应在 0 到 100 之间。"))
    found, _made = RunningSettings.objects.update_or_create(
        institution_id=current_scope().institution_id,
        defaults={
            "interruptions": interruptions,
            "shift_starts": starts,
            "least_judged": least_judged,
            "least_precision": least_precision,
            "set_at": now,
            "set_by": by,
        },
    )
    forget()  # the policy is asked once a request
    return found


def _start(text: str) -> str:
    try:
        return time.fromisoformat(text.strip()).strftime("%H:%M")
    except ValueError:
        raise ValidationError(_("班次开始时间应写成 08:00 的样子：%(text)s") % {"text": text}) from None
