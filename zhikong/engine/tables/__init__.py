"""The data contract: which tables and columns a hospital supplies, with meaning, unit and constraints."""

from __future__ import annotations

import pyarrow as pa

from zhikong.engine.tables.children import CHILDREN
from zhikong.engine.tables.daily import BED_DAYS, REPORTED_COUNTS
from zhikong.engine.tables.front_pages import FRONT_PAGES
from zhikong.engine.tables.inspections import INSPECTION_ANSWERS
from zhikong.engine.tables.model import CodeSet, Column, Rule, Table, Type
from zhikong.engine.tables.outpatient import OUTPATIENT
from zhikong.engine.tables.records import RECORD_TABLES
from zhikong.engine.tables.schema import MONTH, schema_of
from zhikong.engine.tables.stays import STAYS
from zhikong.engine.tables.treatment import TREATMENT

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        STAYS,
        FRONT_PAGES,
        *CHILDREN,
        *RECORD_TABLES,
        *TREATMENT,
        *OUTPATIENT,
        BED_DAYS,
        REPORTED_COUNTS,
        INSPECTION_ANSWERS,
    )
}


def arrow_schema(name: str, *, with_month: bool = True) -> pa.Schema:
    """The Arrow schema of the contract table `name`. Raises KeyError for a table not in the contract."""
    return schema_of(TABLES[name], with_month=with_month)


__all__ = ["MONTH", "TABLES", "CodeSet", "Column", "Rule", "Table", "Type", "arrow_schema"]
