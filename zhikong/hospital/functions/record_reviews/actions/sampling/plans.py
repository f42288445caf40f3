"""Plans of samples: made, and ended; a plan that has drawn is not changed but ended and made anew."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.record_reviews.models import SamplePlan


@transaction.atomic
def make_plan(*, by, now: datetime, seed: str = "", **values) -> SamplePlan:
    """A plan. seed: by lot unless given (a repetition of a known draw); nobody can choose it by its result.

    Raises ValidationError in Chinese.
    """
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    plan = SamplePlan(
        institution_id=current_scope().institution_id,
        seed=seed or secrets.token_hex(8),
        made_at=now,
        made_by=by,
        **values,
    )
    _check(plan)
    plan.full_clean(exclude=["institution", "made_by"])
    plan.save()
    return plan


def _check(plan: SamplePlan) -> None:
    if plan.first_month and plan.last_month and plan.last_month < plan.first_month:
        raise ValidationError("截止月份早于起始月份，请改正月份范围。")
    if plan.times_per_month and plan.first_month:
        raise ValidationError(
            "不定期抽查每次抽上一个月的病历，请不要再填月份；要抽固定月份，请把每月次数填 0。"
        )
    if plan.frame == SamplePlan.Frame.RUNNING and plan.method in (
        SamplePlan.Method.DISEASES,
        SamplePlan.Method.RISK,
    ):
        raise ValidationError("在院病历还没有编码诊断和首页，不能按病种或风险抽取，请换一种方法。")


@transaction.atomic
def end_plan(plan: SamplePlan, *, by, now: datetime) -> None:
    """No more draws; the samples it made stay."""
    require(by, Permission.ASSIGN_REVIEWS, whole_hospital=True)
    plan.ended_at, plan.ended_by = now, by
    plan.save(update_fields=["ended_at", "ended_by"])
