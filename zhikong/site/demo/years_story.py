"""The demo hospital's year: last year's summary is published, this year's letters are signed by some, next year begins."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from zhikong.hospital.overviews.years.actions import letters, rolling, summaries
from zhikong.hospital.overviews.years.models import Letter, RollOver, Summary
from zhikong.hospital.overviews.years.queries.letters import waits_for
from zhikong.site.demo.acting import acting

OFFICE, LEADER, HEADS = "zhikong", "yuanzhang", ("keshi", "guke")
REASON = "床位使用率受病区改造影响，请按改造后的开放床位重新核定。"


def tell(*, now: datetime) -> None:
    """What is there already is left alone."""
    year = timezone.localdate(now).year
    if not Summary.objects.exists():
        _summaries(year, now)
    if not Letter.objects.exists():
        _letters(year, now)
    if not RollOver.objects.exists():
        with acting(OFFICE, now) as office:
            rolling.begin(by=office, now=now, year=year + 1)


def _summaries(year: int, now: datetime) -> None:
    """Last year's is published, the half year's is a draft."""
    with acting(OFFICE, now) as office:
        found = summaries.draft(by=office, now=now, kind="year", last_month=f"{year - 1}-12")
        summaries.publish(by=office, now=now, found=found)
        if timezone.localdate(now).month > 6:
            summaries.draft(by=office, now=now, kind="half", last_month=f"{year}-06")


def _letters(year: int, now: datetime) -> None:
    """Issued to all by the figures of today; one head signs, and the leader after him, another refuses."""
    with acting(OFFICE, now) as office:
        letters.draft(by=office, now=now, year=year)
        letters.issue_all(by=office, now=now, year=year)
    first, second = HEADS
    with acting(first, now) as head:
        for found in _waiting(year, head):
            letters.sign(by=head, now=now, found=found, digest=found.digest)
    with acting(second, now) as head:
        for found in _waiting(year, head):
            letters.refuse(by=head, now=now, found=found, reason=REASON)
    with acting(LEADER, now) as leader:
        for found in Letter.objects.filter(year=year, head_at__isnull=False, state=Letter.State.ISSUED):
            letters.sign(by=leader, now=now, found=found, digest=found.digest)
    if timezone.localdate(now).month > 1:  # a whole month of the year is there to be looked at
        with acting(OFFICE, now) as office:
            letters.check_all(by=office, now=now, year=year)


def _waiting(year: int, head) -> list[Letter]:
    """Letters of the departments that this head leads; those in scope are no others."""
    return [
        one for one in Letter.objects.filter(year=year, state=Letter.State.ISSUED) if waits_for(head, one)
    ]
