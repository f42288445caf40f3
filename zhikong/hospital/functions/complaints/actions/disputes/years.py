"""What the formulas of a year divide by, as the office is told it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.complaints.actions.disputes.steps import words
from zhikong.hospital.functions.complaints.models.disputes_money import DisputeYear


@transaction.atomic
def tell_year(
    *,
    by,
    now: datetime,
    year: int,
    source: str,
    person_times: int | None = None,
    income_fen: int | None = None,
) -> DisputeYear:
    """Persons seen and medical income of a year with the report that says so; the later word stands."""
    require(by, Permission.HANDLE_DISPUTES, whole_hospital=True)
    if not person_times and not income_fen:
        raise ValidationError(_("请至少填一项。"))
    told = {"source": words(source, _("请写明数据来自哪份报表。"))[:120], "set_at": now, "set_by": by}
    if person_times:
        told["person_times"] = person_times
    if income_fen:
        told["income_fen"] = income_fen
    made, _new = DisputeYear.objects.update_or_create(
        institution_id=current_scope().institution_id, year=year, defaults=told
    )
    return made
