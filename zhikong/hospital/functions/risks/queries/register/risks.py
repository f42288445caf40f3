"""Reads of the risk register. Row policies narrow every one of them to the departments in scope."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Q, QuerySet

from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.risks.models.register import Control, FailureAnalysis, Risk
from zhikong.hospital.functions.risks.queries.register.scale import scale, scale_or_none
from zhikong.hospital.functions.risks.rules_scale import Level

OPEN = (Risk.State.OPEN, Risk.State.ACCEPTED)


def risks(
    *, today: date, show: str = "open", category: str = "", department_id: int | None = None, text: str = ""
) -> QuerySet[Risk]:
    """Risks in scope. show: open, review (its date has come), closed or all."""
    rows = Risk.objects.select_related("owner").annotate(
        working=Count(
            "controls", filter=Q(controls__in_effect_at__isnull=False, controls__withdrawn_at=None)
        ),
        waiting=Count("controls", filter=Q(controls__in_effect_at=None, controls__withdrawn_at=None)),
    )
    if show == "closed":
        rows = rows.filter(state=Risk.State.CLOSED)
    elif show == "review":
        rows = rows.filter(state__in=OPEN, review_on__lte=today)
    elif show != "all":
        rows = rows.filter(state__in=OPEN)
    if category:
        rows = rows.filter(category=category)
    if department_id:
        rows = rows.filter(department_id=department_id)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(number__icontains=text))
    return rows.order_by("review_on", "pk")


def risk(pk: int) -> Risk | None:
    """One risk in scope."""
    return Risk.objects.select_related("owner", "made_by", "accepted_by", "closed_by").filter(pk=pk).first()


@dataclass(frozen=True)
class Row:
    """A risk with the level at which it stands; level None: not judged."""

    risk: Risk
    level: Level | None
    inherent: Level | None
    overdue: bool


def ranked(rows, *, today: date) -> list[Row]:
    """The gravest first; what nobody judged stands on top, because nobody knows how grave it is."""
    found = [
        Row(
            one,
            scale().level(*one.now_at),
            scale().level(*one.inherent),
            one.state in OPEN and one.review_on < today,
        )
        for one in rows
    ]
    return sorted(found, key=lambda row: (-_weight(row), row.risk.review_on, row.risk.pk))


def _weight(row: Row) -> int:
    if row.level is None:
        return 10_000
    likelihood, severity = row.risk.now_at
    return row.level.first * 100 + likelihood * severity


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: its level and how many open risks stand there."""

    likelihood: int
    severity: int
    level: Level
    count: int


def matrix(rows) -> list[list[Cell]]:
    """Rows from the highest likelihood down, severity from left to right; counts where the risks stand today."""
    counts = Counter(one.now_at for one in rows if None not in one.now_at)
    found = scale()
    return [
        [
            Cell(
                line.value,
                column.value,
                found.level(line.value, column.value),
                counts[line.value, column.value],
            )
            for column in found.severity
        ]
        for line in reversed(found.likelihood)
    ]


def due_for_review(*, today: date) -> QuerySet[Risk]:
    """Open risks whose date of review has come."""
    return Risk.objects.filter(state__in=OPEN, review_on__lte=today).select_related("owner").order_by("pk")


def late_controls(*, today: date) -> QuerySet[Control]:
    """Controls that were promised for a day that has passed."""
    return (
        Control.objects.filter(in_effect_at=None, withdrawn_at=None, due_on__lt=today)
        .exclude(risk__state=Risk.State.CLOSED)
        .select_related("risk", "responsible")
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True)
class Warning:
    """The same matter again and again in one department: what the register should know of (EMR-04)."""

    clause_key: str
    department_id: int
    department_name: str
    title: str
    times: int
    last: int


def warnings(*, today: date) -> list[Warning]:
    """Matters that came up as often as the scale says within its days, and that no open risk of the place names."""
    found = scale_or_none()
    if found is None:
        return []
    since = today - timedelta(days=found.warning_days)
    rows = list(
        Finding.objects.filter(raised_at__date__gte=since)
        .exclude(clause_key="")
        .values("clause_key", "department_id")
        .annotate(times=Count("pk"), last=Max("pk"))
        .filter(times__gte=found.warning_times)
        .order_by("-times", "clause_key", "department_id")
    )
    if not rows:
        return []
    known = set(Risk.objects.filter(state__in=OPEN).values_list("clause_key", "department_id"))
    rows = [one for one in rows if (one["clause_key"], one["department_id"]) not in known]
    named = Finding.objects.in_bulk([one["last"] for one in rows])
    return [
        Warning(
            one["clause_key"], one["department_id"], named[one["last"]].department_name, named[one["last"]].title,
            one["times"], one["last"],
        )
        for one in rows
    ]  # fmt: skip


def analyses() -> QuerySet[FailureAnalysis]:
    """Worksheets in scope, those still open first."""
    return (
        FailureAnalysis.objects.select_related("leader")
        .annotate(count=Count("modes"))
        .order_by("-closed_at", "-pk")
    )


def analysis(pk: int) -> FailureAnalysis | None:
    return FailureAnalysis.objects.select_related("leader").filter(pk=pk).first()
