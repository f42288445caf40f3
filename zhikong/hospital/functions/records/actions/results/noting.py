"""What people write into the month's analysis."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.records.models import AnalysisNote


@transaction.atomic
def note_month(*, by, now: datetime, month: str, causes: str, measures: str) -> AnalysisNote:
    """Write causes and next measures of a month; earlier texts stay. Raises ValidationError when both are empty."""
    require(by, Permission.ANALYSE_MONTH, whole_hospital=True)
    if not causes.strip() and not measures.strip():
        raise ValidationError(_("请写明原因分析或下一步措施。"))
    return AnalysisNote.objects.create(
        institution_id=current_scope().institution_id, month=month, causes=causes.strip(), measures=measures.strip(),
        at=now, by=by,
    )  # fmt: skip
