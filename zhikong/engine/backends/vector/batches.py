"""The rows of one table in bounded batches, read column by column from files or from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.backends.source import Source
from zhikong.engine.tables import TABLES, Type

BATCH_ROWS = 131_072  # columns of such a batch lie in the processor's cache
Months = frozenset[str] | None
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  facts carry the local wall time without a zone


@dataclass(frozen=True, slots=True)
class Part:
    """One file, or one table in memory: `batches` reads it from the beginning."""

    name: str
    batches: Callable[[], Iterator[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Span:
    """Rows outside low ≤ column < high are not needed: row groups that hold only such are passed over."""

    column: str
    low: int
    high: int


def parts(
    source: Source, table: str, columns: Sequence[str], months: Months, span: Span | None = None
) -> list[Part]:
    """The parts of a table that can hold rows of these months, with the given supplied columns.

    A column that a file lacks is null.
    """
    if table in source.memory:
        held = source.memory[table].select(list(columns))
        return [Part(table, lambda: _of_memory(held))]
    paths = source.files[table].within(months)
    return [Part(path, _reader(path, _texts(table), tuple(columns), span)) for path in paths]


def _of_memory(held: pa.Table) -> Iterator[pa.RecordBatch]:
    yield from held.to_batches(max_chunksize=BATCH_ROWS)


def _reader(
    path: str, texts: frozenset[str], columns: tuple[str, ...], span: Span | None
) -> Callable[[], Iterator[pa.RecordBatch]]:
    def read() -> Iterator[pa.RecordBatch]:
        yield from file_batches(path, columns, texts=texts, span=span)

    return read


def _texts(table: str) -> frozenset[str]:
    known = TABLES.get(table)
    return frozenset(c.name for c in known.columns if c.type is Type.TEXT) if known else frozenset()


def file_batches(
    path: str, columns: Sequence[str], *, texts: frozenset[str], span: Span | None = None
) -> Iterator[pa.RecordBatch]:
    """Batches of a Parquet file; `texts` are read as dictionaries, so that no text is built per row."""
    with pq.ParquetFile(path, read_dictionary=[c for c in columns if c in texts]) as file:
        present = set(file.schema_arrow.names)
        wanted = [c for c in columns if c in present]
        groups = _groups(file, span)
        for batch in file.iter_batches(
            batch_size=BATCH_ROWS, row_groups=groups, columns=wanted, use_threads=False
        ):
            yield batch if len(wanted) == len(columns) else _filled(batch, columns)


def _groups(file: pq.ParquetFile, span: Span | None) -> list[int]:
    """The row groups that can hold rows of the span, as far as their statistics say."""
    every, names = list(range(file.num_row_groups)), file.schema_arrow.names
    if span is None or span.column not in names:
        return every
    metadata, place = file.metadata, names.index(span.column)
    return [i for i in every if _touches(metadata.row_group(i).column(place).statistics, span)]


def _touches(statistics: pq.Statistics | None, span: Span) -> bool:
    if statistics is None or not statistics.has_min_max:
        return True
    least, most = _number(statistics.min), _number(statistics.max)
    return least is None or most is None or (least < span.high and most >= span.low)


def _number(value: object) -> int | None:
    """A date as days or a time as microseconds since 1970, as columns hold them."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return (value - _EPOCH.date()).days
    return value if isinstance(value, int) else None


def _filled(batch: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
    held = set(batch.schema.names)
    arrays = [batch.column(c) if c in held else pa.nulls(batch.num_rows) for c in columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
