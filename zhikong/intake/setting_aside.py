"""Second step: rows with a fault are set aside with their reasons, the good rows are written by month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.engine.tables import MONTH, TABLES, Table, arrow_schema
from zhikong.intake.equal_rows import note_equal_rows
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
    for view in views:
        _write_typed(connection, view, folder)
        if _mark_faulty(connection, view):
            _explain(connection, view, reading)
    for parts in [] if repeated else by_table(views):
        if not parts[0].apart:
            _set_duplicates_aside(connection, parts, reading)
        for view in parts:
            note_equal_rows(connection, view, reading)


def by_table(views: Sequence[View]) -> list[list[View]]:
    """The views table by table, the stays first: a table may have several sources."""
    tables = sorted(dict.fromkeys(view.table for view in views), key=lambda name: name != "stays")
    return [[view for view in views if view.table == name] for name in tables]


def _write_typed(connection, view: View, folder: Path) -> None:
    """The typed rows with one flag, in a parquet file: conversion and checks in one pass over the source."""
    columns = ", ".join(one.typed for one in view.columns)
    bad = " OR ".join(f"coalesce({check.when}, false)" for check in view.checks) or "false"
    path = folder / f"{view.name}.typed.parquet"
    connection.execute(
        f"COPY (SELECT {', '.join([ROW, columns, *view.extras])}, ({bad}) AS __bad FROM {named('view_' + view.name)}) "
        f"TO {quoted(str(path))} (FORMAT parquet, COMPRESSION lz4)"
    )
    connection.execute(
        f"CREATE VIEW {named('typed_' + view.name)} AS SELECT * FROM read_parquet({quoted(str(path))})"
    )


def _mark_faulty(connection, view: View) -> bool:
    added = connection.execute(
        f"INSERT INTO faulty SELECT DISTINCT {quoted(view.source)}, {ROW} FROM {named('typed_' + view.name)} WHERE __bad"
    ).fetchall()[0][0]
    return bool(added)


def _explain(connection, view: View, reading: Reading) -> None:
    """List every fault of the faulty rows; only those rows are read again."""
    cells = ", ".join(
        f"CASE WHEN {check.when} THEN {{'i': {i}, 'v': CAST({check.value} AS VARCHAR), 'd': {check.detail}}} END"
        for i, check in enumerate(view.checks)
    )
    rows = f"(SELECT {ROW} FROM {named('typed_' + view.name)} WHERE __bad)"
    query = (
        f"SELECT {ROW}, __place, unnest(list_filter([{cells}], lambda c: c IS NOT NULL)) AS fault "
        f"FROM {named('view_' + view.name)} WHERE {ROW} IN {rows} ORDER BY {ROW}"
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


def _set_duplicates_aside(connection, parts: list[View], reading: Reading) -> None:
    """Of rows with the same key the first stays. Faulty rows do not count: a corrected repetition is welcome."""
    table = TABLES[parts[0].table]
    key = ", ".join(named(name) for name in table.key)
    rows = " UNION ALL ".join(
        f"SELECT {part} AS part, {ROW}, {key} FROM {named('typed_' + view.name)} "
        f"ANTI JOIN (FROM faulty WHERE source = {quoted(view.source)}) USING ({ROW})"
        for part, view in enumerate(parts)
    )
    query = (
        f"SELECT part, {ROW}, first_value({ROW}) OVER same AS first, row_number() OVER same AS place "
        f"FROM ({rows}) WINDOW same AS (PARTITION BY {key} ORDER BY part, {ROW})"
    )
    found = connection.sql(
        f"SELECT part, {ROW}, first FROM ({query}) WHERE place > 1 ORDER BY 1, 2"
    ).to_arrow_table()
    for part, view in enumerate(parts):
        _set_repeated_aside(connection, view, found.filter(pc.equal(found["part"], part)), reading)


def _set_repeated_aside(connection, view: View, rows: pa.Table, reading: Reading) -> None:
    if not rows.num_rows:
        return
    connection.register("repeated", rows)
    connection.execute(f"INSERT INTO faulty SELECT DISTINCT {quoted(view.source)}, {ROW} FROM repeated")
    connection.unregister("repeated")
    key = TABLES[view.table].key
    label = "、".join(_label_of(view, name) for name in key)
    for row, first in zip(rows[ROW].to_pylist(), rows["first"].to_pylist(), strict=True):
        _add(reading, view, "duplicate", row, key[0], label, "", None, str(first))


def _label_of(view: View, name: str) -> str:
    return next(one.label for one in view.columns if one.column.name == name)


def write_good(
    connection, views: list[View], folder: Path, reading: Reading, known_stays: Sequence[Path]
) -> None:
    """Write each table's good rows in the contract's schema; children follow their stay."""
    _stay_months(connection, [view for view in views if view.table == "stays"], known_stays)
    for view in views:
        if TABLES[view.table].child_of and not view.beside:
            _set_orphans_aside(connection, view, reading)
    for parts in by_table(views):
        _write_table(connection, parts, folder, reading)
    reading.faulty_rows += connection.execute(
        "SELECT count(DISTINCT (source, __row)) FROM faulty"
    ).fetchall()[0][0]


def _stay_months(connection, delivered: list[View], known_stays: Sequence[Path]) -> None:
    month = "strftime(discharged_at, '%Y-%m') AS month"
    if delivered:
        good = " UNION ALL ".join(
            f"SELECT t.stay_id, t.discharged_at, t.{ROW} FROM {_good(view)}" for view in delivered
        )
        source = f"FROM ({good})"
    elif known_stays:
        source = f"FROM (SELECT stay_id, discharged_at, CAST(NULL AS BIGINT) AS {ROW} FROM read_parquet([{', '.join(quoted(str(p)) for p in known_stays)}], hive_partitioning = false))"
    else:
        connection.execute(f"CREATE TABLE stay_months (stay_id VARCHAR, month VARCHAR, {ROW} BIGINT)")
        return
    connection.execute(f"CREATE TABLE stay_months AS SELECT stay_id, {month}, {ROW} {source}")


def _good(view: View) -> str:
    return f"{named('typed_' + view.name)} AS t ANTI JOIN (FROM faulty WHERE source = {quoted(view.source)}) AS f ON f.{ROW} = t.{ROW}"


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


def _month_of(table: Table, *, beside: bool) -> tuple[str, str]:
    """SQL of a row's month, and the join it needs: by the line's number where the rows stand in their stay's line."""
    if beside:
        return "m.month", f"JOIN stay_months AS m ON m.{ROW} = t.{ROW}"
    if table.child_of:
        return "m.month", "JOIN stay_months AS m ON m.stay_id = t.stay_id"
    if table.name == "reported_counts":
        return "t.period", ""
    return f"strftime(t.{named(table.month_of)}, '%Y-%m')", ""


def _write_table(connection, parts: list[View], folder: Path, reading: Reading) -> None:
    table = TABLES[parts[0].table]
    month, join = _month_of(table, beside=parts[0].beside)
    columns = ", ".join(f"t.{named(name)}" for name in table.column_names)
    rows = " UNION ALL ".join(
        f"SELECT {columns}, {month} AS {MONTH} FROM {_good(view)} {join}" for view in parts
    )
    # publishing puts the rows in order anyway; where a line makes many rows, ordering them here too would be dear
    order = "" if parts[0].beside else f" ORDER BY {', '.join(map(named, (MONTH, *table.key)))}"
    query = f"SELECT * FROM ({rows}){order}"
    path = folder / f"{table.name}.good.parquet"
    schema = arrow_schema(table.name)
    written = 0
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for batch in connection.sql(query).to_arrow_reader(20_000):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
            written += batch.num_rows
    reading.tables[table.name], reading.rows[table.name] = path, written


def write_identities(connection, staged: dict[str, Staged], folder: Path, reading: Reading) -> None:
    """Identities of patients whose rows are good, the last delivered one of each patient."""
    given = (reading.tables[table] for table in ("stays", "visits") if table in reading.tables)
    people = [f"SELECT patient_key FROM read_parquet({quoted(str(path))})" for path in given]
    for one in staged.values():
        if one.identities is None or not one.identities.exists() or not people:
            continue
        path = folder / "identities.parquet"
        good = f"({' UNION '.join(people)})"
        connection.execute(
            f"COPY (SELECT * EXCLUDE (file_row_number) "
            f"FROM read_parquet({quoted(str(one.identities))}, file_row_number = true) WHERE patient_key IN {good} "
            f"QUALIFY row_number() OVER (PARTITION BY patient_key ORDER BY file_row_number DESC) = 1) "
            f"TO {quoted(str(path))} (FORMAT parquet)"
        )
        reading.identities = path
