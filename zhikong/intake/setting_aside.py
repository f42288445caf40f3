"""Second step: rows with a fault are set aside with their reasons, the good rows are written by month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import MONTH, TABLES, Table, arrow_schema
from zhikong.intake.lowering import named, quoted
from zhikong.intake.reasons import problem
from zhikong.intake.staging import ROW, Staged

if TYPE_CHECKING:
    from zhikong.intake.reading import Reading, View

_NUMBER_OF_A_PERSON = re.compile(r"\d{11}|\d{14}[\dXx]|\d{17}[\dXx]")
_NAME_LIKE = re.compile(r"[\u3400-\u9fff·]{2,}")
_NEVER_NAMES = {"unknown_department", "not_in_codes", "out_of_order"}


def set_aside(
    connection: duckdb.DuckDBPyConnection,
    views: list[View],
    folder: Path,
    reading: Reading,
    *,
    repeated: bool = False,
) -> None:
    """Type and check every row; fill table `faulty` (source, row) and the reading's problems.

    repeated: a key may come again (the later row tells what changed); otherwise the first of equal keys stays.
    """
    connection.execute(f"CREATE TABLE faulty (source VARCHAR, {ROW} BIGINT)")
    connection.execute("CREATE TABLE sources (name VARCHAR, source VARCHAR)")
    connection.executemany("INSERT INTO sources VALUES (?, ?)", [(v.table, v.source) for v in views])
    for view in views:
        _write_typed(connection, view, folder)
        if _mark_faulty(connection, view):
            _explain(connection, view, reading)
    for view in [] if repeated else sorted(views, key=lambda v: v.table != "stays"):
        _set_duplicates_aside(connection, view, reading)


def _write_typed(connection, view: View, folder: Path) -> None:
    """The typed rows with one flag, in a parquet file: conversion and checks in one pass over the source."""
    columns = ", ".join(one.typed for one in view.columns)
    bad = " OR ".join(f"coalesce({check.when}, false)" for check in view.checks) or "false"
    path = folder / f"{view.table}.typed.parquet"
    connection.execute(
        f"COPY (SELECT {', '.join([ROW, columns, *view.extras])}, ({bad}) AS __bad FROM {named('view_' + view.table)}) "
        f"TO {quoted(str(path))} (FORMAT parquet, COMPRESSION lz4)"
    )
    connection.execute(
        f"CREATE VIEW {named('typed_' + view.table)} AS SELECT * FROM read_parquet({quoted(str(path))})"
    )


def _mark_faulty(connection, view: View) -> bool:
    added = connection.execute(
        f"INSERT INTO faulty SELECT DISTINCT {quoted(view.source)}, {ROW} FROM {named('typed_' + view.table)} WHERE __bad"
    ).fetchall()[0][0]
    return bool(added)


def _explain(connection, view: View, reading: Reading) -> None:
    """List every fault of the faulty rows; only those rows are read again."""
    cells = ", ".join(
        f"CASE WHEN {check.when} THEN {{'i': {i}, 'v': CAST({check.value} AS VARCHAR), 'd': {check.detail}}} END"
        for i, check in enumerate(view.checks)
    )
    rows = f"(SELECT {ROW} FROM {named('typed_' + view.table)} WHERE __bad)"
    query = (
        f"SELECT {ROW}, __place, unnest(list_filter([{cells}], lambda c: c IS NOT NULL)) AS fault "
        f"FROM {named('view_' + view.table)} WHERE {ROW} IN {rows} ORDER BY {ROW}"
    )
    for row, place, fault in _stream(connection, query):
        check = view.checks[fault["i"]]
        _add(reading, view, check.reason, row, check.column, check.label, place, fault["v"], fault["d"])


def _stream(connection, query: str) -> Iterable[tuple]:
    for batch in connection.sql(query).to_arrow_reader(10_000):
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _add(reading: Reading, view: View, reason, row, column, label, place, value, detail) -> None:
    shown = hidden(value, reason)
    where = f"{label}（{place}）" if place else label
    found = problem(
        reason,
        source=view.label,
        row=row,
        table=view.table,
        column=column,
        label=where,
        value=shown,
        detail=detail,
    )
    reading.add(found)


def hidden(value: str | None, reason: str) -> str | None:
    """A faulty value as it may be stored: what looks like a person's number or a name out of place is masked."""
    if value is None:
        return None
    if _NUMBER_OF_A_PERSON.fullmatch(value):
        return f"{value[:2]}****{value[-2:]}"
    if reason not in _NEVER_NAMES and _NAME_LIKE.fullmatch(value):
        return value[0] + "**"
    return value[:80]


def _set_duplicates_aside(connection, view: View, reading: Reading) -> None:
    """Of rows with the same key the first stays. Faulty rows do not count: a corrected repetition is welcome."""
    table = TABLES[view.table]
    key = ", ".join(named(name) for name in table.key)
    query = (
        f"SELECT {ROW}, min({ROW}) OVER (PARTITION BY {key}) AS first, row_number() OVER (PARTITION BY {key} ORDER BY {ROW}) AS place "
        f"FROM {named('typed_' + view.table)} ANTI JOIN (FROM faulty WHERE source = {quoted(view.source)}) USING ({ROW})"
    )
    rows = connection.sql(f"SELECT {ROW}, first FROM ({query}) WHERE place > 1 ORDER BY 1").to_arrow_table()
    if not rows.num_rows:
        return
    connection.register("repeated", rows)
    connection.execute(f"INSERT INTO faulty SELECT DISTINCT {quoted(view.source)}, {ROW} FROM repeated")
    connection.unregister("repeated")
    label = "、".join(_label_of(view, name) for name in table.key)
    for row, first in zip(rows[ROW].to_pylist(), rows["first"].to_pylist(), strict=True):
        _add(reading, view, "duplicate", row, table.key[0], label, "", None, str(first))


def _label_of(view: View, name: str) -> str:
    return next(one.label for one in view.columns if one.column.name == name)


def write_good(
    connection, views: list[View], folder: Path, reading: Reading, known_stays: Sequence[Path]
) -> None:
    """Write each table's good rows, sorted by month and key, in the contract's schema; children follow their stay."""
    by_table = {view.table: view for view in views}
    order = sorted(views, key=lambda v: v.table != "stays")
    _stay_months(connection, "stays" in by_table, known_stays)
    for view in order:
        if TABLES[view.table].child_of:
            _set_orphans_aside(connection, view, reading)
    for view in order:
        _write_table(connection, view, folder, reading)
    reading.faulty_rows += connection.execute(
        "SELECT count(DISTINCT (source, __row)) FROM faulty"
    ).fetchall()[0][0]


def _stay_months(connection, delivered: bool, known_stays: Sequence[Path]) -> None:
    month = "strftime(discharged_at, '%Y-%m') AS month"
    if delivered:
        source = f"FROM typed_stays ANTI JOIN (FROM faulty WHERE source = {_stays_source(connection)}) USING ({ROW})"
    elif known_stays:
        source = f"FROM read_parquet([{', '.join(quoted(str(p)) for p in known_stays)}], hive_partitioning = false)"
    else:
        connection.execute("CREATE TABLE stay_months (stay_id VARCHAR, month VARCHAR)")
        return
    connection.execute(f"CREATE TABLE stay_months AS SELECT stay_id, {month} {source}")


def _stays_source(connection) -> str:
    return "(SELECT source FROM sources WHERE name = 'stays')"


def _good(view: View) -> str:
    return f"{named('typed_' + view.table)} AS t ANTI JOIN (FROM faulty WHERE source = {quoted(view.source)}) AS f ON f.{ROW} = t.{ROW}"


def _set_orphans_aside(connection, view: View, reading: Reading) -> None:
    query = f"SELECT t.{ROW} FROM {_good(view)} WHERE NOT EXISTS (FROM stay_months m WHERE m.stay_id = t.stay_id) ORDER BY 1"
    rows = connection.sql(query).to_arrow_table()
    if not rows.num_rows:
        return
    connection.register("orphans", rows)
    connection.execute(f"INSERT INTO faulty SELECT DISTINCT {quoted(view.source)}, {ROW} FROM orphans")
    connection.unregister("orphans")
    for row in rows[ROW].to_pylist():
        _add(reading, view, "no_stay", row, "stay_id", _label_of(view, "stay_id"), "", None, "")


def _month_of(table: Table) -> tuple[str, str]:
    """SQL of a row's month, and the join it needs."""
    if table.child_of:
        return "m.month", "JOIN stay_months AS m ON m.stay_id = t.stay_id"
    if table.name == "reported_counts":
        return "t.period", ""
    return f"strftime(t.{named(table.month_of)}, '%Y-%m')", ""


def _write_table(connection, view: View, folder: Path, reading: Reading) -> None:
    table = TABLES[view.table]
    month, join = _month_of(table)
    columns = ", ".join(f"t.{named(name)}" for name in table.column_names)
    order = ", ".join(f"t.{named(name)}" for name in table.key)
    query = f"SELECT {columns}, {month} AS {MONTH} FROM {_good(view)} {join} ORDER BY {MONTH}, {order}"
    path = folder / f"{view.table}.good.parquet"
    schema = arrow_schema(view.table)
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in connection.sql(query).to_arrow_reader(20_000):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
            rows += batch.num_rows
    reading.tables[view.table], reading.rows[view.table] = path, rows


def write_identities(connection, staged: dict[str, Staged], folder: Path, reading: Reading) -> None:
    """Identities of patients whose rows are good, the last delivered one of each patient."""
    for one in staged.values():
        if one.identities is None or "stays" not in reading.tables or not one.identities.exists():
            continue
        path = folder / "identities.parquet"
        good = f"(SELECT patient_key FROM read_parquet({quoted(str(reading.tables['stays']))}))"
        connection.execute(
            f"COPY (SELECT * EXCLUDE (file_row_number) "
            f"FROM read_parquet({quoted(str(one.identities))}, file_row_number = true) WHERE patient_key IN {good} "
            f"QUALIFY row_number() OVER (PARTITION BY patient_key ORDER BY file_row_number DESC) = 1) "
            f"TO {quoted(str(path))} (FORMAT parquet)"
        )
        reading.identities = path
