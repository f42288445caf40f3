"""A notice is issued with a number, goes to the departments, and they confirm that they read it; a wrong one is withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.queries import departments, heads
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections.actions.planning.steps import step, widened
from zhikong.hospital.functions.inspections.actions.results.drafting import lock_draft
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.results import (
    InspectionNotice,
    NoticeNumber,
    NoticeReading,
)
from zhikong.hospital.functions.inspections.permissions_results import may_confirm
from zhikong.hospital.functions.inspections.rules_planning import State as VisitState
from zhikong.hospital.functions.inspections.rules_results import PARTS

READING = "inspection_notice"
"""``source_kind`` of the tasks to read a notice."""
READ_WITHIN = 3  # days
PREFIX = "质控督"


@transaction.atomic
def issue(notice: InspectionNotice, *, by, now: datetime, to_all: bool = False) -> InspectionNotice:
    """Sign a draft: it gets its number, its visits are notified, each department has to confirm reading.

    to_all: to every clinical and medtech department, not only to those that were inspected.
    """
    require(by, Permission.ISSUE_INSPECTION_NOTICES)
    lock_draft(notice)
    missing = [str(part.title) for part in PARTS if part.required and not notice.words.get(part.code)]
    if missing:
        raise ValidationError(_("还没有写：%(parts)s。") % {"parts": "、".join(missing)})
    notice.number = next_number(timezone.localdate(now).year)
    notice.state, notice.issued_at, notice.issued_by = InspectionNotice.State.ISSUED, now, by
    notice.save()
    with widened():
        _tell_visits(notice, by=by, now=now)
        _send(notice, _recipients(notice, now, to_all=to_all), by=by, now=now)
    return notice


def next_number(year: int) -> str:
    """质控督〔2026〕3号; the row lock makes two who issue at once wait for each other."""
    key = {"institution_id": current_scope().institution_id, "year": year}
    NoticeNumber.objects.get_or_create(**key)
    series = NoticeNumber.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{PREFIX}〔{year}〕{series.last}号"


def _tell_visits(notice: InspectionNotice, *, by, now: datetime) -> None:
    for visit in Visit.objects.filter(pk__in=notice.figures.get("visits", []), state=VisitState.CONCLUDED):
        step(visit, VisitState.NOTIFIED, by=by, now=now, text=f"{notice.number} {notice.title}")


def _recipients(notice: InspectionNotice, now: datetime, *, to_all: bool) -> list[int]:
    on = timezone.localdate(now)
    asked = set(notice.figures.get("departments", [])) | {
        one["department"]
        for one in notice.figures.get("problems", [])
        if one["finding"] not in notice.left_out
    }
    known = [place.id for place in departments(on=on, kinds=["clinical", "medtech"])]
    return sorted(asked | set(known)) if to_all else sorted(asked)


def _send(notice: InspectionNotice, places: list[int], *, by, now: datetime) -> None:
    today, url = timezone.localdate(now), reverse("inspections:notice", args=[notice.pk])
    NoticeReading.objects.bulk_create(
        NoticeReading(institution_id=notice.institution_id, notice=notice, department_id=place)
        for place in places
    )
    for place in places:
        for head in heads(department_id=place, on=today)[:1]:
            tasks.assign(
                by=by, now=now, owner=head, title=f"签收督查通报：{notice.title}", due_on=today + timedelta(days=READ_WITHIN),
                due_reason=f"通报印发后 {READ_WITHIN} 天内签收", source_kind=READING, source_key=f"{notice.pk}:{place}",
                url=url, department_id=place,
            )  # fmt: skip
    notices.send(
        by=by, now=now, title=f"督查通报：{notice.title}"[:120], text=notice.number, url=url, departments=places,
        kind="inspection", source_kind=READING, source_key=str(notice.pk),
    )  # fmt: skip


@transaction.atomic
def confirm(
    notice: InspectionNotice, *, by, now: datetime, department_id: int, note: str = ""
) -> NoticeReading:
    """A department has read it; once is enough, and the first stays."""
    reading = (
        NoticeReading.objects.select_for_update().filter(notice=notice, department_id=department_id).first()
    )
    if reading is None:
        raise ValidationError(_("这份通报没有发给这个科室。"))
    if not may_confirm(by, department_id):
        raise PermissionDenied(_("由受检科室的科主任、护士长或质控员签收。"))
    if notice.state != InspectionNotice.State.ISSUED:
        raise ValidationError(_("这份通报已经撤回，不用签收。"))
    if reading.read_at is None:
        reading.read_at, reading.read_by, reading.note = now, by, note.strip()[:300]
        reading.save()
        tasks.complete_for(source_kind=READING, source_key=f"{notice.pk}:{department_id}", by=by, now=now)
    return reading


@transaction.atomic
def withdraw(notice: InspectionNotice, *, by, now: datetime, reason: str) -> InspectionNotice:
    """What was wrong stays in the register with the reason; the departments are told. The findings stay."""
    require(by, Permission.ISSUE_INSPECTION_NOTICES)
    notice.refresh_from_db(from_queryset=InspectionNotice.objects.select_for_update(of=("self",)))
    if notice.state != InspectionNotice.State.ISSUED:
        raise ValidationError(_("只有已印发的通报可以撤回。"))
    if len(reason.strip()) < 4:
        raise ValidationError(_("请写明撤回的理由。"))
    notice.state, notice.withdrawn_at, notice.withdrawn_by = InspectionNotice.State.WITHDRAWN, now, by
    notice.withdrawn_reason = reason.strip()[:300]
    notice.save()
    with widened():
        places = list(notice.readings.values_list("department_id", flat=True))
        for place in places:
            tasks.cancel_for(
                source_kind=READING, source_key=f"{notice.pk}:{place}", by=by, now=now, reason="通报已撤回"
            )
        notices.send(
            by=by, now=now, title=f"通报已撤回：{notice.title}"[:120], text=notice.withdrawn_reason,
            url=reverse("inspections:notice", args=[notice.pk]), departments=places, kind="inspection",
            source_kind=READING, source_key=str(notice.pk),
        )  # fmt: skip
    return notice
