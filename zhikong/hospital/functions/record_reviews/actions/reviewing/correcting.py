"""A record goes back to its writer, is mended by an addendum and checked again; every step stays in its trail (REC-35).

While a record is sealed it neither goes back nor is mended or checked (REC-38); what was asked before waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.facts.sealing import require_unsealed
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import (
    CORRECTION,
    give_task,
    required,
    setting,
    tell,
    users_of,
    wide,
)
from zhikong.hospital.functions.record_reviews.models import Correction, CorrectionStep, ReviewAssignment
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import faults_of

State, Act = Correction.State, CorrectionStep.Act


def return_marks(
    review: ReviewAssignment, *, by, now: datetime, marks: Sequence[int], text: str
) -> Correction:
    """Ask the writer to mend these marks; called when a review is finished. One correction of a record at a time."""
    case = review.case
    require_unsealed(case.stay_id)
    found = list(faults_of(review).filter(pk__in=marks))
    if len(found) < len(set(marks)):
        raise ValidationError("要退回的缺陷里有已经撤销的，请刷新后重选。")
    if case.corrections.exclude(state=State.ACCEPTED).exists():
        raise ValidationError("这份病历已经在返修，请等它复核合格。")
    writer, today = _writer(case, now), timezone.localdate(now)
    due = working_calendar().add_working_days(today, setting().correction_days)
    made = Correction.objects.create(
        institution_id=case.institution_id, department_id=case.department_id, case=case, assignment=review,
        writer=writer, due_on=due, asked_at=now, asked_by=by,
        readers=sorted({one.pk for one in (writer, by) if one is not None}),
    )  # fmt: skip
    for one in found:
        one.returned = made
        one.save(update_fields=["returned"])
    lines = "\n".join(f"{n}. {one.text}" for n, one in enumerate(found, 1))
    _step(made, Act.ASKED, by=by, now=now, text=text.strip() or lines)
    _ask(made, by=by, now=now, text=lines)
    return made


@transaction.atomic
def mend(correction: Correction, *, by, now: datetime, text: str, addendum: str = "") -> None:
    """The writer says what was put right. addendum: id of the document that was written for it, never a rewritten one."""
    correction = _lock(correction)
    if by is None or by.pk != correction.writer_id:
        raise PermissionDenied("返修由书写医师本人完成。")
    require_unsealed(correction.case.stay_id)
    _expect(correction, State.OPEN, "已经提交返修，请等待复核。")
    text = required(text, "请写明怎么改的，复核人要据此核对。")
    with wide():
        correction.state = State.MENDED
        correction.save(update_fields=["state"])
        _step(correction, Act.MENDED, by=by, now=now, text=text, addendum=addendum.strip()[:64])
        tasks.complete_for(source_kind=CORRECTION, source_key=str(correction.pk), by=by, now=now)
        if correction.asked_by is not None:
            due = working_calendar().add_working_days(timezone.localdate(now), setting().correction_days)
            give_task(
                correction.asked_by, by=by, now=now, title=f"复核返修的病历 {correction.case.label}", due_on=due,
                reason="返修提交后，请按返修期限的天数复核", kind=CORRECTION, key=f"{correction.pk}:check",
                url=address(correction), department_id=correction.department_id,
            )  # fmt: skip


@transaction.atomic
def recheck(correction: Correction, *, by, now: datetime, accepted: bool, text: str = "") -> None:
    """Accept what was mended, or send it back once more with the reason. Not by the writer."""
    correction = _lock(correction)
    _expect(correction, State.MENDED, "还没有提交返修，或已经复核。")
    if not may_recheck(by, correction):
        raise PermissionDenied("复核由评审人或科室质控人员完成，书写医师本人不能复核。")
    require_unsealed(correction.case.stay_id)
    if not accepted:
        text = required(text, "请写明哪里还不合格。")
    with wide():
        correction.state = State.ACCEPTED if accepted else State.OPEN
        if accepted:
            correction.closed_at, correction.closed_by = now, by
        correction.save()
        _step(correction, Act.ACCEPTED if accepted else Act.AGAIN, by=by, now=now, text=text)
        tasks.complete_for(source_kind=CORRECTION, source_key=f"{correction.pk}:check", by=by, now=now)
        if accepted:
            title = f"病历 {correction.case.label} 返修已合格"
            tell(
                by=by,
                now=now,
                title=title,
                users=[correction.writer],
                url=address(correction),
                key=f"case:{correction.case_id}",
            )
        else:
            _ask(correction, by=by, now=now, text=text)


def may_recheck(user, correction: Correction) -> bool:
    """Who asked for it, or whoever reviews records of the department; never the writer."""
    if user is None or user.pk == correction.writer_id:
        return False
    return user.pk == correction.asked_by_id or can(user, Permission.REVIEW_RECORDS, correction.department_id)


def address(correction: Correction) -> str:
    return reverse("record_reviews:review_case", args=[correction.case_id]) + "#correction"


def _writer(case, now: datetime):
    """The writer's account; without one the head of the department has to see to it."""
    found = users_of([case.writer, case.attending])
    heads = users_with_role(
        role="department_head", department_id=case.department_id, on=timezone.localdate(now)
    )
    return found.get(case.writer) or found.get(case.attending) or next(iter(heads), None)


def _ask(correction: Correction, *, by, now: datetime, text: str) -> None:
    if correction.writer is None:
        return
    give_task(
        correction.writer, by=by, now=now, title=f"返修病历 {correction.case.label}", due_on=correction.due_on,
        reason=f"评审退回，请在 {setting().correction_days} 个工作日内补记并说明", kind=CORRECTION, key=str(correction.pk),
        url=address(correction), department_id=correction.department_id,
    )  # fmt: skip
    tell(
        by=by, now=now, title=f"病历退回返修：{correction.case.label}", text=text, users=[correction.writer],
        url=address(correction), key=f"case:{correction.case_id}",
    )  # fmt: skip


def _lock(correction: Correction) -> Correction:
    found = Correction.objects.select_for_update(of=("self",)).select_related("case", "writer", "asked_by")
    return found.get(pk=correction.pk)


def _expect(correction: Correction, state: str, sentence: str) -> None:
    if correction.state != state:
        raise ValidationError(sentence)


def _step(correction: Correction, act: str, *, by, now: datetime, text: str, addendum: str = "") -> None:
    CorrectionStep.objects.create(
        institution_id=correction.institution_id,
        correction=correction,
        act=act,
        text=text,
        addendum=addendum,
        at=now,
        by=by,
    )
