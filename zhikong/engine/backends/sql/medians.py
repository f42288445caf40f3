"""What is not additive: medians, percentiles and distinct counts, worked out on the rows for departments and wholes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Counts, Tally
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.grain import Grain, prepare
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.text import clause, listed
from zhikong.engine.definitions.kinds import Rank
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.groups import Group
from zhikong.engine.plan.recipes import Counter, Recipe

WHOLE = 100_000  # places in order are worked out in thousandths of a percent, so in whole numbers


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a group, of which one definition at a time is asked."""

    connection: duckdb.DuckDBPyConnection
    group: Group
    relations: Relations
    months: Sequence[str]

    def grouped(self, counters: Sequence[Counter], aggregates: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """(institution, department, month, of_whole, rows, *aggregates) over the columns v0, v1, …: what each counter
        takes from a row. Raises duckdb.Error."""
        inner = self._inner(counters)
        query = clause(
            "SELECT institution, department, month, grouping(department) AS of_whole, count(*) AS n,",
            listed(aggregates), "FROM", inner,
            "GROUP BY GROUPING SETS ((institution, department, month), (institution, month))",
        )  # fmt: skip
        for institution, department, month, *found in self.connection.execute(query).fetchall():
            label = month if isinstance(month, str) else calendar.named(month)
            yield institution, department, label, *found

    def _inner(self, counters: Sequence[Counter]) -> str:
        expressions = [self.group.date, *([self.group.department] if self.group.department else [])]
        expressions += [x for c in counters for x in (c.condition, c.expression) if x is not None]
        prepare(self.connection, self.relations, expressions)
        within = self.group.partitions(self.months)
        masks = codes.build(self.connection, self.relations, expressions, within)
        grain = Grain(self.group, self.relations, masks, self.months, expressions)
        taken = [f"{_taken(c, grain)} AS v{i}" for i, c in enumerate(counters)]
        institution, department, month = grain.keys()
        where = grain.where()
        return clause(
            "(SELECT", f"{institution} AS institution, {department} AS department, {month} AS month,",
            listed(taken), "FROM", grain.rows(), "WHERE", where, ")",
        )  # fmt: skip


def _taken(counter: Counter, grain: Grain) -> str:
    if counter.expression is None:
        raise ValueError("what is ordered or told apart are the values of an expression")
    condition, value = lower(counter.condition, grain.names), lower(counter.expression, grain.names)
    return f"CASE WHEN {condition} THEN {value} END"


def tally_medians(
    connection: duckdb.DuckDBPyConnection, group: Group, relations: Relations, months: Sequence[str]
) -> dict[str, Tally]:
    """The group's definitions that are not additive, each in a query of its own. Raises duckdb.Error."""
    rows = Rows(connection, group, relations, months)
    found = {key: _ordered(rows, recipe, group.percentiles.get(key)) for key, recipe in group.medians.items()}
    return found | {key: _distinct(rows, recipe) for key, recipe in group.distincts.items()}


def _ordered(rows: Rows, recipe: Recipe, percentile: Definition | None) -> Tally:
    rank = Rank.LINEAR if percentile is None else percentile.rank
    per = 50_000 if percentile is None else int((percentile.percentile or 0) * 1000)
    values = "list_sort(list(v0) FILTER (WHERE v0 IS NOT NULL))"
    low, high, rest = places(rank, per, "count(v0)")
    picked = [f"count(v0), {values}[{low}], {values}[{high}], {rest}"]
    tally = Tally()
    for *cell, of_whole, n, count, below, above, share in rows.grouped([recipe.numerator], picked):
        at = None if not count else between(int(below), int(above), int(share))
        _put(tally, cell, of_whole, Counts(n, None, count, at))
    return tally


def places(rank: Rank, per: int, count: str) -> tuple[str, str, str]:
    """SQL of the places below and above the rank among `count` values, and the rest between them of WHOLE.

    `per` is the percentile in thousandths of a percent. Rules: `kinds.Rank`.
    """
    if rank is Rank.NEAREST:
        place = f"greatest(({per} * {count} + {WHOLE - 1}) // {WHOLE}, 1)"
        return place, place, "0"
    before = f"({per} * ({count} - 1) + {WHOLE})" if rank is Rank.LINEAR else f"({per} * ({count} + 1))"
    place = f"least(greatest({before}, {WHOLE}), {WHOLE} * {count})"
    return f"({place} // {WHOLE})", f"(({place} + {WHOLE - 1}) // {WHOLE})", f"({place} % {WHOLE})"


def between(below: int, above: int, rest: int) -> Decimal:
    """The value `rest` of WHOLE on the way from below to above, exactly."""
    return Decimal(below * WHOLE + (above - below) * rest) / WHOLE


def _distinct(rows: Rows, recipe: Recipe) -> Tally:
    counters = [c for c in (recipe.numerator, recipe.denominator) if c is not None]
    tally = Tally()
    counted = [f"count(DISTINCT v{i})" for i in range(len(counters))]
    for *cell, of_whole, n, above, below in rows.grouped(
        counters, [*counted, *["NULL"] * (2 - len(counted))]
    ):
        _put(tally, cell, of_whole, Counts(n, above, below))
    return tally


def _put(tally: Tally, cell: Sequence[Any], of_whole: int, counts: Counts) -> None:
    institution, department, month = cell
    if of_whole:
        tally.wholes[institution, month] = counts
    else:
        tally.cells[institution, department, month] = counts
