"""Medians: not additive, so ordered on the rows for departments and for whole institutions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from zhikong.engine import months as calendar
from zhikong.engine.backends.base import Counts, Tally
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.grain import Grain, prepare
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.text import clause
from zhikong.engine.plan.groups import Group
from zhikong.engine.plan.recipes import Recipe


def tally_medians(
    connection: duckdb.DuckDBPyConnection, group: Group, relations: Relations, months: Sequence[str]
) -> dict[str, Tally]:
    """The medians of the group, each in a query of its own. Raises duckdb.Error."""
    return {key: _tally(connection, group, r, relations, months) for key, r in group.medians.items()}


def _tally(
    connection: duckdb.DuckDBPyConnection,
    group: Group,
    recipe: Recipe,
    relations: Relations,
    months: Sequence[str],
) -> Tally:
    tally = Tally()
    query = _query(connection, group, recipe, relations, months)
    for institution, department, month, of_whole, rows, count, low, high in connection.execute(
        query
    ).fetchall():
        label = month if isinstance(month, str) else calendar.named(month)
        median = None if not count else (Decimal(int(low)) + Decimal(int(high))) / 2
        counts = Counts(rows, None, count or 0, median)
        if of_whole:
            tally.wholes[institution, label] = counts
        else:
            tally.cells[institution, department, label] = counts
    return tally


def _query(
    connection: duckdb.DuckDBPyConnection,
    group: Group,
    recipe: Recipe,
    relations: Relations,
    months: Sequence[str],
) -> str:
    value = recipe.numerator.expression
    if value is None:
        raise ValueError("a median orders the values of an expression")
    expressions = [group.date, recipe.numerator.condition, value]
    expressions += [group.department] if group.department else []
    prepare(connection, relations, expressions)
    masks = codes.build(connection, relations, expressions, group.partitions(months))
    grain = Grain(group, relations, masks, months, expressions)
    condition, taken = lower(recipe.numerator.condition, grain.names), lower(value, grain.names)
    institution, department, month = grain.keys()
    where = grain.where()
    inner = clause(
        "(SELECT", f"{institution} AS institution, {department} AS department, {month} AS month,",
        f"CASE WHEN {condition} THEN {taken} END AS taken FROM", grain.rows(), "WHERE", where, ")",
    )  # fmt: skip
    ordered = clause(
        "(SELECT institution, department, month, grouping(department) AS of_whole, count(*) AS n,",
        "list_sort(list(taken) FILTER (WHERE taken IS NOT NULL)) AS v FROM", inner,
        "GROUP BY GROUPING SETS ((institution, department, month), (institution, month)))",
    )  # fmt: skip
    middle = "len(v), v[(len(v) + 1) // 2], v[len(v) // 2 + 1]"
    return clause("SELECT institution, department, month, of_whole, n,", middle, "FROM", ordered)
