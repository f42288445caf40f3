"""The reference backend: one definition, one row at a time, straight from the definition's own fields.

It shares no planning with the fast backend, so that agreement of the two means something.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from zhikong.engine.backends.base import Cell, Counts, Failure, Limits, Outcome, Tally, Whole
from zhikong.engine.backends.reference_eval import Env, evaluate, holds
from zhikong.engine.backends.source import Row, Source
from zhikong.engine.definitions.model import Definition, How, Kind, Measure
from zhikong.engine.tables import TABLES


class ReferenceBackend:
    """Plain Python, for tests and tiny data; reads everything into memory."""

    def tally(
        self, definitions: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> dict[str, Outcome]:
        """See `Backend.tally`; `limits` do not apply here."""
        world = World(source)
        return {d.id: _guarded(d, world, months) for d in definitions}


def _guarded(definition: Definition, world: World, months: Sequence[str]) -> Outcome:
    try:
        return _tally(definition, world, frozenset(months))
    except (ArithmeticError, TypeError, ValueError, KeyError) as error:
        return Failure(f"{type(error).__name__}: {error}")


def _tally(definition: Definition, world: World, months: frozenset[str]) -> Tally:
    groups: dict[Cell, Group] = defaultdict(Group)
    wholes: dict[Whole, Group] = defaultdict(Group)
    for env in world.rows(definition.table):
        month = month_of(evaluate(definition.date, env))
        if month is None or month not in months:
            continue
        institution = (env.stay or env.row)["institution"]
        department = evaluate(definition.department, env) if definition.department else None
        for group in (groups[institution, department, month], wholes[institution, month]):
            group.add(definition, env)
    kind = definition.kind
    return Tally(
        {cell: group.counts(kind) for cell, group in groups.items()},
        {whole: group.counts(kind) for whole, group in wholes.items()},
    )


def month_of(value: date | datetime | str | None) -> str | None:
    """The month 'YYYY-MM' of a date, a time or a period."""
    if value is None or isinstance(value, str):
        return value
    return f"{value.year:04d}-{value.month:02d}"


@dataclass(slots=True)
class Group:
    """The running counts of one group."""

    rows: int = 0
    numerator: int = 0
    denominator: int = 0
    values: list[int] = field(default_factory=list)

    def add(self, definition: Definition, env: Env) -> None:
        """Counts one row of the table."""
        self.rows += 1
        if not _belongs(definition, env):
            return
        if definition.kind is Kind.MEDIAN:
            self.values.append(_amount(definition.numerator, env))
            return
        self.numerator += _amount(definition.numerator, env)
        if definition.denominator is not None:
            self.denominator += _amount(definition.denominator, env)

    def counts(self, kind: Kind) -> Counts:
        if kind is Kind.MEDIAN:
            return Counts(self.rows, None, len(self.values), _median(sorted(self.values)))
        return Counts(self.rows, self.numerator, None if kind is Kind.COUNT else self.denominator)


def _belongs(definition: Definition, env: Env) -> bool:
    if definition.population is not None and not holds(definition.population, env):
        return False
    if any(holds(exclusion.when, env) for exclusion in definition.exclusions):
        return False
    measures = [m for m in (definition.numerator, definition.denominator) if m is not None]
    summed = [m.expression for m in measures if m.how in (How.SUM, How.VALUES) and m.expression]
    if any(evaluate(expression, env) is None for expression in summed):
        return False
    below = definition.denominator
    return below is None or below.how is not How.COUNT or _amount(below, env) == 1


def _amount(measure: Measure, env: Env) -> int:
    if measure.how is How.ROWS or measure.expression is None:
        return 1
    if measure.how is How.COUNT:
        return int(holds(measure.expression, env))
    return int(evaluate(measure.expression, env))


def _median(values: list[int]) -> Decimal | None:
    if not values:
        return None
    low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
    return Decimal(low + high) / 2


class World:
    """All rows of a source, with each stay's children and derived columns at hand."""

    def __init__(self, source: Source) -> None:
        self.tables = {name: _clean(source.rows(name)) for name in TABLES if name in source}
        stays = self.tables.get("stays", [])
        _derive(stays)
        self.stays = {row["stay_id"]: row for row in stays}
        self.children: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for name, rows in self.tables.items():
            if TABLES[name].child_of:
                for row in rows:
                    self.children[row["stay_id"]][name].append(row)

    def rows(self, table: str) -> Iterator[Env]:
        """One environment per row; a child row without its stay is not a row of any hospital."""
        if TABLES[table].child_of:
            for row in self.tables[table]:
                if row["stay_id"] in self.stays:
                    yield Env(row, stay=self.stays[row["stay_id"]])
            return
        for row in self.tables[table]:
            yield Env(row, children=self.children[row["stay_id"]] if table == "stays" else {})


def _clean(rows: list[Row]) -> list[Row]:
    """Not-a-number is unknown, like null."""
    return [{k: None if _is_nan(v) else v for k, v in row.items()} for row in rows]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _derive(stays: list[Row]) -> None:
    admissions: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in stays:
        admissions[row["institution"], row["patient_key"]].append(row["admitted_at"])
    for times in admissions.values():
        times.sort()
    for row in stays:
        stayed = row["discharged_at"] - row["admitted_at"]
        row["stay_minutes"] = stayed // timedelta(minutes=1)
        row["stay_days_elapsed"] = stayed // timedelta(days=1)
        times = admissions[row["institution"], row["patient_key"]]
        # a stay of no length must not be its own next one
        search = bisect_right if row["admitted_at"] == row["discharged_at"] else bisect_left
        later = search(times, row["discharged_at"])
        gap = times[later] - row["discharged_at"] if later < len(times) else None
        row["minutes_to_next_admission"] = None if gap is None else gap // timedelta(minutes=1)
