"""What disputes do when something happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from zhikong.foundation.forms.facts import SheetSubmitted
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.actions.disputes.writing import DISCUSSION
from zhikong.hospital.functions.complaints.models.disputes import Dispute


def sheet_submitted(fact: SheetSubmitted, *, now: datetime) -> None:
    """The department handed its discussion report in: its clock is met. Twice is harmless."""
    if fact.form_id != DISCUSSION or fact.source_kind != steps.SOURCE or not fact.source_key.isdigit():
        return
    found = Dispute.objects.filter(pk=int(fact.source_key), discussion_sheet=fact.sheet_id).first()
    if found is not None:
        steps.meet_if_open(found, "discussion", by=None, now=now, proof=_("科室讨论报告已提交"))
