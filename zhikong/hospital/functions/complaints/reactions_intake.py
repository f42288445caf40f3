"""What complaints do when something happened elsewhere: a department's report came, a committee decided."""

from datetime import datetime

from django.utils.translation import gettext as _

from zhikong.foundation.findings.referring import Matter
from zhikong.foundation.forms.facts import SheetSubmitted
from zhikong.hospital.functions.complaints.actions.intake import verifying
from zhikong.hospital.functions.complaints.actions.intake.steps import url_of
from zhikong.hospital.functions.complaints.models.intake import Complaint


def sheet_submitted(fact: SheetSubmitted, *, now: datetime) -> None:
    """The discussion report of a department was handed in."""
    if fact.source_kind == verifying.SHEET_SOURCE:
        verifying.reported(fact.sheet_id, now=now)


def matter(key: str) -> Matter | None:
    """What a committee's agenda says of a complaint: its number, never its words."""
    complaint = Complaint.objects.filter(pk=key).first() if key.isdigit() else None
    if complaint is None:
        return None
    title = _("投诉 %(number)s 的认定") % {"number": complaint.number}
    return Matter(title=title, url=url_of(complaint), label=_("投诉"), department_id=complaint.department_id)
