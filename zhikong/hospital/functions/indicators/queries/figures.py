"""Which computation shows which month, and the figures in it. Every page of indicators reads through here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue, MonthClose, Signal

Place = int | None
"""A department's id, or None for the whole hospital."""


class Figure(NamedTuple):
    """One computed result with its provenance (F-32)."""

    numerator: int | None
    denominator: int | None
    value: Decimal | None
    reason: str
    definition_hash: str
    data_version: str
    computed_at: datetime


class Found(NamedTuple):
    """A signal of one month."""

    rule: str
    side: str
    sentence: str
    chart: dict


@dataclass(frozen=True)
class Frame:
    """Closed months keep the computation that they were closed with; all others show the newest (SYS-04)."""

    current: Computation | None
    closed: Mapping[str, MonthClose]

    def computation(self, month: str) -> Computation | None:
        return self.closed[month].computation if month in self.closed else self.current

    def as_of(self, month: str) -> int | None:
        """The last target (row number) that counts for a closed month: later ones do not change it."""
        return self.closed[month].last_target if month in self.closed else None

    def condition(self, months: Iterable[str]) -> Q:
        """Rows of values or signals that the months show."""
        groups: dict[int, tuple[Computation, list[str]]] = {}
        for month in months:
            run = self.computation(month)
            if run is not None:
                groups.setdefault(run.pk, (run, []))[1].append(month)
        parts = [
            Q(data_version=run.data_version, definition_hash__in=run.hashes, month__in=of_run)
            for run, of_run in groups.values()
        ]
        return reduce(or_, parts, Q(pk__in=[]))


def frame() -> Frame:
    """Two queries."""
    closed = MonthClose.objects.filter(state=MonthClose.State.CLOSED).select_related(
        "computation", "closed_by"
    )
    current = Computation.objects.order_by("-computed_at", "-pk").first()
    return Frame(current, {row.month: row for row in closed})


FIELDS = ("indicator_id", "department_id", "month", *Figure._fields)


def figures(
    shown: Frame,
    *,
    months: Sequence[str],
    indicators: Iterable[str] | None = None,
    places: Iterable[Place] | None = None,
) -> dict[tuple[str, Place, str], Figure]:
    """Results by (indicator, place, month); places None means every place in scope. One query."""
    rows = IndicatorValue.objects.filter(shown.condition(months)).filter(at_places(places))
    if indicators is not None:
        rows = rows.filter(indicator_id__in=list(indicators))
    return {row[:3]: Figure(*row[3:]) for row in rows.values_list(*FIELDS)}


def signals(
    shown: Frame,
    *,
    months: Sequence[str],
    indicators: Iterable[str] | None = None,
    places: Iterable[Place] | None = None,
) -> dict[tuple[str, Place, str], tuple[Found, ...]]:
    """Signals by (indicator, place, month). One query."""
    rows = Signal.objects.filter(shown.condition(months)).filter(at_places(places))
    if indicators is not None:
        rows = rows.filter(indicator_id__in=list(indicators))
    found: dict[tuple, tuple] = {}
    for row in rows.order_by("rule").values_list("indicator_id", "department_id", "month", *Found._fields):
        found[row[:3]] = (*found.get(row[:3], ()), Found(*row[3:]))
    return found


def at_places(places: Iterable[Place] | None) -> Q:
    if places is None:
        return Q()
    wanted = set(places)
    named = Q(department_id__in=wanted - {None})
    return named | Q(department_id__isnull=True) if None in wanted else named
