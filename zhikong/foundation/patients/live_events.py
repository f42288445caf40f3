"""From a live reading's parquet files to events of keys, some thousand at a time, in the order in which they came."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES, Type
from zhikong.foundation.patients.live_rules import Event, Values
from zhikong.intake.live import CLEARED, SEQ, VERSION
from zhikong.intake.live_words import column_of

CHUNK = 10_000


@dataclass(frozen=True)
class Told:
    """An event and the row that it speaks of. stay_id: empty for rows that belong to no stay."""

    table: str
    key: str
    stay_id: str
    event: Event


def events(
    table: str, rows: Path | None, removed: Path | None, *, zone: str, arrived: int
) -> Iterator[list[Told]]:
    """The events of one table in chunks. zone: of the wall times; arrived: microseconds, for events without a time."""
    gone = [one for batch in _batches(removed) for one in _told(table, batch, zone, arrived, removes=True)]
    gone.sort(key=lambda one: one[0])
    for batch in _batches(rows):
        chunk = _told(table, batch, zone, arrived, removes=False)
        last = chunk[-1][0]
        before = [one for one in gone if one[0] <= last]
        gone = gone[len(before) :]
        yield [one for _, one in sorted([*chunk, *before], key=lambda pair: pair[0])]
    if gone:
        yield [one for _, one in gone]


def _batches(path: Path | None) -> Iterator[pa.RecordBatch]:
    if path is None:
        return
    with pq.ParquetFile(path) as file:
        yield from (batch for batch in file.iter_batches(batch_size=CHUNK) if batch.num_rows)


def _told(
    table: str, batch: pa.RecordBatch, zone: str, arrived: int, *, removes: bool
) -> list[tuple[int, Told]]:
    names = [n for n in batch.schema.names if not n.startswith("__")]
    columns = [_plain(batch[name]) for name in names]
    cleared = batch[CLEARED].to_pylist() if CLEARED in batch.schema.names else [None] * batch.num_rows
    versions = _micros(batch[VERSION], zone).to_pylist()
    key = TABLES[table].event_key
    found = []
    for seq, version, empty, *row in zip(batch[SEQ].to_pylist(), versions, cleared, *columns, strict=True):
        values: Values = {n: v for n, v in zip(names, row, strict=True) if v is not None}
        name = key_of([values.get(column) for column in key])
        event = Event(arrived if version is None else version, _said(values, empty, removes), removes)
        found.append((seq, Told(table, name, values.get("stay_id", ""), event)))
    return found


def _said(values: Values, empty: Sequence[str] | None, removes: bool) -> Values:
    if removes:
        return {}
    return values | dict.fromkeys(empty) if empty else values


def _plain(column: pa.Array) -> list[Any]:
    """Python values as JSON has them: times and dates as ISO text."""
    values = column.to_pylist()
    if pa.types.is_temporal(column.type):
        return [None if v is None else v.isoformat() for v in values]
    return values


def _micros(column: pa.Array, zone: str) -> pa.Array:
    """Microseconds since 1970 of local wall times."""
    local = pc.assume_timezone(column, zone, ambiguous="earliest", nonexistent="earliest")
    return local.cast(pa.int64())


def key_of(values: Sequence[Any]) -> str:
    """A key as one text: a JSON list in the order of the contract's key."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def typed(table: str, values: Values) -> dict[str, Any]:
    """A row's values as Python has them: dates and times read back; columns that nobody spoke of are left out."""
    return {name: _read(table, name, value) for name, value in values.items()}


def _read(table: str, name: str, value: Any) -> Any:
    column = column_of(table, name)
    if value is None or column is None:
        return value
    if column.type is Type.TIMESTAMP:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if column.type is Type.DATE else value
