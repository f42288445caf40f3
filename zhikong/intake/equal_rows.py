"""Rows that are equal in everything and that the source does not number: which of them is a repetition, nobody knows.

They are kept, because two equal doses are two doses, and the load says how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from zhikong.engine.tables import TABLES
from zhikong.intake.lowering import named, quoted
from zhikong.intake.staging import ROW

if TYPE_CHECKING:
    from zhikong.intake.reading import Reading, View


def note_equal_rows(connection: duckdb.DuckDBPyConnection, view: View, reading: Reading) -> None:
    """Add a note when a table whose numbers we gave ourselves (number_within in its key) holds equal rows."""
    given = {c.column.name for c in view.columns if c.numbered}
    if not given & set(TABLES[view.table].key):
        return
    told = ", ".join(named(c.column.name) for c in view.columns if c.column.name not in given)
    good = f"{named('typed_' + view.name)} ANTI JOIN (FROM faulty WHERE source = {quoted(view.source)}) USING ({ROW})"
    groups = f"SELECT count(*) AS n FROM {good} GROUP BY {told} HAVING count(*) > 1"
    [(rows, kinds)] = connection.execute(f"SELECT coalesce(sum(n), 0), count(*) FROM ({groups})").fetchall()
    if rows:
        meaning = TABLES[view.table].meaning.split("：")[0]
        reading.notes.append(
            f"{meaning}：有 {rows} 行内容完全相同（{kinds} 组），来源没有编号可以区分是否重复，全部保留。"
        )
