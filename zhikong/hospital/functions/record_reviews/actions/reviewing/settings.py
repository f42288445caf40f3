"""How the hospital reviews: stages, limits, the sheet, its grade policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import queries as sheets
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import setting
from zhikong.hospital.functions.record_reviews.models import ReviewSetting

DAYS = ("self_days", "department_days", "hospital_days", "correction_days", "appeal_days", "archive_days")


@transaction.atomic
def change_setting(*, by, now: datetime, policy_id: str | None = None, **values: Any) -> ReviewSetting:
    """Change how records are reviewed from now on; reviews that are open keep their sheet. policy_id: '' takes it off."""
    require(by, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    found = setting()
    for name, value in values.items():
        if name in DAYS and not 0 < value <= 60:
            raise ValidationError("期限在 1 到 60 个工作日之间。")
        setattr(found, name, value)
    form = sheets.form(found.form_id, on=timezone.localdate(now))
    if form is None or not form.obj.is_scored:
        raise ValidationError("请选择一份计分的评分表。")
    found.save()
    if policy_id is not None:
        forms.choose_policy(by=by, now=now, form_id=found.form_id, policy_id=policy_id)
    return found
