"""One pass: every counter of a group of definitions by institution, department and month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import duckdb

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Cell, Counts, Tally
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.atoms import atoms_of
from zhikong.engine.backends.sql.grain import Grain, prepare
from zhikong.engine.backends.sql.medians import tally_medians
from zhikong.engine.backends.sql.packing import Counting, counting_for
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.text import clause, listed
from zhikong.engine.plan.groups import Group
from zhikong.engine.plan.recipes import Counter, Recipe

BATCH_ROWS = 1_000_000  # rows per query: bounds the memory


@dataclass(frozen=True, slots=True)
class Counted:
    """What one query found, column by column: the groups, their rows, and each counter's numbers."""

    cells: list[Cell]
    rows: list[int]
    counters: dict[str, list[int]]

    def tally(self, recipe: Recipe) -> dict[Cell, Counts]:
        """The counts of one definition in every group."""
        above = self.counters[recipe.numerator.key]
        below = self.counters[recipe.denominator.key] if recipe.denominator else repeat(None)
        return dict(zip(self.cells, map(Counts, self.rows, above, below), strict=True))


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows each month has, how many groups, and the largest."""

    rows: dict[str, int]
    groups: dict[str, int]
    largest: int

    def batches(self, *, splittable: bool, most: int = BATCH_ROWS) -> Iterator[list[str]]:
        """Consecutive months together until `most` rows; all at once when files hold mixed months."""
        months = sorted(self.rows)
        if not splittable:
            yield from [months] if months else []
            return
        batch: list[str] = []
        for month in months:
            if batch and sum(self.rows[m] for m in batch) + self.rows[month] > most:
                yield batch
                batch = []
            batch.append(month)
        if batch:
            yield batch


def run_pass(
    connection: duckdb.DuckDBPyConnection, group: Group, relations: Relations, months: Sequence[str]
) -> dict[str, Tally]:
    """The tallies of all definitions of the group, rolled up to institutions. Raises duckdb.Error."""
    size = _size(connection, group, relations, months)
    tallies = {key: Tally() for key in group.recipes}
    splittable = group.by_partition and relations.labelled(group.table)
    prepare(connection, relations, group.expressions())
    masks = codes.build(connection, relations, group.expressions(), group.partitions(size.rows))
    most = getattr(connection, "batch_rows", BATCH_ROWS)  # another engine may divide the work itself
    for batch in size.batches(splittable=splittable, most=most):
        span = calendar.span(batch[0], batch[-1])
        counting = counting_for(groups=sum(size.groups[m] for m in batch), largest=size.largest)
        found = count(connection, Grain(group, relations, masks, span, group.expressions()), counting)
        for indicator, recipe in group.recipes.items():
            tallies[indicator].cells |= found.tally(recipe)
    for tally in tallies.values():
        tally.roll_up()
    return tallies | tally_medians(connection, group, relations, months)


def _size(
    connection: duckdb.DuckDBPyConnection, group: Group, relations: Relations, months: Sequence[str]
) -> Size:
    """A cheap look at the group keys alone."""
    keys = [group.date, *([group.department] if group.department else [])]
    grain = Grain(group, relations, codes.CodeMasks(), months, keys)
    query = _grouped(grain, ["count(*)"])
    rows: dict[str, int] = {}
    groups: dict[str, int] = {}
    largest = 0
    for _, _, month, number in connection.execute(query).fetchall():
        label = named(month)
        rows[label] = rows.get(label, 0) + number
        groups[label] = groups.get(label, 0) + 1
        largest = max(largest, number)
    return Size(rows, groups, largest)


def named(month: int | str) -> str:
    """The month of a group key: counted from year 0, or already written out for a period."""
    return month if isinstance(month, str) else calendar.named(month)


def _grouped(grain: Grain, aggregates: list[str]) -> str:
    keys = grain.keys()
    where = grain.where()
    return clause(
        "SELECT", listed([*keys, *aggregates]), "FROM", grain.rows(), "WHERE", where, "GROUP BY ALL"
    )


def count(connection: duckdb.DuckDBPyConnection, grain: Grain, counting: Counting) -> Counted:
    """All distinct counters of the grain's group in one query over its span of months."""
    counters = grain.group.counters.values()
    counted = [c for c in counters if c.expression is None]
    summed = [c for c in counters if c.expression is not None]
    atoms = atoms_of([c.condition for c in counters], [c.expression for c in summed if c.expression])
    conditions = [atoms.condition(c.condition) for c in counted]
    columns = counting.columns(conditions)
    sums = [_sum(atoms.condition(c.condition), atoms.value(c.expression)) for c in summed if c.expression]
    inner = _inner(grain, atoms.columns(grain.names))
    query = clause(
        "SELECT institution, department, month,", listed(["count(*)", *columns, *sums]),
        "FROM", inner, "GROUP BY institution, department, month",
    )  # fmt: skip
    return _read(connection.execute(query).fetchall(), counted, summed, len(columns), counting)


def _sum(condition: str, value: str) -> str:
    return f"sum({value})" if condition == "TRUE" else f"sum(CASE WHEN {condition} THEN {value} END)"


def _inner(grain: Grain, columns: list[str]) -> str:
    labels = ("institution", "department", "month")
    keys = [f"{sql} AS {label}" for sql, label in zip(grain.keys(), labels, strict=True)]
    where = grain.where()
    return clause("(SELECT", listed([*keys, *columns]), "FROM", grain.rows(), "WHERE", where, ")")


def _read(
    rows: list[tuple[Any, ...]], counted: list[Counter], summed: list[Counter], width: int, counting: Counting
) -> Counted:
    rows.sort(key=lambda row: (row[0], row[1] or "", row[2]))
    if not rows:
        return Counted([], [], {c.key: [] for c in (*counted, *summed)})
    institutions, departments, months, numbers, *values = zip(*rows, strict=True)
    counts = counting.decode(values[:width], len(counted))
    sums = ([value or 0 for value in column] for column in values[width:])  # null: nothing to add
    keys = (c.key for c in (*counted, *summed))
    cells = list(zip(institutions, departments, map(named, months), strict=True))
    return Counted(cells, list(numbers), dict(zip(keys, (*counts, *sums), strict=True)))
