"""The hospital's choice of a grade and veto policy for a form."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.forms import queries
from zhikong.foundation.forms.models import GradeChoice


@transaction.atomic
def choose_policy(*, by, now: datetime, form_id: str, policy_id: str) -> None:
    """Grade sheets of a form by this policy from now on; '' lets the form grade by itself. Open sheets keep theirs."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    today = timezone.localdate(now)
    form = queries.form(form_id, on=today)
    if form is None or not form.obj.is_scored:
        raise ValidationError(f"没有评分表 {form_id}，或它不计分。")
    if not policy_id:
        GradeChoice.objects.filter(definition_id=form_id).delete()
        return
    if policy_id not in {one.id for one in queries.policies(on=today)}:
        raise ValidationError(f"没有等级方案 {policy_id}，或它今天还没有生效。")
    GradeChoice.objects.update_or_create(
        institution_id=current_scope().institution_id,
        definition_id=form_id,
        defaults={"policy_id": policy_id, "chosen_at": now, "chosen_by": by},
    )
