"""Departments and writers over the months, and which defects are most frequent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.queries.results.compliance import tallies

TOP = 10


@dataclass(frozen=True)
class PlaceLine:
    """A department's month: compliance over all rules, the on-time rate, defects, and the rates of the last months."""

    code: str
    name: str
    all: Tally
    on_time: Tally
    change: Decimal | None
    rates: tuple[Decimal | None, ...]


def clock_rules(known: Mapping[str, Any]) -> set[str]:
    """Ids of the rules that have to do with time: the on-time rate is theirs (REC-34)."""
    return {key for key, rule in known.items() if facets.aspect_of(rule) == "timely"}


def places(
    known: Mapping[str, Any],
    names: Mapping[str, str],
    *,
    month: str,
    months: Sequence[str],
    department: str | None,
) -> list[PlaceLine]:
    """Every department of the scope that has something judged in the month, the lowest compliance first."""
    counts = tallies("place", "month", months=months, department=department)
    timely = tallies("place", months=[month], department=department, rules=clock_rules(known))
    found = []
    for code in sorted({code for code, _ in counts}):
        series = [counts.get((code, one), Tally()) for one in months]
        if series[-1].judged or series[-1].error:
            rates = tuple(one.rate for one in series)
            before = rates[-2] if len(rates) > 1 else None
            change = rates[-1] - before if rates[-1] is not None and before is not None else None
            on_time = timely.get((code,), Tally())
            found.append(PlaceLine(code, names.get(code, code), series[-1], on_time, change, rates))
    return sorted(found, key=lambda line: (line.all.rate is None, line.all.rate, line.name))


@dataclass(frozen=True)
class Frequent:
    """A defect among the most frequent: how often, and what share of all defects it and those before it make up."""

    rule: str
    title: str
    count: int
    reached: Decimal
    tally: Tally


def most_frequent(
    known: Mapping[str, Any], *, month: str, department: str | None = None, rules: Sequence[str] | None = None
) -> tuple[list[Frequent], int]:
    """The TOP defects of a month, and how many defects there were in all."""
    counts = {
        key: one
        for (key,), one in tallies("rule", months=[month], department=department, rules=rules).items()
    }
    pairs = [(key, one.failed) for key, one in counts.items() if one.failed]
    shown = [
        Frequent(key, known[key].title if key in known else key, n, reached, counts[key])
        for key, n, reached in facets.pareto(pairs, most=TOP)
    ]
    return shown, sum(n for _, n in pairs)


@dataclass(frozen=True)
class MatrixLine:
    """A rule with a cell for each department of the matrix."""

    rule: str
    title: str
    total: Tally
    cells: tuple[tuple[str, Tally], ...]


def matrix(
    known: Mapping[str, Any], codes: Sequence[str], *, month: str, rules: Sequence[str] | None
) -> list[MatrixLine]:
    """Rules × departments of a month: rules that judged something, those with the lowest compliance first."""
    counts = tallies("rule", "place", months=[month], rules=rules)
    found = []
    for key in sorted({rule for rule, _ in counts}):
        cells = tuple((code, counts.get((key, code), Tally())) for code in codes)
        whole = facets.total(one for (rule, _), one in counts.items() if rule == key)
        if whole.judged or whole.not_assessable or whole.error:
            found.append(MatrixLine(key, known[key].title if key in known else key, whole, cells))
    return sorted(
        found,
        key=lambda line: (not line.total.error, line.total.rate is None, line.total.rate or 0, line.rule),
    )
