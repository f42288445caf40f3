"""Rows of a hospital-wide table of some months, such as the duty roster: small, and no patient's."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import arrow_schema
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import published


def month_rows(table: str, *, months: Collection[str]) -> pa.Table | None:
    """All published rows of these months ('2026-11'); None when the table was never delivered.

    For tables that hold no patient and no stay: nothing is narrowed to departments and the look is not logged.
    """
    files = published(tables=[table]).files(table)
    if not files:
        return None
    schema = arrow_schema(table, with_month=False)
    wanted = [path for path in files if lake.month_of_file(path) in months]
    read = [pq.read_table(path, partitioning=None) for path in wanted]
    parts = [_fitted(one, schema) for one in read]
    return pa.concat_tables(parts) if parts else _loose(schema).empty_table()


def _loose(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema])


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The contract's columns in their order; one that an old file lacks is empty."""
    loose = _loose(schema)
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in loose
    ]
    return pa.table(columns, schema=loose)
