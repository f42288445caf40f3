"""Defects between the writer and who checks: found by a person, mended, rechecked, sent back.

While a record is sealed nothing of this is possible (REC-38). What was due and not yet written may still be written and
reminded of: the law has an unfinished record completed and that part sealed afterwards.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.sealing import require_unsealed
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.patients.models import Stay
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.records.actions.running.checks import (
    locked,
    note,
    reason_of,
    require_reminder,
    require_writer,
)
from zhikong.hospital.functions.records.actions.running.defects import SOURCE
from zhikong.hospital.functions.records.actions.running.outcomes import count
from zhikong.hospital.functions.records.models import CheckEvent, Defect, RuleOutcome
from zhikong.hospital.functions.records.queries.running.people import accounts_of
from zhikong.hospital.functions.records.rules_running import key_of

WHATS, STATE = CheckEvent.What, Defect.State
MEND_WITHIN = timedelta(days=1)


@transaction.atomic
def report_mended(asked: Defect, *, by, now: datetime, note_text: str = "") -> Defect:
    """The writer says that it is mended; who found it, or the machine, looks again."""
    row = locked(asked)
    require_writer(row, by)
    require_unsealed(row.stay_id)
    if row.state not in Defect.TO_MEND:
        raise ValidationError(_("这条缺陷%(state)s，不用再提交。") % {"state": row.get_state_display()})
    row.state, row.mended_at, row.note, row.changed_at = STATE.MENDED, now, note_text.strip()[:300], now
    row.save(update_fields=["state", "mended_at", "note", "changed_at"])
    note(row, WHATS.MENDED, by=by, now=now, text=row.note)
    tasks.complete_for(source_kind=SOURCE, source_key=str(row.pk), by=by, now=now)
    if row.found_by_id:
        _tell(
            row, [row.found_by], by=by, now=now, title=_("缺陷已修改，请复核：%(text)s") % {"text": row.text}
        )
    return row


@transaction.atomic
def recheck(asked: Defect, *, by, now: datetime, mended: bool, reason: str = "") -> Defect:
    """A person looks again: mended, or back to the writer with a reason and a new day (驳回提醒)."""
    row = locked(asked)
    require_reminder(row, by)
    require_unsealed(row.stay_id)
    if row.user_id == by.pk:
        raise ValidationError(_("不能复核自己负责的缺陷，请由另一位质控人员复核。"))
    if row.state != STATE.MENDED:
        raise ValidationError(_("这条缺陷%(state)s，不在待复核。") % {"state": row.get_state_display()})
    if not mended:
        reason = reason_of(reason, _("退回必须写明还缺什么，两个字以上。"))
    row.state = STATE.CONFIRMED if mended else STATE.RETURNED
    row.checked_at, row.checked_by, row.changed_at = now, by, now
    if not mended:
        row.mend_by = timezone.localdate(now + MEND_WITHIN)
    row.save(update_fields=["state", "checked_at", "checked_by", "changed_at", "mend_by"])
    note(row, WHATS.CONFIRMED if mended else WHATS.RETURNED, by=by, now=now, text=reason)
    if mended:
        count(row, RuleOutcome.Outcome.UPHELD, source=RuleOutcome.Source.MENDED, now=now)
    else:
        _give_back(row, by=by, now=now, reason=reason)
    return row


def _give_back(row: Defect, *, by, now: datetime, reason: str) -> None:
    if row.user_id is None:
        return
    _task(row, by=by, now=now, why=_("复核退回：%(reason)s") % {"reason": reason})
    title = _("缺陷复核退回：%(text)s") % {"text": row.text}
    _tell(row, [row.user], by=by, now=now, title=title, text=reason)


@transaction.atomic
def report_defect(
    *,
    by,
    now: datetime,
    stay: Stay,
    text: str,
    responsible: str = "",
    document: str = "",
    mend_by: date | None = None,
) -> Defect:
    """A checker finds a defect in an open record by hand; the writer is told at once (REC-08, REC-17).

    responsible: staff code; without one it is the attending doctor's.
    """
    require(by, Permission.REMIND_WRITERS, stay.department_id)
    require_unsealed(stay.stay_id)
    text = reason_of(text, _("请写明缺陷，两个字以上。"))
    code = responsible or stay.attending_doctor
    user = accounts_of([code]).get(code)
    row = Defect.objects.create(
        institution_id=current_scope().institution_id,
        stay_id=stay.stay_id,
        patient_key=stay.patient_key,
        department_id=stay.department_id,
        key=key_of("person", by.pk, now.isoformat(), text),
        title=_("人工检查发现的缺陷"),
        source=Defect.Source.PERSON,
        text=text,
        document=document,
        responsible=code,
        user=user,
        found_by=by,
        first_seen_at=now,
        changed_at=now,
        mend_by=mend_by or timezone.localdate(now + MEND_WITHIN),
    )
    note(row, WHATS.APPEARED, by=by, now=now, text=text)
    if user is not None:
        _task(row, by=by, now=now, why=_("%(by)s 检查运行病历时发现，请在期限前修改") % {"by": by})
        _tell(row, [user], by=by, now=now, title=_("请修改病历缺陷：%(text)s") % {"text": text})
    return row


def _task(row: Defect, *, by, now: datetime, why: str) -> None:
    tasks.assign(
        by=by, now=now, owner=row.user, title=_("修改病历缺陷：%(text)s") % {"text": row.text},
        due_on=row.mend_by or timezone.localdate(now + MEND_WITHIN), due_reason=why, source_kind=SOURCE,
        source_key=str(row.pk), url=reverse("records:running_defect", args=[row.pk]), department_id=row.department_id,
    )  # fmt: skip


def _tell(row: Defect, users, *, by, now: datetime, title: str, text: str = "") -> None:
    notices.send(
        by=by, now=now, users=users, title=title, text=text, url=reverse("records:running_defect", args=[row.pk]),
        kind="record", source_kind=SOURCE, source_key=str(row.pk),
    )  # fmt: skip
