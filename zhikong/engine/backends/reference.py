"""The reference backend: one definition, one row at a time, straight from the definition's own fields.

It shares no planning with the fast backend, so that agreement of the two means something.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, isnan
from typing import Any

from zhikong.engine.backends.base import Cell, Counts, Failure, Limits, Outcome, Tally, Whole
from zhikong.engine.backends.reference_eval import Env, evaluate, holds
from zhikong.engine.backends.source import Row, Source
from zhikong.engine.definitions.kinds import ORDERED, How, Kind, NumeratorOf, Rank
from zhikong.engine.definitions.model import Definition, Measure
from zhikong.engine.tables import TABLES
from zhikong.engine.tables.views import EARLIER, LATER, SAME_MONTH


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
    groups: dict[Cell, Group] = defaultdict(lambda: Group(definition))
    wholes: dict[Whole, Group] = defaultdict(lambda: Group(definition))
    for env in world.rows(definition.table):
        month = month_of(evaluate(definition.date, env))
        if month is None or month not in months:
            continue
        institution = (env.stay or env.row)["institution"]
        department = evaluate(definition.department, env) if definition.department else None
        for group in (groups[institution, department, month], wholes[institution, month]):
            group.add(env)
    return Tally(
        {cell: group.counts() for cell, group in groups.items()},
        {whole: group.counts() for whole, group in wholes.items()},
    )


def month_of(value: date | datetime | str | None) -> str | None:
    """The month 'YYYY-MM' of a date, a time or a period."""
    if value is None or isinstance(value, str):
        return value
    return f"{value.year:04d}-{value.month:02d}"


@dataclass(slots=True)
class Group:
    """The running counts of one group."""

    definition: Definition
    rows: int = 0
    numerator: int = 0
    denominator: int = 0
    values: list[int] = field(default_factory=list)
    above: set[Any] = field(default_factory=set)
    below: set[Any] = field(default_factory=set)

    def add(self, env: Env) -> None:
        """Counts one row of the table."""
        self.rows += 1
        definition = self.definition
        if not _in_population(definition, env):
            return
        out = any(holds(exclusion.when, env) for exclusion in definition.exclusions)
        if definition.numerator_of is NumeratorOf.BEFORE_EXCLUSIONS or not out:
            self._above(env)
        if not out and not _excepted(definition, env):
            self._below(env)

    def _above(self, env: Env) -> None:
        kind, measure = self.definition.kind, self.definition.numerator
        if kind in ORDERED:
            self.values.append(_amount(measure, env))
        elif kind is Kind.DISTINCT:
            self.above |= _told_apart(measure, env)
        else:
            self.numerator += _amount(measure, env)

    def _below(self, env: Env) -> None:
        measure = self.definition.denominator
        if measure is not None and measure.how is How.DISTINCT:
            self.below |= _told_apart(measure, env)
        elif measure is not None:
            self.denominator += _amount(measure, env)

    def counts(self) -> Counts:
        definition = self.definition
        if definition.kind in ORDERED:
            return Counts(self.rows, None, len(self.values), _at_rank(definition, sorted(self.values)))
        distinct = definition.kind is Kind.DISTINCT
        above, below = (len(self.above), len(self.below)) if distinct else (self.numerator, self.denominator)
        return Counts(self.rows, above, None if definition.denominator is None else below)


def _in_population(definition: Definition, env: Env) -> bool:
    """Before exclusions: the population, summed columns known, and a counted denominator reached."""
    if definition.population is not None and not holds(definition.population, env):
        return False
    measures = [m for m in (definition.numerator, definition.denominator) if m is not None]
    summed = [m.expression for m in measures if m.how in (How.SUM, How.VALUES) and m.expression]
    if any(evaluate(expression, env) is None for expression in summed):
        return False
    below = definition.denominator
    return below is None or below.how is not How.COUNT or _amount(below, env) == 1


def _excepted(definition: Definition, env: Env) -> bool:
    """An exception counts only for a row that does not reach the numerator."""
    if not any(holds(exception.when, env) for exception in definition.exceptions):
        return False
    return _amount(definition.numerator, env) == 0


def _told_apart(measure: Measure, env: Env) -> set[Any]:
    """The row's value, unless it is unknown or not looked at."""
    if measure.expression is None or (measure.where is not None and not holds(measure.where, env)):
        return set()
    return {evaluate(measure.expression, env)} - {None}


def _amount(measure: Measure, env: Env) -> int:
    if measure.how is How.ROWS or measure.expression is None:
        return 1
    if measure.how is How.COUNT:
        return int(holds(measure.expression, env))
    return int(evaluate(measure.expression, env))


def _at_rank(definition: Definition, values: list[int]) -> Decimal | None:
    """The median or percentile of ordered values, worked out in fractions; see `kinds.Rank`."""
    if not values:
        return None
    share, rank = Fraction(1, 2), Rank.LINEAR
    if definition.percentile is not None:
        share, rank = Fraction(definition.percentile) / 100, definition.rank
    count = len(values)
    if rank is Rank.NEAREST:
        return Decimal(values[max(ceil(share * count), 1) - 1])
    place = 1 + share * (count - 1) if rank is Rank.LINEAR else share * (count + 1)
    place = min(max(place, Fraction(1)), Fraction(count))
    low, high = values[floor(place) - 1], values[ceil(place) - 1]
    found = low + (high - low) * (place - floor(place))
    return Decimal(found.numerator) / Decimal(found.denominator)


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
        self._other_stays(stays)

    def _other_stays(self, stays: list[Row]) -> None:
        """The views `earlier_stays` and `later_stays`: a patient's stays as children of each other."""
        patients: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in stays:
            patients[row["institution"], row["patient_key"]].append(row)
        pairs = ((own, other) for rows in patients.values() for own in rows for other in rows)
        for own, other in pairs:
            if own is other:
                continue
            same_month = month_of(own["discharged_at"]) == month_of(other["discharged_at"])
            seen = other | {"stay_id": own["stay_id"], SAME_MONTH: same_month}
            if other["discharged_at"] <= own["admitted_at"]:
                self.children[own["stay_id"]][EARLIER].append(seen)
            if other["admitted_at"] >= own["discharged_at"]:
                self.children[own["stay_id"]][LATER].append(seen)

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
    return isinstance(value, float) and isnan(value)


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
