"""A person's word on a step."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.overviews.starting.models import StepMark
from zhikong.hospital.overviews.starting.rules.steps import STEPS


@transaction.atomic
def mark(*, by, now: datetime, step: str, kind: str, reason: str = "") -> StepMark:
    """Done, left out with a reason, or open again. The first month is made, not marked; raises ValidationError."""
    require(by, Permission.MANAGE_ORGANISATION, whole_hospital=True)
    if step not in STEPS or step == "month" or kind not in StepMark.Kind.values:
        raise ValidationError(_("这一步不能这样标记。"))
    if kind == StepMark.Kind.LEFT_OUT and len(reason.strip()) < 2:
        raise ValidationError(_("请写明不做这一步的理由。"))
    return StepMark.objects.create(
        institution_id=current_scope().institution_id,
        step=step,
        kind=kind,
        reason=reason.strip()[:200],
        marked_at=now,
        marked_by=by,
    )
