"""How a delivery changes a table: which months, with which rows; a repeated delivery changes none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from zhikong.engine.tables import MONTH, TABLES, Table, arrow_schema
from zhikong.foundation.facts.connections import connect, listed

STAYS = "stays"


@dataclass
class Change:
    """What a delivery does to one table: the months to be replaced, and the query that gives their rows."""

    table: str
    months: list[str]
    query: str
    added: str | None = None  # where no row that is there changes or goes: the query of the rows that come


@dataclass(frozen=True)
class Refused:
    """A row of a feed that cannot be a fact yet: its number in the delivery, the reason and the column."""

    table: str
    id: int
    reason: str
    column: str


@dataclass
class Merge:
    """All changes of one delivery, and how many stays are new, changed or as they were.

    refused: rows of a feed that wait; always empty for whole deliveries, whose rows were checked before.
    by_month: month of discharge -> stays that are new in it, and stays of it that changed (those that left it too).
    """

    changes: list[Change] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    by_month: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def months(self) -> list[str]:
        """Every month whose rows change."""
        return sorted({month for change in self.changes for month in change.months})


class Merger:
    """Compares delivered files with published files. Rows of a delivered stay are replaced, others stay.

    delivered: table -> parquet file in the contract's schema. published: table -> parquet files.
    stated: table -> columns that the delivery speaks of at all; the others keep the value that they have. It is heeded
    for stays, which several sources fill; rows of all other tables come whole.
    """

    def __init__(
        self,
        delivered: Mapping[str, Path],
        published: Mapping[str, Sequence[str]],
        folder: Path,
        lake: Path,
        stated: Mapping[str, Sequence[str]] | None = None,
    ):
        self.connection = connect(folder / "spill", read_from=[folder, lake])
        self.delivered = dict(delivered)
        self.published = published
        for name in TABLES:
            if name in delivered or name == STAYS or (TABLES[name].child_of and published.get(name)):
                self._relation(f"old_{name}", name, published.get(name, ()), hive=True)
            if name in delivered or name == STAYS:
                files = [str(delivered[name])] if name in delivered else ()
                self._relation(f"new_{name}", name, files, hive=False)
        if stated and STAYS in stated and STAYS in delivered and published.get(STAYS):
            self._keep_unstated(set(stated[STAYS]))

    def __enter__(self) -> Merger:
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()

    def _relation(self, view: str, table: str, files: Sequence[str], *, hive: bool) -> None:
        """Files that an earlier release wrote lack the columns that came later: those are unknown."""
        self.connection.register(f"{view}_empty", arrow_schema(table).empty_table())
        rows = f"SELECT * FROM {view}_empty"
        if files:
            options = f", hive_partitioning = true, hive_types = {{'{MONTH}': VARCHAR}}" if hive else ""
            written = f"SELECT * FROM read_parquet({listed(files)}, union_by_name = true{options})"
            rows = f"{written} UNION ALL BY NAME {rows}"
        self.connection.execute(f"CREATE VIEW {view} AS {rows}")

    def _keep_unstated(self, stated: set[str]) -> None:
        """What the delivery does not speak of stays: a feed may have said it, and a front page does not unsay it."""
        names = TABLES[STAYS].column_names
        cells = [f'n."{c}"' if c in stated else f'coalesce(n."{c}", o."{c}") AS "{c}"' for c in names]
        self.connection.execute("ALTER VIEW new_stays RENAME TO said_stays")
        self.connection.execute(
            f"CREATE VIEW new_stays AS SELECT {', '.join(cells)}, n.{MONTH} FROM said_stays AS n "
            f"LEFT JOIN old_stays AS o USING (stay_id)"
        )

    def merge(self) -> Merge:
        """Find what changes, table by table; children whose stay moved to another month move with it."""
        result = Merge()
        self._delivered_stays()
        for name in self.delivered:
            self._find_difference(TABLES[name])
        self._count(result)
        for name, table in TABLES.items():
            if name in self.delivered:
                change = self._change(table)
            elif table.child_of and self.published.get(name) and self._moved():
                change = self._follow(table)
            else:
                continue
            if change.months:
                result.changes.append(change)
        return result

    def _delivered_stays(self) -> None:
        """`delivered`: stays whose rows this delivery replaces, with old and new month where there is one."""
        sources = [STAYS] if STAYS in self.delivered else [n for n in self.delivered if TABLES[n].child_of]
        ids = (
            " UNION ".join(f"SELECT stay_id FROM new_{name}" for name in sources)
            or "SELECT '' AS stay_id WHERE false"
        )
        self.connection.execute(
            f"CREATE TABLE delivered AS SELECT i.stay_id, o.month AS old_month, n.month AS new_month FROM ({ids}) AS i "
            f"LEFT JOIN (SELECT stay_id, month FROM old_stays) AS o USING (stay_id) "
            f"LEFT JOIN (SELECT stay_id, month FROM new_stays) AS n USING (stay_id)"
        )

    def _moved(self) -> bool:
        query = "SELECT count(*) FROM delivered WHERE old_month <> new_month"
        return self.connection.execute(query).fetchall()[0][0] > 0

    def _find_difference(self, table: Table) -> None:
        """`changed_<table>`: months, and stays where the table has them, of rows that are on one side only."""
        wanted = "stay_id, month" if self._by_stay(table) else "month"
        rows = self._difference(table) if self.published.get(table.name) else self._of_delivered(table, "new")
        self.connection.execute(
            f"CREATE TABLE changed_{table.name} AS SELECT DISTINCT {wanted} FROM ({rows})"
        )

    def _count(self, result: Merge) -> None:
        """New, changed and unchanged stays over all delivered tables."""
        parts = [f"SELECT stay_id FROM changed_{n}" for n in self.delivered if self._by_stay(TABLES[n])]
        changed = " UNION ".join(parts) or "SELECT '' AS stay_id WHERE false"
        result.new, result.changed, result.unchanged = self.connection.execute(
            f"WITH changed AS ({changed}) "
            "SELECT count(*) FILTER (WHERE old_month IS NULL AND new_month IS NOT NULL), "
            "count(*) FILTER (WHERE old_month IS NOT NULL AND stay_id IN (FROM changed)), "
            "count(*) FILTER (WHERE old_month IS NOT NULL AND stay_id NOT IN (FROM changed)) FROM delivered"
        ).fetchall()[0]
        counted = self.connection.execute(
            f"WITH changed AS ({changed}), touched AS (SELECT stay_id, old_month, "
            "unnest(list_distinct([old_month, new_month])) AS month FROM delivered) "
            "SELECT month, count(*) FILTER (WHERE old_month IS NULL), count(*) FILTER "
            "(WHERE old_month IS NOT NULL AND stay_id IN (FROM changed)) FROM touched WHERE month IS NOT NULL GROUP BY 1"
        ).fetchall()
        result.by_month = {month: (new, changed) for month, new, changed in counted if new or changed}

    def _columns(self, table: Table) -> str:
        return ", ".join(f'"{name}"' for name in (*table.column_names, MONTH))

    def _of_delivered(self, table: Table, side: str) -> str:
        """Rows of one side that belong to what was delivered."""
        columns = self._columns(table)
        if self._by_stay(table):
            return (
                f"SELECT {columns} FROM {side}_{table.name} WHERE stay_id IN (SELECT stay_id FROM delivered)"
            )
        if side == "new":
            return f"SELECT {columns} FROM new_{table.name}"
        return f"SELECT {columns} FROM old_{table.name} SEMI JOIN new_{table.name} USING ({', '.join(table.key)})"

    def _by_stay(self, table: Table) -> bool:
        return table.name == STAYS or table.child_of == STAYS

    def _difference(self, table: Table) -> str:
        """Rows that are on one side only. Rows have keys, so that none is there twice on a side."""
        new, old = self._of_delivered(table, "new"), self._of_delivered(table, "old")
        return f"(({new}) EXCEPT ({old})) UNION ALL (({old}) EXCEPT ({new}))"

    def _change(self, table: Table) -> Change:
        months = self._months(f"SELECT {MONTH} FROM changed_{table.name}")
        kept = f"SELECT {self._columns(table)} FROM old_{table.name} {self._others(table)}"
        return self._replacing(table, months, f"{kept} UNION ALL {self._of_delivered(table, 'new')}")

    def _others(self, table: Table) -> str:
        if self._by_stay(table):
            return "WHERE stay_id NOT IN (SELECT stay_id FROM delivered)"
        return f"ANTI JOIN new_{table.name} USING ({', '.join(table.key)})"

    def _follow(self, table: Table) -> Change:
        moved = "(SELECT stay_id, new_month FROM delivered WHERE old_month <> new_month)"
        months = self._months(
            f"SELECT unnest([o.month, m.new_month]) FROM old_{table.name} AS o JOIN {moved} AS m USING (stay_id)"
        )
        columns = ", ".join(f'o."{name}"' for name in table.column_names)
        rows = (
            f"SELECT {columns}, coalesce(m.new_month, o.month) AS {MONTH} "
            f"FROM old_{table.name} AS o LEFT JOIN {moved} AS m USING (stay_id)"
        )
        return self._replacing(table, months, rows)

    def _months(self, query: str) -> list[str]:
        return sorted(
            row[0] for row in self.connection.execute(f"SELECT DISTINCT * FROM ({query})").fetchall()
        )

    def _replacing(self, table: Table, months: list[str], rows: str) -> Change:
        order = ", ".join(f'"{name}"' for name in (MONTH, *table.key))
        wanted = listed(months) if months else "[]"
        query = f"SELECT {self._columns(table)} FROM ({rows}) WHERE {MONTH} IN (SELECT unnest({wanted})) ORDER BY {order}"
        return Change(table.name, months, query)

    def rows(self, change: Change, *, added: bool = False) -> pa.RecordBatchReader:
        """The rows of a change, streamed in the contract's schema; of those that only come, if `added`."""
        schema = arrow_schema(change.table)
        query = change.added if added and change.added else change.query
        reader: duckdb.DuckDBPyRelation = self.connection.sql(query)
        batches = (
            batch.cast(schema) if batch.schema != schema else batch
            for batch in reader.to_arrow_reader(20_000)
        )
        return pa.RecordBatchReader.from_batches(schema, batches)
