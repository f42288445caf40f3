"""One pass over one month of one table: additive counts by department, day, field and kind.

A row of a child table belongs to the department and the day of its stay's discharge, as it does for indicators; a row
of a table that stands alone to its own department and day. Counts are whole numbers; shares are made by the reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.backends.source import Files, Source
from zhikong.engine.backends.sql.session import reading, session
from zhikong.engine.quality.measures import Measure
from zhikong.engine.quality.model import Kind
from zhikong.engine.quality.query import Part, Query, Reader, Wanted

NOWHERE = ""
"""The department of rows that name none."""

SCHEMA = pa.schema(
    [
        pa.field("department", pa.string()),
        pa.field("day", pa.date32()),
        pa.field("field", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("count", pa.int64()),
    ]
)
ASSESSED = b"zhikong.assessed"
"""Metadata of a table of counts: every (field, kind) that was counted. What is not in it is unknown, not zero."""


def profile(part: Part, reader: Reader) -> pa.Table:
    """The counts of a part, zeros left out; its metadata names everything that was counted. See SCHEMA."""
    with _open(part, reader) as query:
        counts = _long(query.counts(), query.measures)
    assessed = json.dumps([[m.field[1], str(m.kind)] for m in query.measures])
    return counts.replace_schema_metadata({ASSESSED: assessed.encode()})


def assessed(counts: pa.Table) -> set[tuple[str, Kind]]:
    """Every (column, kind) that a table of counts speaks about."""
    raw = (counts.schema.metadata or {}).get(ASSESSED, b"[]")
    return {(column, Kind(kind)) for column, kind in json.loads(raw)}


def rows_behind(
    part: Part, reader: Reader, wanted: Wanted, *, limit: int, offset: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """The rows that a count is made of, in the order of the table's key, and how many there are in all.

    A row has the table's key, the field's value, what the rules compare it with, department, day and pseudonym.
    """
    with _open(part, reader, reading) as query:
        return query.rows(wanted, limit, offset)


@contextmanager
def _open(part: Part, reader: Reader, opened=session) -> Iterator[Query]:
    """opened: `session` for a pass, `reading` for a short question that may come again."""
    files = {part.table: Files(part.files), "stays": Files(part.stays or part.files)}
    if part.closing:
        files["closing"] = Files(part.closing)
    with opened(Source(files=files), reader.limits) as connection:
        yield Query(connection, part, reader)


def _long(wide: pa.Table, measures: Sequence[Measure]) -> pa.Table:
    parts = []
    for index, measure in enumerate(measures):
        values = wide.column(f"c{index}").cast(pa.int64())
        one = pa.table(
            {
                "department": wide.column("department").cast(pa.string()),
                "day": wide.column("day").cast(pa.date32()),
                "field": pa.array([measure.field[1]] * wide.num_rows, pa.string()),
                "kind": pa.array([str(measure.kind)] * wide.num_rows, pa.string()),
                "count": values,
            },
            schema=SCHEMA,
        )
        parts.append(one.filter(pc.not_equal(values, 0)))
    found = pa.concat_tables(parts) if parts else SCHEMA.empty_table()
    grouped = found.group_by(["department", "day", "field", "kind"], use_threads=False)
    summed = grouped.aggregate([("count", "sum")]).rename_columns([*SCHEMA.names])
    return summed.sort_by([(column, "ascending") for column in SCHEMA.names[:4]])
