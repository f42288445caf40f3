"""Views of a hospital's database, read as they grow: one query a source of the mapping, in batches of raw rows.

Only the columns that the mapping asks for leave the database. A batch is a file of the format "rows"; whoever
receives it stores it first and remembers the state after that, so that a process that dies reads at most one overlap
again. Identifiers leave the stream later, when the file is staged, as those of any file do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlglot import exp

from zhikong.engine.tables import TABLES
from zhikong.intake.formats import rows as rows_format
from zhikong.intake.formats import sql_statements as statements
from zhikong.intake.formats.sql_connections import clock_of, reading
from zhikong.intake.formats.sql_cursors import Position, latest, start_of
from zhikong.intake.mappings import Mapping, Source, deidentified_columns
from zhikong.intake.reasons import FileRefused
from zhikong.intake.staging import find_columns, wanted_columns

BATCH = 5_000


@dataclass(frozen=True)
class Query:
    """What is read for one source of a mapping: a view by name or one SELECT.

    cursor: the column that grows; without it everything is read each time. overlap: see sql_cursors.start_of.
    """

    source: str
    view: str = ""
    statement: str = ""
    cursor: str = ""
    overlap: int = 30
    batch: int = BATCH

    def inner(self, kind: str) -> exp.Expr:
        """The query that is asked, parsed and judged. Raises FileRefused."""
        return (
            statements.checked(self.statement, kind)
            if self.statement
            else statements.relation_named(self.view)
        )


@dataclass(frozen=True)
class Batch:
    """Raw rows, and how far the view has been read when they are stored. `place`: 0, 1, 2 … within one reading."""

    content: bytes
    rows: int
    position: Position | None
    place: int


@dataclass(frozen=True)
class Shape:
    """What a query gives: its columns as the database names them, and which of them the mapping asks for."""

    columns: tuple[str, ...]
    used: dict[str, str]  # the mapping's column -> the database's
    lacking: tuple[str, ...]
    cursor: str | None

    @property
    def selected(self) -> list[str]:
        """Columns to ask for, each once."""
        return list(dict.fromkeys([*self.used.values(), *([self.cursor] if self.cursor else [])]))


def pull(
    engine: sa.Engine,
    kind: str,
    query: Query,
    mapping: Mapping,
    position: Position | None,
    *,
    zone: str,
    seconds: int = 600,
) -> Iterator[Batch]:
    """Read what is new since `position` (None: everything), streamed; a batch is in memory, never the result.

    Raises FileRefused for a query or a view that cannot be used, SourceFault for a database that cannot be read;
    batches that were given before it stay good, and their position is where to go on.
    """
    source = _source(mapping, query)
    inner = query.inner(kind)
    with reading(engine, kind, seconds=seconds) as connection, ExitStack() as leaving:
        shape = _shape(connection, kind, query, source, mapping, inner)
        clock = clock_of(connection, kind)
        since = start_of(position, query.overlap) if position and shape.cursor else None
        sql = statements.rows_of(inner, kind, shape.selected, shape.cursor, since=since is not None)
        streaming = connection.execution_options(stream_results=True, max_row_buffer=query.batch)
        result = _ask(streaming, sql, since)
        leaving.callback(_abandon, connection, result.cursor)
        at = shape.selected.index(shape.cursor) if shape.cursor else None
        for place, part in enumerate(result.partitions(query.batch)):
            if at is not None:
                position = latest([row[at] for row in part], position, clock)
            yield Batch(_written(source.name, shape.selected, part, zone), len(part), position, place)


def _abandon(connection: sa.Connection, cursor: Any) -> None:
    """End a stream that was not read to its end, also when the server has gone.

    MySQL's driver would first read the whole rest, or fail at a dead server: its result is told that there is none.
    """
    unread = getattr(cursor, "_result", None)
    if unread is not None and getattr(unread, "unbuffered_active", False):
        unread.unbuffered_active = False
        connection.invalidate()
    with suppress(connection.dialect.loaded_dbapi.Error):
        cursor.close()


def _written(source: str, names: Sequence[str], part: Sequence[Any], zone: str) -> bytes:
    return rows_format.written(source, (dict(zip(names, row, strict=True)) for row in part), zone=zone)


def _source(mapping: Mapping, query: Query) -> Source:
    if query.source not in mapping.sources:
        known = "、".join(mapping.sources)
        raise FileRefused(f"映射里没有名为 {query.source} 的来源。", f"可用的来源：{known}。")
    return mapping.sources[query.source]


def _ask(connection: sa.Connection, sql: str, since: Any = None) -> sa.CursorResult:
    """Send a composed statement with the driver's own placeholder; nothing else is ever put into its text."""
    style = connection.dialect.paramstyle
    if style in ("pyformat", "format"):
        sql = sql.replace("%", "%%")
    if since is None:
        return connection.exec_driver_sql(sql)
    mark = {"pyformat": "%(since)s", "format": "%s", "qmark": "?", "named": ":since"}[style]
    values = {"since": since} if style in ("pyformat", "named") else (since,)
    return connection.exec_driver_sql(sql.replace(statements.SINCE, mark), values)


def _shape(connection, kind: str, query: Query, source: Source, mapping: Mapping, inner: exp.Expr) -> Shape:
    """Ask for no row, to learn the columns. Raises FileRefused when one is missing that the mapping needs."""
    present = list(_ask(connection, statements.nothing_of(inner, kind)).keys())
    wanted = wanted_columns(source, mapping)
    used, lacking = find_columns(_tolerant(source, wanted, mapping), wanted, present)
    cursor = None
    if query.cursor:
        cursor = next((name for name in present if name.casefold() == query.cursor.casefold()), None)
        if cursor is None:
            raise FileRefused(f"视图里没有游标列 {query.cursor}。", f"视图的列：{'、'.join(present[:30])}。")
    return Shape(tuple(present), used, lacking, cursor)


def _tolerant(source: Source, wanted: Sequence[str], mapping: Mapping) -> Source:
    """A mapping that says nothing of what may be lacking asks for what the contract demands, and for what tells stays
    apart; a view need not have more."""
    if source.required or source.may_lack:
        return source
    demanded = {
        field.from_
        for table in mapping.tables
        for field in table.fields
        if table.source == source.name and not _may_be_null(table.table, field.column)
    }
    parts = {part for column, (_kind, of) in source.pseudonyms.items() if column in demanded for part in of}
    return replace(source, may_lack=frozenset(wanted) - demanded - parts)


def _may_be_null(table: str, column: str) -> bool:
    found = TABLES[table].column(column)
    return found is None or found.nullable


# ---- a first look ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """What a trial shows: columns with what the mapping does with them, and a few rows in which no person stands."""

    columns: tuple[tuple[str, str], ...]  # database's column, the mapping's column or ""
    lacking: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


_FIRST_ROWS = 5


def look(
    engine: sa.Engine, kind: str, query: Query, mapping: Mapping, *, zone: str, seconds: int = 20
) -> Look:
    """Try a query: its columns and first rows. Raises FileRefused and SourceFault as `pull` does."""
    source = _source(mapping, query)
    inner = query.inner(kind)
    with reading(engine, kind, seconds=seconds) as connection:
        shape = _shape(connection, kind, query, source, mapping, inner)
        found = _ask(connection, statements.first_of(inner, kind, _FIRST_ROWS)).fetchall()
    of = {header: column for column, header in shape.used.items()}
    hidden = _hidden(source, mapping)
    shown = tuple(
        tuple(
            _shown(rows_format.as_text(value, zone), of.get(name), name == shape.cursor, hidden)
            for name, value in zip(shape.columns, row, strict=True)
        )
        for row in found
    )
    return Look(tuple((name, of.get(name, "")) for name in shape.columns), shape.lacking, shown)


def _hidden(source: Source, mapping: Mapping) -> frozenset[str]:
    """Columns whose values tell a person, or text in which one may be told."""
    numbers = [part for _kind, of in source.pseudonyms.values() for part in of]
    free = deidentified_columns(mapping, source.name)
    return frozenset([*numbers, *source.identity.values(), *source.options.get("known", ()), *free])


def _shown(text: str | None, column: str | None, is_cursor: bool, hidden: frozenset[str]) -> str:
    if text is None:
        return ""
    if (column is None and not is_cursor) or column in hidden:
        return "•••"
    return text if len(text) <= 40 else f"{text[:40]}…"
