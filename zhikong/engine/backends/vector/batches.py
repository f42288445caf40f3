"""The rows of one table in bounded batches, read column by column from files or from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.backends.source import Source
from zhikong.engine.tables import TABLES, Type

BATCH_ROWS = 131_072  # columns of such a batch lie in the processor's cache
Months = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Part:
    """One file, or one table in memory: `batches` reads it from the beginning."""

    name: str
    batches: Callable[[], Iterator[pa.RecordBatch]]


def parts(source: Source, table: str, columns: Sequence[str], months: Months) -> list[Part]:
    """The parts of a table that can hold rows of these months, with the given supplied columns.

    A column that a file lacks is null.
    """
    if table in source.memory:
        held = source.memory[table].select(list(columns))
        return [Part(table, lambda: _of_memory(held))]
    paths = source.files[table].within(months)
    return [Part(path, _reader(path, table, tuple(columns))) for path in paths]


def _of_memory(held: pa.Table) -> Iterator[pa.RecordBatch]:
    yield from held.to_batches(max_chunksize=BATCH_ROWS)


def _reader(path: str, table: str, columns: tuple[str, ...]) -> Callable[[], Iterator[pa.RecordBatch]]:
    def read() -> Iterator[pa.RecordBatch]:
        yield from file_batches(path, columns, texts=_texts(table))

    return read


def _texts(table: str) -> frozenset[str]:
    known = TABLES.get(table)
    return frozenset(c.name for c in known.columns if c.type is Type.TEXT) if known else frozenset()


def file_batches(path: str, columns: Sequence[str], *, texts: frozenset[str]) -> Iterator[pa.RecordBatch]:
    """Batches of a Parquet file; `texts` are read as dictionaries, so that no text is built per row."""
    with pq.ParquetFile(path, read_dictionary=[c for c in columns if c in texts]) as file:
        present = set(file.schema_arrow.names)
        wanted = [c for c in columns if c in present]
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, use_threads=False):
            yield batch if len(wanted) == len(columns) else _filled(batch, columns)


def _filled(batch: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
    held = set(batch.schema.names)
    arrays = [batch.column(c) if c in held else pa.nulls(batch.num_rows) for c in columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
