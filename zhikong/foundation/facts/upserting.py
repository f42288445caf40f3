"""How rows that arrive one by one change the lake: by key and by column, beside what other sources said.

A delivery of a feed is never a whole list: what it does not bring stays. Its parquet files have the contract's columns,
all of which may be null, and
    __id        number of the row, to say which ones could not be taken
    __cleared   columns that the row empties; every other null is “not said” and keeps the value that is there
    __weak      columns in which a value that is there wins, because the front page said it later
A row that lacks a required column, contradicts itself or has no stay is refused and waits where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zhikong.engine.tables import MONTH, TABLES, Table
from zhikong.foundation.facts.merging import STAYS, Change, Merge, Merger, Refused

ID, CLEARED, WEAK = "__id", "__cleared", "__weak"
WHOLE_LISTS = frozenset({"diagnoses", "operations", "transfers", "icu_stays", "fees", "front_pages"})
"""Tables that a front page gives as whole lists: what a feed said before it adds no rows to them."""


Fault = tuple[str, str, str]
"""SQL that is true for faulty rows, the reason and the column."""


class Upserter(Merger):
    """Compares rows of feeds with published files. removed: table -> parquet file of keys whose rows go."""

    def __init__(
        self,
        delivered: Mapping[str, Path],
        removed: Mapping[str, Path],
        published: Mapping[str, Sequence[str]],
        folder: Path,
        lake: Path,
    ):
        super().__init__({}, published, folder, lake)
        self.delivered = dict(delivered)
        self.removed = dict(removed)
        self.connection.execute(f"DROP VIEW new_{STAYS}")
        for name, table in TABLES.items():
            if name in delivered or name in removed:
                self._old_view(name)
            if name in delivered:
                self._new_view(table, delivered[name])
            if name in removed:
                self._gone_view(name, removed[name])

    def _old_view(self, name: str) -> None:
        if name != STAYS and not (TABLES[name].child_of and self.published.get(name)):
            self._relation(f"old_{name}", name, self.published.get(name, ()), hive=True)

    def _new_view(self, table: Table, path: Path) -> None:
        """Of rows with the same key the last one counts."""
        key = _listed(table.event_key)
        self.connection.execute(
            f"CREATE TABLE new_{table.name} AS SELECT * FROM read_parquet('{_text(path)}') "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {ID} DESC) = 1"
        )

    def _gone_view(self, name: str, path: Path) -> None:
        self.connection.execute(f"CREATE TABLE gone_{name} AS SELECT * FROM read_parquet('{_text(path)}')")

    def merge(self) -> Merge:
        """Find what changes, table by table; children whose stay moved to another month move with it."""
        result = Merge()
        self._touched()
        self._merge_stays(result)
        self._months_of_stays()
        for name, table in TABLES.items():
            if table.child_of and self._concerned(name):
                self._merge_children(table, result)
            elif name != STAYS and (name in self.delivered or name in self.removed):
                self._merge_alone(table, result)
        self._changes(result)
        return result

    # ---- stays ------------------------------------------------------------------------------------------------------

    def _touched(self) -> None:
        """`touched`: every stay that a delivered or removed row names, with the month that it lies in."""
        names = [n for n in (*self.delivered, *self.removed) if self._by_stay(TABLES[n])]
        sides = [("new", n) for n in self.delivered if n in names]
        sides += [("gone", n) for n in self.removed if n in names]
        ids = " UNION ".join(f"SELECT stay_id FROM {side}_{n}" for side, n in sides)
        self.connection.execute(
            f"CREATE TABLE touched AS SELECT stay_id, o.month AS old_month "
            f"FROM ({ids or _NO_STAYS}) AS i LEFT JOIN (SELECT stay_id, month FROM old_stays) AS o USING (stay_id)"
        )

    def _merge_stays(self, result: Merge) -> None:
        table = TABLES[STAYS]
        old = self._old_of_touched(table)
        if STAYS in self.delivered:
            self._combine(table, old, f"strftime({table.month_of}, '%Y-%m')")
        else:
            self._copy_old(table, old)
        self._take_back(table)
        self._refuse(table, result)

    def _months_of_stays(self) -> None:
        """`stay_months`: where each touched stay lay and lies; none where it is not in the lake or was taken back."""
        self.connection.execute(
            "CREATE TABLE stay_months AS SELECT t.stay_id, t.old_month, m.month AS new_month "
            "FROM touched AS t LEFT JOIN (SELECT stay_id, month FROM merged_stays) AS m USING (stay_id)"
        )

    # ---- rows ----------------------------------------------------------------------------------------------------------

    def _concerned(self, name: str) -> bool:
        moved = "SELECT count(*) FROM stay_months WHERE old_month IS NOT NULL AND old_month IS DISTINCT FROM new_month"
        if name in self.delivered or name in self.removed:
            return True
        return bool(self.published.get(name)) and self.connection.execute(moved).fetchall()[0][0] > 0

    def _old_of_touched(self, table: Table) -> str:
        """Rows of touched stays, read from the months where they lie."""
        months = self._months("SELECT old_month FROM touched WHERE old_month IS NOT NULL")
        where = "stay_id IN (SELECT stay_id FROM touched)"
        return f"(SELECT * FROM old_{table.name} WHERE {MONTH} IN {_in(months)} AND {where})"

    def _merge_children(self, table: Table, result: Merge) -> None:
        old = self._old_of_touched(table)
        if table.name not in self.delivered:
            self._copy_old(table, old)
        else:
            self._without_stay(table, result)
            self._weak_lists(table, old)
            self._combine(table, old, "NULL")
        self._take_back(table)
        self._refuse(table, result)
        self.connection.execute(
            f"UPDATE merged_{table.name} SET month = s.new_month FROM stay_months AS s "
            f"WHERE s.stay_id = merged_{table.name}.stay_id"
        )
        self.connection.execute(f"DELETE FROM merged_{table.name} WHERE month IS NULL")
        self._number(table)

    def _merge_alone(self, table: Table, result: Merge) -> None:
        """Rows that belong to no stay."""
        key = _listed(table.event_key)
        sides = [f"SELECT {key} FROM new_{table.name}"] if table.name in self.delivered else []
        sides += [f"SELECT {key} FROM gone_{table.name}"] if table.name in self.removed else []
        old = f"(SELECT * FROM old_{table.name} SEMI JOIN ({' UNION '.join(sides)}) USING ({key}))"
        self.connection.execute(f"CREATE TABLE before_{table.name} AS SELECT * FROM {old}")
        if table.name in self.delivered:
            whole = table.name == "reported_counts"  # which has the month itself
            period = table.month_of if whole else f"strftime(\"{table.month_of}\", '%Y-%m')"
            self._combine(table, f"before_{table.name}", period)
        else:
            self._copy_old(table, f"before_{table.name}")
        self._take_back(table)
        self._refuse(table, result)

    def _copy_old(self, table: Table, old: str) -> None:
        columns = self._columns(table)
        self.connection.execute(
            f"CREATE TABLE merged_{table.name} AS SELECT {columns}, CAST(NULL AS BIGINT) AS {ID} FROM {old}"
        )

    def _combine(self, table: Table, old: str, month: str) -> None:
        """`merged_<table>`: old rows and new rows by key; where both are, column by column."""
        key = table.event_key
        cells = ", ".join(f'{_cell(c, key[0])} AS "{c}"' for c in table.column_names)
        self.connection.execute(
            f"CREATE TABLE merged_{table.name} AS SELECT *, CAST({month} AS VARCHAR) AS {MONTH} FROM "
            f"(SELECT {cells}, n.{ID} FROM {old} AS o FULL JOIN new_{table.name} AS n ON {_same(key, 'o', 'n')})"
        )

    def _without_stay(self, table: Table, result: Merge) -> None:
        none = "SELECT stay_id FROM stay_months WHERE new_month IS NULL"
        self._set_aside(table, [(f"stay_id IN ({none})", "no_stay", "stay_id")], result, of="new")

    def _weak_lists(self, table: Table, old: str) -> None:
        """What a feed said before the front page came adds nothing to a list that the front page gave whole."""
        if table.name not in WHOLE_LISTS:
            return
        same = _same(table.event_key, "o", f"new_{table.name}")
        self.connection.execute(
            f"DELETE FROM new_{table.name} WHERE list_contains({WEAK}, 'stay_id') "
            f"AND stay_id IN (SELECT stay_id FROM {old}) AND NOT EXISTS (SELECT 1 FROM {old} AS o WHERE {same})"
        )

    def _take_back(self, table: Table) -> None:
        if table.name in self.removed:
            same = _same(table.event_key, "g", f"merged_{table.name}")
            self.connection.execute(
                f"DELETE FROM merged_{table.name} WHERE EXISTS (SELECT 1 FROM gone_{table.name} AS g WHERE {same})"
            )

    def _refuse(self, table: Table, result: Merge) -> None:
        """Set aside what would break the contract; a row that was in the lake stays as it was there."""
        number = table.numbered[0] if table.numbered else None
        needed = [c.name for c in table.columns if not c.nullable and c.name != number]
        faults = [(f'"{name}" IS NULL', "missing_value", name) for name in needed]
        faults += [(f'"{r.left}" > "{r.right}"', "out_of_order", r.right) for r in table.rules]
        self._set_aside(table, faults, result)

    def _set_aside(self, table: Table, faults: Sequence[Fault], result: Merge, *, of: str = "merged") -> None:
        name = f"{of}_{table.name}"
        cells = ", ".join(f"CASE WHEN {when} THEN {i} END" for i, (when, _, _) in enumerate(faults))
        query = (
            f"SELECT {ID}, unnest(list_filter([{cells}], lambda i: i IS NOT NULL)) FROM {name} "
            f"WHERE {ID} IS NOT NULL ORDER BY 1, 2"
        )
        found = self.connection.execute(query).fetchall()
        if not found:
            return
        result.refused += [Refused(table.name, number, *faults[i][1:]) for number, i in found]
        numbers = sorted({number for number, _ in found})
        self.connection.execute(
            f"CREATE OR REPLACE TABLE aside AS SELECT * FROM {name} WHERE {ID} IN {_in(numbers)}"
        )
        self.connection.execute(f"DELETE FROM {name} WHERE {ID} IN {_in(numbers)}")
        if of == "merged":
            self._as_it_was(table)

    def _as_it_was(self, table: Table) -> None:
        columns = ", ".join(f'o."{c}"' for c in (*table.column_names, MONTH))
        source = f"old_{table.name}" if self._by_stay(table) else f"before_{table.name}"
        self.connection.execute(
            f"INSERT INTO merged_{table.name} BY NAME SELECT {columns} "
            f"FROM {source} AS o JOIN aside AS a ON {_same(table.event_key, 'o', 'a')}"
        )

    def _number(self, table: Table) -> None:
        if table.numbered:
            number, by = table.numbered
            self.connection.execute(f"ALTER TABLE merged_{table.name} RENAME TO unnumbered_{table.name}")
            order = f'PARTITION BY stay_id ORDER BY "{by}", "{number}"'
            self.connection.execute(
                f"CREATE TABLE merged_{table.name} AS SELECT * REPLACE "
                f'(row_number() OVER ({order}) AS "{number}") FROM unnumbered_{table.name}'
            )

    # ---- what comes of it -------------------------------------------------------------------------------------------

    def _changes(self, result: Merge) -> None:
        made = {
            row[0] for row in self.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        changed = []
        for name, table in TABLES.items():
            if f"merged_{name}" in made and (name == STAYS or self._concerned(name)):
                change, stays = self._change_of(table)
                changed += stays
                if change.months:
                    result.changes.append(change)
        self._count_stays(result, set(changed))

    def _change_of(self, table: Table) -> tuple[Change, list[str]]:
        columns = self._columns(table)
        new = f"SELECT {columns} FROM merged_{table.name}"
        old = self._old_of_touched(table) if self._by_stay(table) else f"before_{table.name}"
        old = f"SELECT {columns} FROM {old}"
        gone = f"({old}) EXCEPT ({new})"
        both = f"(({new}) EXCEPT ({old})) UNION ALL ({gone})"
        self.connection.execute(f"CREATE TABLE differing_{table.name} AS {both}")
        months = self._months(f"SELECT {MONTH} FROM differing_{table.name}")
        kept = f"SELECT {columns} FROM old_{table.name} WHERE {MONTH} IN {_in(months)} AND {self._untouched(table)}"
        change = self._replacing(table, months, f"{kept} UNION ALL {new}")
        if not self.connection.execute(f"SELECT count(*) FROM ({gone})").fetchall()[0][0]:
            change.added = (
                f"SELECT {columns} FROM differing_{table.name} ORDER BY {_listed((MONTH, *table.key))}"
            )
        stays = f"SELECT DISTINCT stay_id FROM differing_{table.name}" if self._by_stay(table) else _NO_STAYS
        return change, [row[0] for row in self.connection.execute(stays).fetchall()]

    def _untouched(self, table: Table) -> str:
        if self._by_stay(table):
            return "stay_id NOT IN (SELECT stay_id FROM touched)"
        same = _same(table.event_key, "b", f"old_{table.name}")
        return f"NOT EXISTS (SELECT 1 FROM before_{table.name} AS b WHERE {same})"

    def _count_stays(self, result: Merge, changed: set[str]) -> None:
        rows = self.connection.execute("SELECT stay_id, old_month, new_month FROM stay_months").fetchall()
        there = [(stay, old, new) for stay, old, new in rows if old is not None or new is not None]
        result.new = sum(old is None for _, old, _ in there)
        result.changed = sum(old is not None and stay in changed for stay, old, _ in there)
        result.unchanged = len(there) - result.new - result.changed
        for stay, old, new in there:
            for month in {old, new} - {None} if old is None or stay in changed else ():
                came, altered = result.by_month.get(month, (0, 0))
                result.by_month[month] = (came + (old is None), altered + (old is not None))


_NO_STAYS = "SELECT '' AS stay_id WHERE false"


def _cell(column: str, key: str) -> str:
    """A column of a row that is there, told of anew, or both."""
    return (
        f'CASE WHEN n.{ID} IS NULL THEN o."{column}" WHEN o."{key}" IS NULL THEN n."{column}" '
        f'WHEN list_contains(n.{WEAK}, \'{column}\') THEN coalesce(o."{column}", n."{column}") '
        f"WHEN list_contains(n.{CLEARED}, '{column}') THEN NULL "
        f'ELSE coalesce(n."{column}", o."{column}") END'
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _same(key: Sequence[str], left: str, right: str) -> str:
    return " AND ".join(f'{left}."{name}" = {right}."{name}"' for name in key)


def _in(values: Sequence) -> str:
    """A SQL list for IN; of nothing, what is equal to nothing."""
    return "(" + (", ".join(repr(value) for value in values) or "NULL") + ")"


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
