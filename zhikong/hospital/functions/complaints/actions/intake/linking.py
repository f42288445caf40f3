"""A complaint and an adverse event that are about the same: linked by people who may open both, and by nobody else.

The reference lies in this function's own table; the adverse event's own pages and tables learn nothing of it.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintLink
from zhikong.hospital.functions.complaints.rules_intake import Step

REFERENCE = re.compile(r"[0-9A-Za-z-]{4,64}")


@transaction.atomic
def link_incident(complaint: Complaint, *, by, now: datetime, reference: str) -> ComplaintLink:
    """reference: the number of the adverse event's report, as its handler reads it there."""
    complaint = steps.locked(complaint)
    steps.require_handler(by, complaint)
    if by is None or not can(by, Permission.HANDLE_INCIDENTS, whole_hospital=True):
        raise PermissionDenied(_("只有同时办理投诉和不良事件的人可以关联。"))
    reference = reference.strip()
    if not REFERENCE.fullmatch(reference):
        raise ValidationError(_("请填写不良事件的编号（字母、数字和横线）。"))
    made, new = ComplaintLink.objects.get_or_create(
        complaint=complaint, kind=ComplaintLink.Kind.INCIDENT, reference=reference,
        defaults={"institution_id": complaint.institution_id, "at": now, "by": by},
    )  # fmt: skip
    if new:
        steps.note(complaint, Step.LINKED, by=by, now=now)
    return made
