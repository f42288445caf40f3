"""One pass: every counter of a group of definitions by institution, department and month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from zhikong.engine.plan.recipes import Counter

BATCH_ROWS = 600_000  # rows per query: bounds memory, and keeps the aggregate states in cache
Counted = dict[str, int]  # counter key -> count or sum
Cells = dict[Cell, tuple[int, Counted]]  # rows of the group, its counters


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows each month has, how many groups, and the largest."""

    rows: dict[str, int]
    groups: dict[str, int]
    largest: int

    def batches(self, *, splittable: bool) -> Iterator[list[str]]:
        """Consecutive months together until BATCH_ROWS; all at once when files hold mixed months."""
        months = sorted(self.rows)
        if not splittable:
            yield from [months] if months else []
            return
        batch: list[str] = []
        for month in months:
            if batch and sum(self.rows[m] for m in batch) + self.rows[month] > BATCH_ROWS:
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
    keys = {
        i: (r.numerator.key, r.denominator.key if r.denominator else None) for i, r in group.recipes.items()
    }
    splittable = group.by_partition and relations.labelled(group.table)
    prepare(connection, relations, group.expressions())
    masks = codes.build(connection, relations, group.expressions(), group.partitions(size.rows))
    for batch in size.batches(splittable=splittable):
        span = calendar.span(batch[0], batch[-1])
        counting = counting_for(groups=sum(size.groups[m] for m in batch), largest=size.largest)
        cells = count(connection, Grain(group, relations, masks, span, group.expressions()), counting)
        for indicator, pair in keys.items():
            tallies[indicator].cells |= {cell: _counts(pair, *found) for cell, found in cells.items()}
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


def count(connection: duckdb.DuckDBPyConnection, grain: Grain, counting: Counting) -> Cells:
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
    rows: list[tuple[object, ...]],
    counted: list[Counter],
    summed: list[Counter],
    width: int,
    counting: Counting,
) -> Cells:
    cells: Cells = {}
    count_keys, sum_keys = [c.key for c in counted], [c.key for c in summed]
    for institution, department, month, number, *values in rows:
        counts = counting.decode(values[:width], len(counted))  # type: ignore[arg-type]
        found = {key: value for key, value in zip(count_keys, counts, strict=True)}
        found |= {key: int(v or 0) for key, v in zip(sum_keys, values[width:], strict=True)}  # type: ignore[call-overload]
        cells[institution, department, named(month)] = (number, found)  # type: ignore[index, arg-type, assignment]
    return cells


def _counts(keys: tuple[str, str | None], rows: int, found: Counted) -> Counts:
    above, below = keys
    return Counts(rows, found[above], None if below is None else found[below])
