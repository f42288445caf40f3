"""Archive a record: from then on nothing of it is reviewed or changed but by sample, addendum or appeal."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.facts.sealing import refusal
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import SOURCE, wide
from zhikong.hospital.functions.record_reviews.models import Correction, ReviewAssignment, ReviewCase, Stage

State = ReviewAssignment.State


@transaction.atomic
def archive(case: ReviewCase, *, by, now: datetime) -> ReviewCase:
    """Archive a record whose own stages are done. Raises ValidationError with what still stands in the way."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    case = ReviewCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if reason := in_the_way(case):
        raise ValidationError(reason)
    case.archived_at, case.archived_by = now, by
    case.save(update_fields=["archived_at", "archived_by"])
    with wide():
        for review in case.reviews.filter(stage__in=(Stage.SELF, Stage.DEPARTMENT), state=State.ASSIGNED):
            review.state = State.WITHDRAWN
            review.save(update_fields=["state"])
            tasks.cancel_for(
                source_kind=SOURCE, source_key=str(review.pk), by=by, now=now, reason="病历已归档"
            )
    return case


def in_the_way(case: ReviewCase) -> str:
    """Why a record cannot be archived now, as a sentence; '' when it can."""
    if case.archived_at is not None:
        return f"这份病历已经归档（{case.archived_at:%Y-%m-%d}）。"
    if sealed := refusal(case.stay_id):
        return sealed
    if case.stage in (Stage.SELF, Stage.DEPARTMENT):
        return f"还在{case.get_stage_display()}，评审完成后才能归档。"
    if case.corrections.exclude(state=Correction.State.ACCEPTED).exists():
        return "还在返修，复核合格后才能归档。"
    if case.appeals.filter(outcome="").exists():
        return "还有申诉没有结论，结案后才能归档。"
    return ""
