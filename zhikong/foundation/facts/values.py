"""Which codes the published facts hold, and how often: for whoever keeps the code tables. No row leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from zhikong.engine.tables import TABLES
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.connections import connect, listed
from zhikong.foundation.facts.gateway import published


def distinct_codes(table: str, column: str, name: str | None = None) -> Iterator[tuple[str, str | None, int]]:
    """(code, a name that stands beside it, rows) of a text column over all published months, the code not null.

    name: the column that holds names; left out where the table has none. Raises KeyError for an unknown table.
    """
    snapshot = published(tables=[table])
    files = [path for path in snapshot.files(table) if column in pq.read_schema(path).names]
    if not files:
        return
    named = name if name and TABLES[table].column(name) else None
    words = f"any_value({_quoted(named)})" if named else "NULL"
    query = (
        f"SELECT {_quoted(column)}, {words}, count(*) FROM read_parquet({listed(files)}, union_by_name = true, "
        f"hive_partitioning = false) WHERE {_quoted(column)} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    root = lake.root(snapshot.institution)
    with (
        TemporaryDirectory(prefix=".values-", dir=root) as spill,
        connect(Path(spill), read_from=[root]) as found,
    ):
        yield from found.execute(query).fetchall()


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
