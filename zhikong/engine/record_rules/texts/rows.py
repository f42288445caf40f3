"""Reads charts out of a source: only the encounters of some months, only the tables that rules ask for, in portions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from zhikong.engine import months as calendar
from zhikong.engine.backends.source import Source
from zhikong.engine.plan.needs import Needs
from zhikong.engine.record_rules.texts.charts import VISITS, Chart, Row, charts
from zhikong.engine.tables import arrow_schema

PORTION = 1000
"""Charts that are held as Python objects at a time; the rest stays in Arrow."""


class Shelf:
    """The charts of the encounters of some months, in the order of their keys; each pass makes them anew."""

    def __init__(
        self, source: Source, needs: Needs, *, table: str, now: datetime, months: tuple[str, str] | None
    ) -> None:
        span = None if months is None else frozenset(calendar.span(*months))
        at, self.key = ("registered_at", "visit_id") if table == VISITS else ("discharged_at", "stay_id")
        own = table_of(source, table, sorted(needs[table]), span)
        self.own = (own if span is None else own.filter(_within(own[at], span))).sort_by(self.key)
        self.table, self.now = table, now
        keys = self.own[self.key].combine_chunks()
        self.children = {
            name: _Sorted(table_of(source, name, sorted(needs[name]), span), keys)
            for name in sorted(needs.keys() - {table})
        }
        self.said = _said(self.children)

    @property
    def size(self) -> int:
        return int(self.own.num_rows)

    def portions(self) -> Iterator[list[Chart]]:
        """All charts, PORTION at a time."""
        for start in range(0, self.size, PORTION):
            rows: dict[str, list[Row]] = {self.table: self.own.slice(start, PORTION).to_pylist()}
            rows |= {name: child.portion(start, PORTION) for name, child in self.children.items()}
            yield list(charts(rows, table=self.table, now=self.now, said=self.said))

    def everyone(self) -> Iterator[Chart]:
        """All charts, one by one."""
        for portion in self.portions():
            yield from portion


class _Sorted:
    """Rows of a child table in the order of the encounters that they belong to; those of others are left out."""

    def __init__(self, rows: pa.Table, keys: pa.Array) -> None:
        place = pc.index_in(rows["stay_id"], value_set=keys).combine_chunks()
        known = pc.is_valid(place)
        places = place.filter(known).to_numpy(zero_copy_only=False)
        order = np.argsort(places, kind="stable")
        self.rows = rows.filter(known).take(pa.array(order))
        self.places = places[order]

    def portion(self, start: int, count: int) -> list[Row]:
        """The rows of `count` encounters from the one at `start`."""
        first, end = np.searchsorted(self.places, [start, start + count])
        return self.rows.slice(int(first), int(end - first)).to_pylist()


def table_of(source: Source, table: str, columns: Sequence[str], span: frozenset[str] | None) -> pa.Table:
    """The columns of a table, of files only those that can hold rows of these months."""
    schema = arrow_schema(table, with_month=False)
    wanted = pa.schema([schema.field(name).with_nullable(True) for name in schema.names if name in columns])
    if table in source.memory:
        return source.memory[table].select(wanted.names).cast(wanted)
    paths = [path for path in source.files[table].within(span) if Path(path).is_file()]
    if not paths:
        return wanted.empty_table()
    return ds.dataset(paths, format="parquet", schema=wanted, partitioning=None).to_table(
        columns=wanted.names
    )


def _within(times: pa.ChunkedArray, span: frozenset[str]) -> pa.ChunkedArray:
    named = pc.strftime(times, format="%Y-%m")
    return pc.is_in(named, value_set=pa.array(sorted(span)))


def _said(children: dict[str, _Sorted]) -> frozenset[str] | None:
    """Document types of which at least one text is there."""
    if not {"documents", "document_sections"} <= children.keys():
        return None
    sections, documents = children["document_sections"].rows, children["documents"].rows
    length = pc.fill_null(pc.utf8_length(sections["text"]), 0)
    written = pc.unique(sections["document_id"].filter(pc.greater(length, 0)))
    types = documents["type"].filter(pc.is_in(documents["document_id"], value_set=written))
    return frozenset(pc.unique(types).to_pylist())
