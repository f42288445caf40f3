"""The Arrow schema of each contract table: what intake writes and the engine reads."""

from __future__ import annotations

import pyarrow as pa

from zhikong.engine.tables.model import Table, Type

_ARROW = {
    Type.TEXT: pa.string(),
    Type.INT: pa.int64(),
    Type.FLOAT: pa.float64(),
    Type.BOOL: pa.bool_(),
    Type.DATE: pa.date32(),
    Type.TIMESTAMP: pa.timestamp("us"),
}
MONTH = "month"  # the partition column, 'YYYY-MM', present in every stored table


def schema_of(table: Table, *, with_month: bool = True) -> pa.Schema:
    """Arrow fields in contract order, then `month` (the partition) unless `with_month` is false."""
    fields = [pa.field(c.name, _ARROW[c.type], nullable=c.nullable) for c in table.columns]
    if with_month:
        fields.append(pa.field(MONTH, pa.string(), nullable=False))
    return pa.schema(fields)
