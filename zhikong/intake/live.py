"""Reading a live feed: rows may be incomplete, take others back, and come again; nothing waits for a whole delivery.

Beside the contract's columns a live row carries `__seq` (its place in the delivery), `__version` (the time of the
event, local wall time, null when unknown) and `__cleared` (columns that it empties; every other null is “not said”).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES, Table
from zhikong.engine.tables.schema import schema_of
from zhikong.intake.live_words import LIVE_COLUMNS
from zhikong.intake.lowering import Check, Lowered, listed, named, quoted, typed
from zhikong.intake.setting_aside import by_table
from zhikong.intake.staging import ROW, Staged

if TYPE_CHECKING:
    from zhikong.intake.mappings import TableMapping
    from zhikong.intake.reading import Reading, View

SEQ, VERSION, CLEARED, REMOVED = "__seq", "__version", "__cleared", "__removed"
EMPTIED = '""'  # how HL7 v2 writes that a field is empty now, as against not said
EXTRAS = (VERSION, CLEARED, REMOVED)


def live_schema(name: str) -> pa.Schema:
    """Columns of live rows of a contract table: all may be null except the key's."""
    table = TABLES[name]
    whole = replace(table, columns=(*table.columns, *LIVE_COLUMNS.get(name, ())))
    fields = [f.with_nullable(f.name not in table.event_key) for f in schema_of(whole, with_month=False)]
    return pa.schema([*fields, *_MARKS, pa.field(CLEARED, pa.list_(pa.string()))])


GIVEN = (f"s.{VERSION}", f"CAST([] AS VARCHAR[]) AS {CLEARED}", f"false AS {REMOVED}")
"""The marks of rows that are given as a table: nothing is emptied or taken back."""


def given_schema(name: str) -> pa.Schema:
    """What a table of live rows may bring."""
    schema = live_schema(name)
    wanted = [f for f in schema if f.name not in (SEQ, CLEARED)]
    key = TABLES[name].event_key
    return pa.schema([f.with_nullable(f.name not in key) for f in wanted])


def removal_schema(name: str) -> pa.Schema:
    """Columns of rows that take others back: key, stay where it is known, place and time."""
    wanted = set(TABLES[name].event_key) | ({"stay_id"} if TABLES[name].child_of else set())
    return pa.schema([*(f for f in live_schema(name) if f.name in wanted), *_MARKS])


_MARKS = (pa.field(SEQ, pa.int64(), nullable=False), pa.field(VERSION, pa.timestamp("us")))


# ---- before the view: what the words say of each row ---------------------------------------------------------------


def extras(table: TableMapping, columns: list[Lowered], lacking: Sequence[str] = ()) -> list[str]:
    """SQL of the three marks of a row, over the source's own columns (alias s).

    lacking: columns that the delivery does not have at all; they say nothing, not even “empty”.
    """
    words = table.live
    version = typed("datetime", f"s.{named(words.version)}") if words.version else "CAST(NULL AS TIMESTAMP)"
    removed = _holds(words.cancel) if words.cancel else "false"
    return [
        f"{version} AS {VERSION}",
        f"{_cleared(table, columns, lacking)} AS {CLEARED}",
        f"{removed} AS {REMOVED}",
    ]


def _cleared(table: TableMapping, columns: list[Lowered], lacking: Sequence[str]) -> str:
    key = TABLES[table.table].event_key
    there = [one for one in columns if one.field is not None and one.field.from_ not in lacking]
    whens = [(one.column.name, _emptied_when(one, table)) for one in there]
    whens += [(name, _holds(one.where)) for one in table.live.clear for name in one.columns]
    cells = ", ".join(f"CASE WHEN {when} THEN {quoted(n)} END" for n, when in whens if n not in key)
    return f"list_distinct(list_filter(CAST([{cells}] AS VARCHAR[]), lambda c: c IS NOT NULL))"


def _emptied_when(one: Lowered, table: TableMapping) -> str:
    said = f"{one.raw} = {quoted(EMPTIED)}"
    joined = tuple(f"{join.source}." for join in table.join)
    own = one.field is not None and one.field.from_ is not None and not one.field.from_.startswith(joined)
    return f"({said} OR {one.typed} IS NULL)" if table.live.whole and own else said


def _holds(where) -> str:
    parts = [f"coalesce(s.{named(column)} IN {listed(values)}, false)" for column, values in where.items()]
    return "(" + " AND ".join(parts) + ")"


def emptied(one: Lowered) -> Lowered:
    """The column with HL7's “empty now” read as null."""
    if one.field is None or one.field.constant is not None or one.field.context:
        return one
    empty = quoted(EMPTIED)
    value = f"CASE WHEN {one.raw} = {empty} THEN NULL ELSE {one.typed} END"
    return replace(one, typed=value, raw=f"nullif({one.raw}, {empty})")


def relaxed(table: Table, found: list[Check]) -> list[Check]:
    """The checks of a row by itself: its key must be there; what is still missing is asked when the stay is closed.

    A row that takes another back needs its key and nothing else.
    """
    kept = []
    for check in found:
        if check.reason != "missing_value":
            kept.append(replace(check, when=f"NOT {REMOVED} AND ({check.when})"))
        elif check.column in table.event_key:
            kept.append(check)
    named_by_time = [c for c in (table.numbered or ())[1:] if all(k.column != c for k in kept)]
    return kept + [
        Check("missing_value", c, _meaning(table, c), f"{named(c)} IS NULL", "NULL") for c in named_by_time
    ]


def _meaning(table: Table, name: str) -> str:
    column = table.column(name)
    return column.meaning.split("（")[0] if column else name


# ---- after the checks: what is written -------------------------------------------------------------------------------


def write_live(
    connection, views: list[View], staged: dict[str, Staged], folder: Path, reading: Reading
) -> None:
    """Write the good rows of each table, and the rows that take others back, in the order in which they came."""
    for parts in by_table(views):
        name = parts[0].table
        reading.tables[name], reading.rows[name] = _write(
            connection, parts, folder / f"{name}.good.parquet", live_schema(name), f"NOT {REMOVED}"
        )
        path, rows = _write(
            connection, parts, folder / f"{name}.removed.parquet", removal_schema(name), REMOVED
        )
        if rows:
            reading.removed[name] = path
    faulty = connection.execute(f"SELECT count(DISTINCT (source, {ROW})) FROM faulty").fetchall()
    reading.faulty_rows += faulty[0][0]
    _write_people(connection, staged, folder, reading)


def _write(connection, parts: list[View], path: Path, schema: pa.Schema, where: str) -> tuple[Path, int]:
    columns = ", ".join(f"t.{ROW} AS {SEQ}" if f.name == SEQ else f"t.{named(f.name)}" for f in schema)
    rows_of = " UNION ALL ".join(
        f"SELECT {columns}, t.{ROW} AS __at FROM {named('typed_' + view.name)} AS t ANTI JOIN "
        f"(FROM faulty WHERE source = {quoted(view.source)}) AS f ON f.{ROW} = t.{ROW} WHERE {where}"
        for view in parts
    )
    query = f"SELECT * EXCLUDE (__at) FROM ({rows_of}) ORDER BY __at"
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in connection.sql(query).to_arrow_reader(20_000):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
            rows += batch.num_rows
    return path, rows


def _write_people(connection, staged: dict[str, Staged], folder: Path, reading: Reading) -> None:
    """Whoever a good message names, with what was said last; a message that does not say it takes nothing away."""
    parts = [_people_of(one) for one in staged.values() if one.identities and one.identities.exists()]
    if not parts:
        return
    path = folder / "identities.parquet"
    rows = " UNION ALL BY NAME ".join(parts)
    fields = [c for c in connection.sql(rows).columns if c not in ("patient_key", SEQ)]
    chosen = ", ".join(f"arg_max(nullif({named(f)}, {quoted(EMPTIED)}), {SEQ}) AS {named(f)}" for f in fields)
    query = f"SELECT patient_key, {chosen} FROM ({rows}) WHERE patient_key IS NOT NULL GROUP BY patient_key"
    connection.execute(f"COPY ({query}) TO {quoted(str(path))} (FORMAT parquet)")
    reading.identities = path


def _people_of(one: Staged) -> str:
    good = (
        f"(SELECT patient_key FROM {named(one.source.name)} AS t ANTI JOIN "
        f"(FROM faulty WHERE source = {quoted(one.source.name)}) AS f ON f.{ROW} = t.{ROW})"
    )
    file = f"read_parquet({quoted(str(one.identities))}, file_row_number = true)"
    return f"SELECT * EXCLUDE (file_row_number), file_row_number AS {SEQ} FROM {file} WHERE patient_key IN {good}"
