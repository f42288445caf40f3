"""The tables of a source as Arrow tables in memory, column by column, read once."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.backends.source import Source
from zhikong.engine.tables import TABLES, Type, arrow_schema


class Loaded:
    """months: only files that can hold them; None means all. undelivered: "table" or "table.column" as if not there."""

    def __init__(
        self,
        source: Source,
        *,
        months: Iterable[str] | None = None,
        undelivered: frozenset[str] = frozenset(),
    ) -> None:
        self.source, self.undelivered = source, undelivered
        self.months = None if months is None else frozenset(months)
        self._columns: dict[tuple[str, str], pa.ChunkedArray] = {}
        self._sizes: dict[str, int] = {}

    def __contains__(self, table: str) -> bool:
        return table in self.source and table not in self.undelivered

    def has(self, table: str, column: str) -> bool:
        """Whether the column was delivered."""
        return (
            table in self
            and f"{table}.{column}" not in self.undelivered
            and column in self.source.columns(table)
        )

    def size(self, table: str) -> int:
        """How many rows the table has."""
        if table not in self:
            return 0
        if table in self.source.memory:
            return int(self.source.memory[table].num_rows)
        if table not in self._sizes:
            paths = self.source.files[table].within(self.months)
            self._sizes[table] = sum(self.source.length(path) for path in paths)
        return self._sizes[table]

    def column(self, table: str, name: str) -> pa.ChunkedArray:
        """A column in the contract's type, text as a dictionary; all null when it was not delivered."""
        key = (table, name)
        if key not in self._columns:
            self._columns[key] = self._read(table, name)
        return self._columns[key]

    def _read(self, table: str, name: str) -> pa.ChunkedArray:
        wanted = arrow_schema(table, with_month=False).field(name).type
        if not self.has(table, name):
            return pa.chunked_array([pa.nulls(self.size(table), wanted)])
        if table in self.source.memory:
            return _typed(self.source.memory[table][name], wanted)
        column = TABLES[table].column(name)
        distinct = TABLES[table].key == (name,)  # a dictionary of what never comes twice only costs
        texts = [name] if column is not None and column.type is Type.TEXT and not distinct else []
        chunks: list[pa.Array] = []
        for path in self.source.files[table].within(self.months):
            # mapped: files of the lake are written once and never changed, and need not be copied to be unpacked
            with pq.ParquetFile(path, read_dictionary=texts, memory_map=True) as file:
                if name in file.schema_arrow.names:
                    chunks += file.read(columns=[name], use_threads=False)[name].chunks
                else:
                    chunks.append(pa.nulls(file.metadata.num_rows, wanted))
        return _together(chunks, wanted)


def _typed(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    if column.type == wanted or (pa.types.is_dictionary(column.type) and column.type.value_type == wanted):
        return column
    return column.cast(wanted)


def _together(chunks: list[pa.Array], wanted: pa.DataType) -> pa.ChunkedArray:
    """Chunks of several files may differ in whether they are dictionaries."""
    kinds = {chunk.type for chunk in chunks}
    if len(kinds) > 1 or (kinds and not _fits(next(iter(kinds)), wanted)):
        chunks = [_plain(chunk).cast(wanted) for chunk in chunks]
    return pa.chunked_array(chunks, type=chunks[0].type if chunks else wanted)


def _fits(kind: pa.DataType, wanted: pa.DataType) -> bool:
    return kind == wanted or (pa.types.is_dictionary(kind) and kind.value_type == wanted)


def _plain(chunk: pa.Array) -> pa.Array:
    return chunk.dictionary_decode() if pa.types.is_dictionary(chunk.type) else chunk
