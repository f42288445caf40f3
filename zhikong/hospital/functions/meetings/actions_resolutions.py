"""Writes of what a meeting decided: resolutions, their tasks, their proof, the committee's judgement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.actions_sitting import keep
from zhikong.hospital.functions.meetings.models import (
    Meeting,
    Resolution,
    Topic,
)

SOURCE = "resolution"


@transaction.atomic
def resolve(
    meeting: Meeting, *, by, now: datetime, text: str, topic: Topic | None = None, owner=None, department=None,
    due_on: date | None = None,
) -> Resolution:  # fmt: skip
    """Write down what was decided; with an owner it becomes a task. A meeting without its quorum decides nothing."""
    keep(by, meeting)
    if reads.sitting(meeting).as_talk:
        raise ValidationError(_("到会人数不足法定人数，本次是讨论会，不能作决议。"))
    if meeting.state == Meeting.State.PLANNED and not reads.presence(meeting).enough:
        raise ValidationError(_("签到的委员还不到法定人数，不能作决议。请先签到，或按讨论会登记。"))
    if not text.strip():
        raise ValidationError(_("请写明决议。"))
    if owner is not None and due_on is None:
        raise ValidationError(_("有责任人的决议要写期限。"))
    made = Resolution.objects.create(
        institution_id=meeting.institution_id, meeting=meeting, topic=topic, text=text.strip(), owner=owner,
        department=department, due_on=due_on, made_at=now, made_by=by,
    )  # fmt: skip
    _assign(made, by=by, now=now)
    return made


def _assign(made: Resolution, *, by, now: datetime) -> None:
    if made.owner is None or made.due_on is None:
        return
    tasks.assign(
        by=by, now=now, owner=made.owner, title=f"落实会议决议：{made.text}"[:160],
        url=reverse("meetings:resolution", args=[made.pk]), due_on=made.due_on,
        due_reason=f"{made.meeting.body.name} {made.meeting.on} 会议议定的期限"[:300], source_kind=SOURCE,
        source_key=str(made.pk), department_id=made.department_id or _department_of(made.owner),
    )  # fmt: skip


def _department_of(owner: User) -> int | None:
    """A task of somebody who works in one department is that department's; of hospital-wide roles, the hospital's."""
    reached = [grant.departments for grant in owner.grants()]
    if None in reached:
        return None
    return min((number for departments in reached for number in departments or ()), default=None)


@transaction.atomic
def prove(resolution: Resolution, *, by, now: datetime, proof: str, files: Sequence = ()) -> Resolution:
    """The owner says what was done; it comes before the next meeting."""
    if by.pk != resolution.owner_id:
        keep(by, resolution.meeting)
    if resolution.state != Resolution.State.OPEN:
        raise ValidationError(_("这项决议不在落实中。"))
    if len(proof.strip()) < 4:
        raise ValidationError(_("请写明落实的情况。"))
    resolution.state, resolution.proof = Resolution.State.PROVEN, proof.strip()
    resolution.proven_at, resolution.proven_by = now, by
    resolution.file_ids = [file.pk for file in files]
    resolution.save()
    tasks.complete_for(source_kind=SOURCE, source_key=str(resolution.pk), by=by, now=now)
    return resolution


@transaction.atomic
def judge(
    resolution: Resolution, *, by, now: datetime, accepted: bool, verdict: str, due_on: date | None = None
) -> Resolution:
    """The committee finds it done, or gives it back with a new date."""
    keep(by, resolution.meeting)
    if resolution.state not in (Resolution.State.OPEN, Resolution.State.PROVEN):
        raise ValidationError(_("这项决议已经了结。"))
    if by.pk in (resolution.owner_id, resolution.proven_by_id):
        raise ValidationError(_("落实情况是您报告的，请委员会的其他人判断。"))
    if not verdict.strip():
        raise ValidationError(_("请写明意见。"))
    resolution.verdict = verdict.strip()[:300]
    if accepted:
        resolution.state = Resolution.State.ACCEPTED
        tasks.complete_for(source_kind=SOURCE, source_key=str(resolution.pk), by=by, now=now)
    else:
        if due_on is None or due_on < timezone.localdate(now):
            raise ValidationError(_("退回时请写新的期限，不早于今天。"))
        resolution.state, resolution.due_on = Resolution.State.OPEN, due_on
        resolution.returned += 1
    resolution.save()
    if not accepted:
        tasks.cancel_for(
            source_kind=SOURCE, source_key=str(resolution.pk), by=by, now=now, reason=_("委员会退回")
        )
        _assign(resolution, by=by, now=now)
    return resolution
