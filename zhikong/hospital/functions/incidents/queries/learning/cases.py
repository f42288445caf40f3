"""Incidents for statistics: without words and without anybody. Sums of the whole hospital may be shown to a reader of
one ward; small ones are taken out by the pages (rules_learning.suppressed)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning.choosing import Chosen
from zhikong.hospital.functions.incidents.rules_learning import Light
from zhikong.hospital.functions.incidents.rules_reporting import State

COLUMNS = (
    "code", "category", "department_id", "occurred_on", "reported_at", "privacy", "harm", "level", "shift", "place",
)  # fmt: skip


def light(*, first: date, last: date, by: str = "occurred_on") -> list[Light]:
    """Cases of the whole hospital that happened (or, by reported_at, were reported) in the period; merged ones are left
    out, because the case they were merged into counts."""
    with neutral.nobody():
        rows = list(
            counting(Incident.objects.all(), first, last, by).values_list(*COLUMNS, "handling__answered_at")
        )
    return [_light(row) for row in rows]


def counting(found: QuerySet, first: date, last: date, by: str = "occurred_on") -> QuerySet:
    """Of a queryset what statistics count in a period, in order of the days."""
    span = (
        {"occurred_on__range": (first, last)}
        if by == "occurred_on"
        else {"reported_at__date__range": (first, last)}
    )
    return found.filter(**span).exclude(state=State.MERGED).order_by("occurred_on", "code")


def _light(row: tuple) -> Light:
    *told, answered = row
    reported = told[4]
    hours = None if answered is None else max((answered - reported).total_seconds() / 3600, 0.0)
    code, category, department, occurred_on, reported_at, privacy, harm, level, shift, place = told
    return Light(
        code, category, department, occurred_on, reported_at, privacy, harm, level, shift, place, hours
    )  # fmt: skip


def of(cases: Sequence[Light], asked: Chosen) -> list[Light]:
    """Those of the chosen department, category and level."""
    return [
        one for one in cases
        if (asked.department is None or one.department == asked.department)
        and (not asked.category or one.category == asked.category)
        and (not asked.level or one.level == asked.level)
    ]  # fmt: skip


def listed(asked: Chosen, *, by: str = "", value: str = "", month: str = "") -> QuerySet[Incident]:
    """The cases behind a figure that this reader may open: the row policy and the manager leave out all others."""
    found = counting(Incident.objects.select_related("department"), asked.first_day, asked.last_day)
    if asked.department is not None:
        found = found.filter(department_id=asked.department)
    if asked.category:
        found = found.filter(category=asked.category)
    if asked.level:
        found = found.filter(level=asked.level)
    if month in asked.months:
        found = found.filter(occurred_on__year=int(month[:4]), occurred_on__month=int(month[5:]))
    if by in ("category", "place", "shift", "level", "harm"):
        found = found.filter(**{by: value})
    if by == "department":
        found = found.filter(department_id=int(value)) if value.isdigit() else found.filter(department=None)
    return found.order_by("-occurred_on", "code")
