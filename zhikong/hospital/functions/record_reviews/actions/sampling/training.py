"""Check-along training (跟查代训, 004-P2): who walks along in which round, and whether he came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.record_reviews.models import Sample, TrainingRound, TrainingSeat

SOURCE = "record_training"


@dataclass(frozen=True)
class Wanted:
    """A doctor to take along: why, and what says so."""

    person_id: int
    department_id: int
    why: str
    evidence: str = ""


@transaction.atomic
def plan_round(
    *, by, now: datetime, held_on: date, leader, seats: Iterable[Wanted], theme: str = "", place: str = "",
    sample: Sample | None = None,
) -> TrainingRound:  # fmt: skip
    """A round with those who walk along; they and the leader are told."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    wanted = list({one.person_id: one for one in seats}.values())
    if held_on < timezone.localdate(now):
        raise ValidationError("日期不能早于今天。")
    if not wanted:
        raise ValidationError("请至少选一位跟查的医师。")
    made = TrainingRound.objects.create(
        institution_id=current_scope().institution_id, held_on=held_on, leader=leader, theme=theme.strip(),
        place=place.strip(), sample=sample, made_at=now, made_by=by,
    )  # fmt: skip
    TrainingSeat.objects.bulk_create(
        TrainingSeat(
            institution_id=made.institution_id, round=made, person_id=one.person_id, department_id=one.department_id,
            why=one.why, evidence=one.evidence[:200],
        )
        for one in wanted
    )  # fmt: skip
    _tell(made, wanted, by=by, now=now)
    return made


def _tell(made: TrainingRound, wanted: list[Wanted], *, by, now: datetime) -> None:
    accounts = User.objects.filter(person_id__in=[one.person_id for one in wanted], is_active=True)
    notices.send(
        by=by,
        now=now,
        title=f"跟查代训安排：{made.held_on:%m 月 %d 日}",
        text=f"请跟随 {made.leader} 参加病历检查" + (f"，主题：{made.theme}" if made.theme else "") + "。",
        url=reverse("record_reviews:training"),
        users=[*accounts, made.leader],
        source_kind=SOURCE,
        source_key=str(made.pk),
    )


@transaction.atomic
def record_round(
    made: TrainingRound, *, by, now: datetime, came: Mapping[int, bool], remarks: Mapping[int, str], note: str
) -> TrainingRound:
    """Write down who was there. came: seat → present; the leader may do it, and who assigns reviews."""
    if by is None or by.pk != made.leader_id:
        require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if made.state != TrainingRound.State.PLANNED:
        raise ValidationError("这一次已经登记或取消。")
    if made.held_on > timezone.localdate(now):
        raise ValidationError("还没有到日期，不能登记参加情况。")
    for seat in made.seats.all():
        seat.came = TrainingSeat.Came.YES if came.get(seat.pk) else TrainingSeat.Came.NO
        seat.remark = remarks.get(seat.pk, "").strip()[:300]
        seat.save(update_fields=["came", "remark"])
    made.state, made.note, made.closed_at, made.closed_by = TrainingRound.State.HELD, note.strip(), now, by
    made.save(update_fields=["state", "note", "closed_at", "closed_by"])
    return made


@transaction.atomic
def cancel_round(made: TrainingRound, *, by, now: datetime, reason: str) -> TrainingRound:
    """The round is not held; the reason stands in its note."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    if made.state != TrainingRound.State.PLANNED:
        raise ValidationError("这一次已经登记或取消。")
    if len(reason.strip()) < 2:
        raise ValidationError("请写明取消的理由。")
    made.state, made.note = TrainingRound.State.CANCELLED, reason.strip()
    made.closed_at, made.closed_by = now, by
    made.save(update_fields=["state", "note", "closed_at", "closed_by"])
    return made
