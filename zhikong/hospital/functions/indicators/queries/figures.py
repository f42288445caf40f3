"""Which computation shows which month, and the figures in it. Every page of indicators reads through here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue, MonthClose, Signal
from zhikong.hospital.functions.indicators.queries import small_cells
from zhikong.hospital.functions.indicators.queries.decisions import in_force

SERIES = 24  # months that carry the limits of a chart
Place = int | None
"""A department's id, or None for the whole hospital."""


class Figure(NamedTuple):
    """One computed result with its provenance (F-32).

    hidden: what stands in place of the numbers for a reader from whom small cells are hidden; then they are None.
    """

    numerator: int | None
    denominator: int | None
    value: Decimal | None
    reason: str
    definition_hash: str
    data_version: str
    computed_at: datetime
    hidden: str = ""

    @property
    def parts(self) -> str:
        """“120 / 200”; the mark of a hidden figure; “—” for what there is none of."""
        if self.hidden:
            return self.hidden
        return " / ".join("—" if part is None else f"{part:,}" for part in (self.numerator, self.denominator))


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


STORED = tuple(name for name in Figure._fields if name != "hidden")
FIELDS = ("indicator_id", "department_id", "month", *STORED)
SIGNALLED = ("indicator_id", "department_id", "month", "decided", *Found._fields)


def figures(
    shown: Frame,
    *,
    months: Sequence[str],
    indicators: Iterable[str] | None = None,
    places: Iterable[Place] | None = None,
) -> dict[tuple[str, Place, str], Figure]:
    """Results by (indicator, place, month); places None means every place in scope. One query.

    What a rule on small cells hides from the reader is taken out here, so that no page, sheet or picture has it.
    """
    rows = IndicatorValue.objects.filter(shown.condition(months)).filter(at_places(places))
    if indicators is not None:
        rows = rows.filter(indicator_id__in=list(indicators))
    found = {row[:3]: Figure(*row[3:]) for row in rows.values_list(*FIELDS)}
    return small_cells.masked(
        found, lambda: small_cells.all_places(shown.condition(months), FIELDS, Figure, found)
    )


def signals(
    shown: Frame,
    *,
    months: Sequence[str],
    indicators: Iterable[str] | None = None,
    places: Iterable[Place] | None = None,
) -> dict[tuple[str, Place, str], tuple[Found, ...]]:
    """Signals by (indicator, place, month). One query; none of a series with a hidden figure, whose limits would tell it."""
    rows = Signal.objects.filter(shown.condition(months)).filter(at_places(places))
    if indicators is not None:
        rows = rows.filter(indicator_id__in=list(indicators))
    found: dict[tuple, tuple] = {}
    for row in in_force(rows.order_by("rule").values_list(*SIGNALLED), shown.closed):
        found[row[:3]] = (*found.get(row[:3], ()), Found(*row[4:]))
    return found if small_cells.restriction() is None else _told(shown, found, months)


def _told(shown: Frame, found: dict, months: Sequence[str]) -> dict:
    """The signals of series in which nothing is hidden: a sentence or a limit would give the hidden month away."""
    window = calendar.span(calendar.shifted(min(months), -SERIES), max(months))
    names, places = {key[0] for key in found}, {key[1] for key in found}
    values = figures(shown, months=window, indicators=names, places=places) if found else {}
    hidden = {key[:2] for key, figure in values.items() if figure.hidden}
    return {key: told for key, told in found.items() if key[:2] not in hidden}


def at_places(places: Iterable[Place] | None) -> Q:
    if places is None:
        return Q()
    wanted = set(places)
    named = Q(department_id__in=wanted - {None})
    return named | Q(department_id__isnull=True) if None in wanted else named
