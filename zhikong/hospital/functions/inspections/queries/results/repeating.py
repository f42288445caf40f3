"""The same clause in the same department again and again (屡查屡犯), as findings know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.inspections.queries.results.choosing import place_names
from zhikong.hospital.functions.inspections.queries.results.forms import clause
from zhikong.hospital.functions.inspections.rules_planning import SOURCE

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Offender:
    """times: findings within a year; again: those that came after an earlier one had been closed."""

    department: int
    name: str
    clause_key: str
    text: str
    times: int
    again: int
    open: int
    first: datetime
    last: datetime

    @property
    def form_id(self) -> str:
        return self.clause_key.partition(":")[0]

    @property
    def item(self) -> str:
        return self.clause_key.partition(":")[2]


def offenders(*, until: date, department: int | None = None, form_id: str = "") -> list[Offender]:
    """Clauses that were missed at least twice within the year before `until`, the most frequent first."""
    found = Finding.objects.filter(
        source_kind=SOURCE, raised_at__date__gt=until - YEAR, raised_at__date__lte=until
    ).exclude(Q(clause_key="") | Q(state="merged"))
    if department:
        found = found.filter(department_id=department)
    if form_id:
        found = found.filter(clause_key__startswith=f"{form_id}:")
    summed = (
        found.order_by()
        .values("department_id", "clause_key")
        .annotate(
            times=Count("pk"), again=Count("pk", filter=Q(recurrent=True)),
            open=Count("pk", filter=~Q(state__in=rules.DONE_STATES)), first=Min("raised_at"), last=Max("raised_at"),
        )
        .filter(times__gte=2)
    )  # fmt: skip
    names = place_names()
    made = [_offender(row, names) for row in summed]
    return sorted(made, key=lambda one: (-one.again, -one.times, one.name))


def _offender(row: dict, names) -> Offender:
    form_id, _sep, item = row["clause_key"].partition(":")
    return Offender(
        row["department_id"], names.get(row["department_id"], ""), row["clause_key"], clause(form_id, item).text,
        row["times"], row["again"], row["open"], row["first"], row["last"],
    )  # fmt: skip


def findings_of_clause(*, clause_key: str, department: int | None = None) -> list[Finding]:
    """Findings of one clause, newest first."""
    found = Finding.objects.filter(clause_key=clause_key).exclude(state="merged")
    if department:
        found = found.filter(department_id=department)
    return list(found.order_by("-raised_at", "-pk")[:50])
