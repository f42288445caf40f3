"""What nobody does by hand: remind of what is late, and let go of names when their time is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.notices import actions as notices
from zhikong.foundation.notices.models import Notice
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complainant, Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintClock
from zhikong.hospital.functions.complaints.rules_intake import ENDS


@transaction.atomic
def remind_of_late(*, now: datetime) -> int:
    """Tell the handler and medical affairs once of each limit that has passed, the leader too of a statutory one."""
    late = ComplaintClock.objects.filter(done_at=None, due_at__lt=now).exclude(complaint__state__in=ENDS)
    told = 0
    for clock in late.select_related("complaint__handler"):
        key = f"{clock.complaint_id}:late:{clock.clock}"
        if Notice.objects.filter(source_kind=steps.SOURCE, source_key=key).exists():
            continue
        roles = ("medical_affairs", "hospital_leader") if clock.statutory else ("medical_affairs",)
        notices.send(
            by=None, now=now, title=_("投诉逾期：%(what)s（投诉 %(number)s）") % {"what": clock.title, "number": clock.complaint.number},
            users=[clock.complaint.handler], roles=roles, url=steps.url_of(clock.complaint), kind="escalation",
            source_kind=steps.SOURCE, source_key=key,
        )  # fmt: skip
        told += 1
    return told


@transaction.atomic
def forget_persons(*, now: datetime) -> int:
    """Past its time of keeping a complaint stays as a figure without a person; one that is held keeps everything."""
    over = Complaint.objects.filter(retain_until__lt=timezone.localdate(now), held=False)
    gone, _rows = Complainant.objects.filter(complaint__in=over).delete()
    over.exclude(repeated_person="", key_hash="").update(repeated_person="", key_hash="")
    return gone
