"""Reads charts out of a source: only the encounters of some months, only the tables that rules ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from zhikong.engine import months as calendar
from zhikong.engine.backends.source import Source
from zhikong.engine.plan.needs import Needs
from zhikong.engine.record_rules.texts.charts import VISITS, Chart, Row, charts
from zhikong.engine.tables import arrow_schema


def charts_of(
    source: Source, needs: Needs, *, table: str, now: datetime, months: tuple[str, str] | None
) -> list[Chart]:
    """The charts of a table's encounters, in the order of their keys."""
    span = None if months is None else frozenset(calendar.span(*months))
    at, key = ("registered_at", "visit_id") if table == VISITS else ("discharged_at", "stay_id")
    own = table_of(source, table, sorted(needs[table]), span)
    if span is not None:
        own = own.filter(_within(own[at], span))
    rows: dict[str, list[Row]] = {table: own.sort_by(key).to_pylist()}
    keys = pa.array([row[key] for row in rows[table]], pa.string())
    for name in sorted(needs.keys() - {table}):
        found = table_of(source, name, sorted(needs[name]), span)
        rows[name] = found.filter(pc.is_in(found["stay_id"], value_set=keys)).to_pylist()
    made = list(charts(rows, table=table))
    for chart in made:
        chart.now = now
    return made


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
    """Rows of these months; those without a time, which are still open, belong to each."""
    named = pc.strftime(times, format="%Y-%m")
    return pc.or_kleene(pc.is_in(named, value_set=pa.array(sorted(span))), pc.is_null(times))
