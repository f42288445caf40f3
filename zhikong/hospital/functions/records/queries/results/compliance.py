"""How rules were kept: by rule, department, month and writer, from the counts of the screenings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.models import RuleTally, WriterTally

_PARTS = ("passed", "failed", "not_applicable", "not_assessable", "error")


def tallies(
    *by: str, months: Sequence[str] = (), department: str | None = None, rules: Collection[str] | None = None
) -> dict[tuple, Tally]:
    """Counts summed by columns of the tally (rule, place, month, day); departments of the scope only."""
    rows = _narrowed(RuleTally.objects.all(), months, department, rules)
    sums = rows.order_by().values(*by).annotate(**{f"n_{part}": Sum(part) for part in _PARTS})
    return {
        tuple(row[name] for name in by): Tally(*(row[f"n_{part}"] or 0 for part in _PARTS)) for row in sums
    }


def _narrowed(rows: QuerySet, months, department, rules) -> QuerySet:
    if months:
        rows = rows.filter(month__in=list(months))
    if department is not None:
        rows = rows.filter(place=department)
    return rows if rules is None else rows.filter(rule__in=list(rules))


ENOUGH = 20


def never_passed(known: Collection[str]) -> list[tuple[str, Tally]]:
    """Rules that failed every record ever judged, ENOUGH at least: the hospital never does it, or its data never tell.

    Nobody but a person can say which, so they are told apart from the rest.
    """
    return sorted(
        (key, tally)
        for (key,), tally in tallies("rule").items()
        if key in known and tally.failed >= ENOUGH and not tally.passed
    )


@dataclass(frozen=True)
class WriterLine:
    """A responsible person's results. on_time: of rules of the clock; all: of every rule."""

    responsible: str
    places: tuple[str, ...]
    on_time: Tally
    all: Tally
    by_month: dict[str, Tally]


def writers(*, months: Sequence[str], department: str | None, clock: Collection[str]) -> list[WriterLine]:
    """Everybody who was responsible for something in these months, the most failures first (REC-34)."""
    rows = _narrowed(WriterTally.objects.all(), months, department, None)
    sums = (
        rows.order_by()
        .values("responsible", "place", "month", "rule")
        .annotate(p=Sum("passed"), f=Sum("failed"))
    )
    lines: dict[str, dict] = {}
    for row in sums:
        line = lines.setdefault(
            row["responsible"], {"places": set(), "time": Tally(), "all": Tally(), "months": {}}
        )
        one = Tally(row["p"], row["f"])
        line["places"].add(row["place"])
        line["all"] += one
        line["months"][row["month"]] = line["months"].get(row["month"], Tally()) + one
        if row["rule"] in clock:
            line["time"] += one
    made = [
        WriterLine(who, tuple(sorted(one["places"])), one["time"], one["all"], one["months"])
        for who, one in lines.items()
    ]
    return sorted(made, key=lambda line: (-line.all.failed, line.responsible))
