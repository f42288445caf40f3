"""What a reviewer says of a candidate. Nothing of it names a colleague, and nothing of it leaves incidents."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.gateway import published
from zhikong.hospital.functions.incidents.models.learning import TriggerReview
from zhikong.hospital.functions.incidents.queries.learning.triggers import Candidate, department_ids
from zhikong.hospital.functions.incidents.rules_learning_triggers import Trigger


def review(
    *, by, now: datetime, trigger: Trigger, candidate: Candidate, month: str, verdict: str
) -> TriggerReview:
    """Say harm, reported, no_harm or unknown of a candidate; saying it anew replaces what was said.

    Asks for ANALYSE_INCIDENTS in the department of discharge, or HANDLE_INCIDENTS. Raises ValidationError for another word.
    """
    department = department_ids().get(candidate.department)
    if not can(by, Permission.HANDLE_INCIDENTS, department):
        require(by, Permission.ANALYSE_INCIDENTS, department)
    if verdict not in TriggerReview.Verdict.values:
        raise ValidationError(_("请选择一个复核结论。"))
    made, _new = TriggerReview.objects.update_or_create(
        institution_id=current_scope().institution_id, trigger=trigger.id, key=candidate.key,
        defaults={
            "version": trigger.version, "stay": candidate.stay, "month": month, "department_id": department,
            "verdict": verdict, "data_version": published(tables=["stays"]).data_version, "reviewed_at": now,
            "reviewed_by": by,
        },
    )  # fmt: skip
    return made
