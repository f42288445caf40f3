"""What every act of a person on an obligation or a defect checks and writes down."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.access.permissions import Permission, require
from zhikong.hospital.functions.records.models import CheckEvent, Defect, Obligation

WORDS = 2


def reason_of(text: str, say: str) -> str:
    """The reason without blanks around it; raises the sentence when there is none."""
    cleaned = " ".join(text.split())
    if len(cleaned) < WORDS:
        raise ValidationError(say)
    return cleaned[:300]


def locked(row):
    """The row as it is now, held until the transaction ends. Raises ValidationError when it left the scope."""
    found = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise ValidationError("这一项已不在您的权限范围内，请刷新页面。")
    return found


def require_writer(row, by) -> None:
    """Only who is responsible answers; without an account of the responsible person, the department's people do."""
    require(by, Permission.ANSWER_RECORD_CHECKS, row.department_id)
    if row.user_id is not None and row.user_id != by.pk:
        raise PermissionDenied(f"这一项由 {row.user} 负责，只有本人可以处理。")


def require_reminder(row, by) -> None:
    """Who reminds writers must do so for this department."""
    require(by, Permission.REMIND_WRITERS, row.department_id, whole_hospital=row.department_id is None)


def note(row, what: str, *, by, now: datetime, text: str = "") -> CheckEvent:
    """One step of the story."""
    return CheckEvent.objects.create(
        institution_id=row.institution_id,
        obligation=row if isinstance(row, Obligation) else None,
        defect=row if isinstance(row, Defect) else None,
        department_id=row.department_id,
        what=what,
        text=text[:400],
        at=now,
        by=by,
    )
