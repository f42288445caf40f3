"""The board of all corrective action: how much is open, how old, how long each step took, what held, what came back.

Everything is narrowed to the reader's departments by the row policies. Merged findings count under the one they
were merged into. Four queries, whatever the number of findings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries.lists import overdue_condition
from zhikong.foundation.findings.rules.board import AGES, Spread, Tally, WorkingDays, spread
from zhikong.foundation.findings.rules.states import Check, State

PROVEN = (Check.REINSPECTION.value, Check.EFFECT.value)
STEPS = (
    ("answer", "round_from", "approved_at"),
    ("accept", "approved_at", "accepted_at"),
    ("correct", "accepted_at", "corrected_at"),
    ("verify", "corrected_at", "verified_at"),
    ("close", "verified_at", "closed_at"),
    ("total", "raised_at", "closed_at"),
)
"""Step, from, to; of the last round, but the total runs from raising."""


@dataclass(frozen=True)
class Line:
    """One row of a breakdown. key: what the list is filtered by."""

    key: str
    title: str
    tally: Tally


@dataclass(frozen=True)
class Age:
    """Open findings of an age in days since raising. most None: without end."""

    least: int
    most: int | None
    open: int
    overdue: int


@dataclass(frozen=True)
class Board:
    """Everything the page shows; months: the window of raising and closing."""

    since: date
    total: Tally
    departments: list[Line]
    sources: list[Line]
    severities: list[Line]
    months: list[Line]
    ages: list[Age]
    times: dict[str, Spread]


def board(
    *, today: date, months: int = 12, department_id: int | None = None, source: str = "", severity: str = ""
) -> Board:
    """The board of the last months; open findings count however old they are."""
    rows = Finding.objects.exclude(state=State.MERGED)
    if department_id:
        rows = rows.filter(department_id=department_id)
    if source:
        rows = rows.filter(source_kind=source)
    if severity:
        rows = rows.filter(severity=severity)
    since = _months_back(today, months - 1)
    cells = _cells(rows, today, since)
    return Board(
        since=since,
        total=sum((tally for _key, tally in cells), Tally()),
        departments=_folded(cells, 0, _department_names(rows)),
        sources=_folded(cells, 1),
        severities=_folded(cells, 2, {s.value: str(n) for s, n in rules.SEVERITY_NAMES.items()}),
        months=sorted(
            (line for line in _folded(cells, 3) if line.key >= f"{since:%Y-%m}"), key=lambda line: line.key
        ),
        ages=_ages(rows, today),
        times=_times(rows, today, since),
    )


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _cells(rows, today: date, since: date) -> list[tuple[tuple[str, str, str, str], Tally]]:
    """Counts by department, source, severity and month of raising."""
    opened = ~Q(state=State.CLOSED)
    raised, closed = Q(raised_at__date__gte=since), Q(state=State.CLOSED, closed_at__date__gte=since)
    found = (
        rows.filter(raised | opened | closed)
        .order_by()
        .values("department_id", "source_kind", "severity", raised_in=TruncMonth("raised_at"))
        .annotate(
            n_raised=Count("pk", filter=raised),
            n_open=Count("pk", filter=opened),
            n_overdue=Count("pk", filter=overdue_condition(today)),
            n_closed=Count("pk", filter=closed),
            n_proven=Count("pk", filter=closed & Q(closing_verification__check_by__in=PROVEN)),
            n_overridden=Count("pk", filter=closed & Q(closing_verification__check_by=Check.OVERRIDE.value)),
            n_recurrent=Count("pk", filter=raised & Q(recurrent=True)),
            n_reopened=Count("pk", filter=raised & Q(rounds__gt=1)),
            n_extended=Count("pk", filter=raised & Q(extended_times__gt=0)),
        )
    )
    return [
        (
            (str(row["department_id"]), row["source_kind"], row["severity"], f"{timezone.localtime(row['raised_in']):%Y-%m}"),
            Tally(**{name: row[f"n_{name}"] for name in Tally.__dataclass_fields__}),
        )
        for row in found
    ]  # fmt: skip


def _folded(cells, place: int, titles: dict[str, str] | None = None) -> list[Line]:
    sums: dict[str, Tally] = defaultdict(Tally)
    for key, tally in cells:
        sums[key[place]] += tally
    lines = [Line(key, (titles or {}).get(key, key), tally) for key, tally in sums.items()]
    return sorted(
        lines, key=lambda line: (-line.tally.overdue, -line.tally.open, -line.tally.raised, line.key)
    )


def _department_names(rows) -> dict[str, str]:
    latest = rows.order_by("department_id", "-raised_at").distinct("department_id")
    return {str(pk): name for pk, name in latest.values_list("department_id", "department_name")}


def _ages(rows, today: date) -> list[Age]:
    """One query: each bucket with its overdue ones."""
    opened, counts = ~Q(state=State.CLOSED), {}
    for least, most in AGES:
        age = Q(raised_at__date__lte=today - timedelta(days=least))
        if most is not None:
            age &= Q(raised_at__date__gt=today - timedelta(days=most + 1))
        counts[f"open_{least}"] = Count("pk", filter=opened & age)
        counts[f"late_{least}"] = Count("pk", filter=overdue_condition(today) & age)
    found = rows.aggregate(**counts)
    return [Age(least, most, found[f"open_{least}"], found[f"late_{least}"]) for least, most in AGES]


def _times(rows, today: date, since: date) -> dict[str, Spread]:
    """How many working days each step took, of those whose step ended in the window."""
    names = ("raised_at", "approved_at", "accepted_at", "corrected_at", "verified_at", "closed_at", "began")
    moved = rows.filter(
        Q(approved_at__date__gte=since) | Q(corrected_at__date__gte=since) | Q(closed_at__date__gte=since)
    )
    found = list(moved.annotate(began=Coalesce(F("round_from"), F("raised_at"))).values_list(*names))
    first = min((row[0] for row in found), default=None)
    if first is None:
        return {step: spread(()) for step, _from, _to in STEPS}
    days = WorkingDays(timezone.localdate(first), today, working_calendar().is_working_day)
    place = {name: n for n, name in enumerate(names)} | {"round_from": names.index("began")}
    local = _Local()
    return {
        step: spread(
            days.between(local.day(row[place[start]]), local.day(row[place[end]]))
            for row in found
            if row[place[start]] is not None
            and row[place[end]] is not None
            and row[place[start]] <= row[place[end]]
        )
        for step, start, end in STEPS
    }


class _Local:
    """The hospital's day of a moment; the zone is asked once."""

    def __init__(self):
        self._zone = timezone.get_current_timezone()

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()
