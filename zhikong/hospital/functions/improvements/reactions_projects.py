"""What projects do when others announce something: a matter found month after month demands a project; a score came in."""

from __future__ import annotations

from datetime import datetime

from zhikong.foundation.findings import policy
from zhikong.foundation.findings.facts import FindingRaised
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries import must_improve
from zhikong.foundation.forms.facts import SheetSubmitted
from zhikong.foundation.forms.queries import sheet as sheet_of
from zhikong.foundation.organisation.queries import heads
from zhikong.hospital.functions.improvements.actions.projects import competing, registering
from zhikong.hospital.functions.improvements.models.competitions import Reading
from zhikong.hospital.functions.improvements.models.projects import Link, Project

FORCED = "pdca"


def finding_raised(raised: FindingRaised, *, now: datetime) -> None:
    """The same matter in the same department for so many months in a row: a PDCA is begun, once (CAP-09, [M] of (i)).

    The policy of findings says how many months. An open project on the same matter is linked instead.
    """
    finding = Finding.objects.filter(pk=raised.finding_id).first()
    if finding is None or not must_improve(finding, needed=policy.in_force().pdca_months):
        return
    key = finding.clause_key or finding.indicator_id
    project = _open_on(key, finding.department_id) or _begin(finding, now=now)
    for what, text, label in (
        (Link.What.FINDING, str(finding.pk), f"{finding.number} {finding.title}"),
        (Link.What.MATTER, key, key),
    ):
        Link.objects.get_or_create(
            project=project, what=what, key=text, institution_id=project.institution_id,
            defaults={"label": label[:160], "linked_at": now},
        )  # fmt: skip


def _open_on(key: str, department_id: int) -> Project | None:
    ended = (Project.State.CLOSED, Project.State.DECLINED, Project.State.STOPPED)
    found = Project.objects.filter(department_id=department_id, links__what=Link.What.MATTER, links__key=key)
    return found.exclude(state__in=ended).order_by("pk").first()


def _begin(finding: Finding, *, now: datetime) -> Project:
    """Proposed by the system, led by the owner of the finding or the head of the department."""
    leader = finding.owner or next(iter(heads(department_id=finding.department_id, on=now.date())), None)
    months = policy.in_force().pdca_months
    return registering.propose(
        by=None, now=now, kind_id=FORCED, title=f"改进反复发生的问题：{finding.title}"[:120],
        department_id=finding.department_id, leader=leader, origin=Project.Origin.RECURRENT,
        indicator_id=finding.indicator_id, why=f"同一问题在本科室已连续 {months} 个月被发现，按规定应立项持续改进。\n{finding.detail}",
    )  # fmt: skip


def sheet_submitted(submitted: SheetSubmitted, *, now: datetime) -> None:
    """A judge handed in a score sheet."""
    if submitted.source_kind != competing.SCORE or not submitted.source_key.isdigit():
        return
    reading = Reading.objects.filter(pk=int(submitted.source_key), sheet_id=submitted.sheet_id).first()
    found = sheet_of(submitted.sheet_id)
    if reading is not None and reading.score is None and found is not None and found.total is not None:
        competing.scored(reading, score=found.total, by=None, now=now)
