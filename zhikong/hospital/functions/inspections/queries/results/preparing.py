"""What is known before an inspection: earlier findings, weak clauses, key points, notices (INS-24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.inspections.models.planning import KeyPoint
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen
from zhikong.hospital.functions.inspections.queries.results.clauses import Line, lines
from zhikong.hospital.functions.inspections.queries.results.repeating import Offender, offenders

TWO_YEARS = timedelta(days=730)
WEAKEST, MOST = 15, 40
FEWEST = 5  # answers of a clause before it is called weak


@dataclass(frozen=True)
class Prepared:
    """open: not done yet; recent: closed within two years; weak: clauses kept worst; audits: from audits or from outside."""

    open: Sequence[Finding]
    recent: Sequence[Finding]
    outside: Sequence[Finding]
    weak: Sequence[Line]
    again: Sequence[Offender]
    points: Sequence[KeyPoint]


OUTSIDE_SOURCES = ("audit", "official", "centre", "complaint", "incident")
"""Kinds of sources besides the hospital's own inspections: audits, authorities, the monitoring centre, complaints, events."""


def prepared(asked: Chosen, *, today: date) -> Prepared:
    """Of the chosen department (or all in scope) and checklist."""
    found = Finding.objects.exclude(state="merged").select_related("owner", "responsible")
    if asked.department:
        found = found.filter(department_id=asked.department)
    if asked.form_id:
        found = found.filter(clause_key__startswith=f"{asked.form_id}:")
    since = found.filter(raised_at__date__gte=today - TWO_YEARS)
    weak = [line for line in lines(asked) if line.count.applicable >= FEWEST and line.count.wrong]
    points = KeyPoint.objects.filter(ended_at=None)
    if asked.department:
        points = points.filter(department_id__in=(asked.department, None)) | points.filter(department=None)
    return Prepared(
        list(found.exclude(state__in=rules.DONE_STATES).order_by("due_on")[:MOST]),
        list(since.filter(state=rules.State.CLOSED).order_by("-closed_at")[:MOST]),
        list(since.filter(source_kind__in=OUTSIDE_SOURCES).order_by("-raised_at")[:MOST]),
        sorted(weak, key=lambda line: line.count.rate or 0)[:WEAKEST],
        offenders(until=today, department=asked.department, form_id=asked.form_id)[:WEAKEST],
        list(points.select_related("department").order_by("what", "-weight")[:MOST]),
    )
