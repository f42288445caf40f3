"""Clocks that run out: the officer is told in time, the leader when a deadline has passed (EVT-04)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import DisputeClock

LADDER = ("medical_affairs", "hospital_leader")


def warn(*, now: datetime) -> int:
    """Tell of each clock once before its end and once after it; gives how many notices went out."""
    running = DisputeClock.objects.filter(met_at=None, stopped=False)
    waiting = running.filter(Q(warned_at=None) | Q(due_at__lt=now, warned_at__lte=F("due_at")))
    return sum(_warn_one(pk, now) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _warn_one(pk: int, now: datetime) -> bool:
    clock = DisputeClock.objects.select_for_update(of=("self",)).select_related("dispute__officer").get(pk=pk)
    state = timing.standing(clock.starts_at, clock.due_at, now, clock.met_at)
    told = clock.warned_at is not None and (state != "bad" or clock.warned_at > clock.due_at)
    if state == "ok" or clock.met_at or clock.stopped or told:
        return False
    clock.warned_at = now
    clock.save(update_fields=["warned_at"])
    late = state == "bad"
    notices.send(
        by=None, now=now, users=[clock.dispute.officer], roles=LADDER if late else (),
        title=_("%(number)s %(what)s：%(left)s") % {
            "number": clock.dispute.number, "what": clock.title, "left": timing.left(clock.due_at, now)},
        text=_("期限 %(at)s。%(why)s") % {
            "at": f"{timezone.localtime(clock.due_at):%Y-%m-%d %H:%M}", "why": clock.reason},
        url=steps.url_of(clock.dispute), source_kind=steps.CLOCK_SOURCE, source_key=str(clock.pk),
    )  # fmt: skip
    return True
