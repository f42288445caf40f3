"""Sealing a record: the flow of sealing leads, and what it reaches is kept where every function can ask (REC-38)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.sealing import sealed_since
from zhikong.foundation.flows import actions as flows
from zhikong.foundation.flows.facts import CaseMoved
from zhikong.foundation.flows.models import Case
from zhikong.hospital.functions.records.models import SealedRecord

FLOW, SOURCE = "record_sealing", "records"
SEALED, UNSEALED = "sealed", "unsealed"


@transaction.atomic
def ask_for_sealing(*, by, now: datetime, stay_id: str, department_id: int | None) -> Case:
    """Open the case in which both parties seal the record. Raises ValidationError when it is sealed or asked for already.

    Who may open such a case is said by the flow; PermissionDenied for others.
    """
    waiting = Case.objects.filter(
        flow_id=FLOW, source_kind=SOURCE, source_key=stay_id, closed_at=None
    ).exists()
    if waiting or sealed_since(stay_id) is not None:
        raise ValidationError(_("这份病历已经封存，或已经有人提出封存。"))
    return flows.open_case(
        by=by, now=now, flow_id=FLOW, title=_("封存病历 %(stay)s") % {"stay": stay_id}, department_id=department_id,
        source_kind=SOURCE, source_key=stay_id,
    )  # fmt: skip


def follow_case(fact: CaseMoved, *, now: datetime) -> None:
    """Handler of “case moved”: sealed when the flow says so, open again when it is unsealed; twice is harmless."""
    if fact.flow_id != FLOW or fact.state not in (SEALED, UNSEALED):
        return
    case = Case.objects.filter(pk=fact.case_id, source_kind=SOURCE).first()
    if case is None:
        return
    if fact.state == SEALED:
        SealedRecord.objects.get_or_create(
            case=case,
            defaults={
                "institution_id": current_scope().institution_id,
                "stay_id": case.source_key,
                "sealed_at": now,
            },
        )
    else:
        SealedRecord.objects.filter(case=case, unsealed_at=None).update(unsealed_at=now)
