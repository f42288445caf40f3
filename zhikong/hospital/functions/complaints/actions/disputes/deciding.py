"""A dispute before the committee: the quarterly meeting decides how it is handled (CMP-11)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.findings.actions.committee import refer_matter
from zhikong.foundation.findings.referring import Matter
from zhikong.foundation.organisation.models import Body
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import Dispute


@transaction.atomic
def refer(
    dispute: Dispute, *, by, now: datetime, body: Body, question: str, wanted_on: date | None = None
) -> Dispute:
    """Put it on a committee's agenda, by its number: the words of the case are read on its own page."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    said = steps.words(question, _("请写明需要委员会决定什么。"))
    refer_matter(
        by=by, now=now, body=body, title=_title(dispute), question=said, source_kind=steps.SOURCE,
        source_key=str(dispute.pk), wanted_on=wanted_on, department_id=dispute.department_id,
    )  # fmt: skip
    steps.record(dispute, "refer", _("提交%(body)s") % {"body": body.name}, by=by, now=now, text=said)
    return dispute


def _title(dispute: Dispute) -> str:
    return _("医疗纠纷 %(number)s 的处理意见") % {"number": dispute.number}


def matter(key: str) -> Matter | None:
    """What an agenda says of a dispute: its number, never its words."""
    found = Dispute.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() else None
    if found is None:
        return None
    return Matter(
        _title(found), url=steps.url_of(found), label=_("医疗纠纷"), department_id=found.department_id
    )


def decided(referral, *, by, now: datetime) -> None:
    """The decision comes back into the story of the case."""
    found = Dispute.objects.filter(pk=referral.source_key).first()
    if found is not None:
        title = _("%(body)s的决议") % {"body": referral.body.name}
        steps.record(found, "decided", title, by=by, now=now, text=referral.decision)
