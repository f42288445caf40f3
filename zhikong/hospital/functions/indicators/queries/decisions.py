"""Decisions about charts: which hold, which held at a moment, and their history."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from zhikong.foundation.access.scope import once
from zhikong.hospital.functions.indicators.decided import Decision, stamp_of
from zhikong.hospital.functions.indicators.models import ChartDecision

Place = int | None


def chart_decisions(*, indicator_id: str, place: Place, withdrawn: bool = True) -> list[ChartDecision]:
    """The decisions about one chart, newest first; with those that were withdrawn, unless not wanted."""
    rows = ChartDecision.objects.filter(indicator_id=indicator_id, department_id=place)
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    return list(rows.select_related("decided_by", "withdrawn_by").order_by("-decided_at", "-pk"))


class DecisionBook:
    """All decisions in scope, read once; answers for any chart and moment."""

    def __init__(self, rows: Iterable[ChartDecision]):
        self.rows: dict[tuple[str, Place], list[ChartDecision]] = {}
        for row in rows:
            self.rows.setdefault((row.indicator_id, row.department_id), []).append(row)

    def of(self, indicator_id: str, place: Place, *, at: datetime | None = None) -> tuple[Decision, ...]:
        """The decisions that hold now, or that held at a moment."""
        return tuple(
            Decision(row.kind, row.first_month, row.until, row.chart, row.reason)
            for row in self.rows.get((indicator_id, place), ())
            if _held(row, at)
        )

    def first_months(self, months: Iterable[str]) -> list[str]:
        """These months and the first ones of all frozen baselines that hold."""
        rows = [row for rows in self.rows.values() for row in rows]
        return [*months, *(r.first_month for r in rows if r.kind == "freeze" and _held(r, None))]

    def stamp(self, indicator_id: str, place: Place, *, at: datetime | None = None) -> str:
        """A fingerprint of what changes the limits; empty while nothing does."""
        if (indicator_id, place) not in self.rows:
            return ""
        return stamp_of(self.of(indicator_id, place, at=at))


def _held(row: ChartDecision, at: datetime | None) -> bool:
    if at is None:
        return row.withdrawn_at is None
    return row.decided_at <= at and (row.withdrawn_at is None or row.withdrawn_at > at)


def decision_book() -> DecisionBook:
    """One query, asked once a request."""
    return once(
        "indicators.chart_decisions",
        lambda: DecisionBook(ChartDecision.objects.order_by("decided_at", "pk")),
    )


def in_force(rows: Iterable[tuple], closed: Mapping) -> list[tuple]:
    """Of rows (indicator, place, month, decided, …) those that stem from the decisions in force.

    A closed month keeps the signals of the decisions that held when it was closed (closed: month -> MonthClose).
    """
    book = decision_book()
    kept = []
    for row in rows:
        close = closed.get(row[2])
        if row[3] == book.stamp(row[0], row[1], at=close.closed_at if close is not None else None):
            kept.append(row)
    return kept
