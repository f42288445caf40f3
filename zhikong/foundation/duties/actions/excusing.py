"""免报: the quality office says that a period need not be done, and why."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.duties.actions.noting import Act, note
from zhikong.foundation.duties.actions.opening import KIND
from zhikong.foundation.duties.actions.proving import hand_out
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks


@transaction.atomic
def excuse(occurrence: Occurrence, *, by, now: datetime, reason: str) -> None:
    """Excuse an open occurrence with a reason that everybody sees; its task is withdrawn."""
    require(by, Permission.EXCUSE_DUTY, occurrence.department_id)
    _lock(occurrence)
    if not occurrence.is_open:
        raise ValidationError("这一期已完成或已免报。")
    if len(reason.strip()) < 2:
        raise ValidationError("免报必须写明理由，如“本月病区装修停诊”。")
    occurrence.excused_at, occurrence.excused_by, occurrence.excused_reason = now, by, reason.strip()[:300]
    occurrence.save(update_fields=["excused_at", "excused_by", "excused_reason"])
    note(occurrence, Act.EXCUSED, now=now)
    tasks.cancel_for(
        source_kind=KIND, source_key=str(occurrence.pk), by=by, now=now, reason=f"免报：{reason}"
    )
    _tell(occurrence, by, now, f"免报：{occurrence}", reason)


@transaction.atomic
def restore(occurrence: Occurrence, *, by, now: datetime) -> None:
    """Take an excuse back: it is due again, and its task is handed out anew."""
    require(by, Permission.EXCUSE_DUTY, occurrence.department_id)
    _lock(occurrence)
    if occurrence.excused_at is None:
        raise ValidationError("这一期没有免报。")
    occurrence.excused_at = occurrence.excused_by = None
    occurrence.excused_reason = ""
    occurrence.save(update_fields=["excused_at", "excused_by", "excused_reason"])
    note(occurrence, Act.RESTORED, now=now)
    if occurrence.done_on is None:
        hand_out(occurrence, now=now)
    _tell(occurrence, by, now, f"取消免报：{occurrence}", "")


def _tell(occurrence: Occurrence, by, now: datetime, title: str, text: str) -> None:
    if occurrence.department_id is None:
        return
    notices.send(
        by=by, now=now, title=title, text=text, departments=[occurrence.department_id], kind=KIND,
        source_kind=KIND, source_key=str(occurrence.pk), sent_to=occurrence.place_name,
    )  # fmt: skip


def _lock(occurrence: Occurrence) -> None:
    occurrence.refresh_from_db(from_queryset=Occurrence.objects.select_for_update())
