"""Measures over the clinical tables of many patients at once, on DuckDB."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.sql.sets import HIGH, OWN
from zhikong.engine.backends.sql.sets_query import Membership, Query, counted
from zhikong.engine.definitions.sets_nodes import RowSet
from zhikong.engine.tables import Column, Type
from zhikong.engine.tables.clinical import CLINICAL
from zhikong.engine.tables.clinical_data import CASE, Clinical

PATIENTS = "patients"
_KINDS = {
    Type.TEXT: pa.string(),
    Type.INT: pa.int64(),
    Type.FLOAT: pa.float64(),
    Type.BOOL: pa.bool_(),
    Type.DATE: pa.date32(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.CODES: pa.int32(),
}


@dataclass(slots=True)
class Columnar:
    """The clinical tables as Arrow. Each row has its case `c` and a number `r` that no other row of any table has.

    `own`: the columns of the patient's row, which are in every table, so that no query has to join for them.
    """

    cases: list[str]
    tables: dict[str, pa.Table]
    spread: dict[str, frozenset[str]]
    concepts: list[str]
    own: tuple[str, ...] = ()
    _known: dict[frozenset[str], list[int]] = field(default_factory=dict)

    def numbers(self, codes: frozenset[str]) -> list[int]:
        """The numbers of the concepts that have one of the codings."""
        if codes not in self._known:
            self._known[codes] = [
                i for i, text in enumerate(self.concepts) if not codes.isdisjoint(text.split("\n"))
            ]
        return self._known[codes]


def columnar(data: Clinical, wanted: Mapping[str, Collection[str]] | None = None) -> Columnar:
    """The tables (all of them, or table → columns) as Arrow columns."""
    tables: dict[str, pa.Table] = {}
    spread: dict[str, frozenset[str]] = {}
    first = 0
    for table, held in data.tables.items():
        rows = len(held[CASE])
        if wanted is None or table in wanted:
            names = [c for c in CLINICAL[table].columns if wanted is None or c.name in wanted[table]]
            tables[table] = _arrow(data, table, names, first)
            spread[table] = frozenset(c.name for c in names if data.spans.get((table, c.name)))
        first += rows
    if PATIENTS in tables:
        _spread_patients(data, tables, spread)
    own = (
        tuple(c for c in tables[PATIENTS].column_names if c.startswith(OWN) and not c.endswith(HIGH))
        if tables
        else ()
    )
    return Columnar(data.cases, tables, spread, data.concepts, own)


def _arrow(data: Clinical, table: str, names: Sequence[Column], first: int) -> pa.Table:
    held = data.tables[table]
    columns: dict[str, Any] = {
        "c": pa.array(held[CASE], pa.int32()),
        "r": pa.array(range(first, first + len(held[CASE])), pa.int64()),
    }
    for column in names:
        columns[column.name] = pa.array(held[column.name], _KINDS[column.type])
        last = data.spans.get((table, column.name))
        if last:
            high = list(held[column.name])
            for row, value in last.items():
                high[row] = value
            columns[column.name + HIGH] = pa.array(high, _KINDS[column.type])
    return pa.table(columns)


def _spread_patients(data: Clinical, tables: dict[str, pa.Table], spread: dict[str, frozenset[str]]) -> None:
    """Gives every row the columns of its patient; unknown where a case has no patient's row."""
    place: list[int | None] = [None] * len(data.cases)
    for row, case in enumerate(data.tables[PATIENTS][CASE]):
        place[case] = row
    own, places = tables[PATIENTS], pa.array(place, pa.int64())
    for table, arrow in tables.items():
        rows = places.take(arrow["c"])
        for column in own.column_names:
            if column not in ("c", "r"):
                arrow = arrow.append_column(OWN + column, own[column].take(rows))
        tables[table] = arrow
        spread[table] |= {OWN + column for column in spread[PATIENTS] if not column.startswith(OWN)}


def count(
    data: Columnar,
    sets: Mapping[str, RowSet],
    rows: str,
    row: str,
    populations: Membership,
    values: Mapping[str, Any],
    limits: Limits,
) -> pa.Table:
    """One row for every case that has any: its number, the populations' counts, the values' lists."""
    text = sql(data, sets, rows, row, populations, values)
    try:
        return _run(text, data, limits)
    except duckdb.InternalException:  # DuckDB 2.0: this rewriting of joins trips over some nested subqueries
        with _lock:
            _instances.clear()  # after such an error an instance is not used again
        return _run(text, data, limits, disabled="deliminator")


_instances: dict[tuple[int, Limits, str], duckdb.DuckDBPyConnection] = {}
_lock = threading.Lock()


def _connection(limits: Limits, disabled: str) -> duckdb.DuckDBPyConnection:
    """A connection of the caller's own to an empty instance that this process keeps: opening one takes as long as a
    query over twenty thousand patients. An instance is never taken over a fork.
    """
    key = (os.getpid(), limits, disabled)
    with _lock:
        if key not in _instances:
            config = {
                "threads": limits.threads,
                "memory_limit": limits.memory,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "enable_external_access": False,
                "disabled_optimizers": disabled,
                "temp_directory": "",  # better a clear failure than patients' data spilled to a disk
            }
            _instances[key] = duckdb.connect(config=config)
        return _instances[key].cursor()


def _run(text: str, data: Columnar, limits: Limits, disabled: str = "") -> pa.Table:
    with _connection(limits, disabled) as connection:
        for table, arrow in data.tables.items():
            connection.register(table, arrow)
        return connection.sql(text).to_arrow_table()


def sql(
    data: Columnar,
    sets: Mapping[str, RowSet],
    rows: str,
    row: str,
    populations: Membership,
    values: Mapping[str, Any],
) -> str:
    """The query that `count` runs."""
    columns = {
        table: tuple(
            c
            for c in arrow.column_names
            if c not in ("c", "r") and not c.endswith(HIGH) and c not in data.own
        )
        for table, arrow in data.tables.items()
    }
    query = Query(columns, dict(data.spread), data.numbers, data.own)
    for one in sets.values():
        query.add(one)
    return counted(query, rows, row, populations, values)
