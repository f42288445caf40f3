"""The statement that counts one month of one table, and the one that lists the rows behind a count.

Text is built only from contract names, checked literals and file paths, as in the other backends' SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Files
from zhikong.engine.backends.sql import codes
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.scope import RowNames
from zhikong.engine.backends.sql.text import clause, listed, literal, name
from zhikong.engine.definitions import nodes as n
from zhikong.engine.quality.measures import Known, Measure, measures_of, refs_of
from zhikong.engine.quality.model import Kind, Rulebook
from zhikong.engine.tables import TABLES, Table, Type


@dataclass(frozen=True)
class Part:
    """One month of one table, with the stays that its rows may belong to, and how the table was at the month's close.

    closing: the files as they were on the day by which the month ought to be complete; None when that day is yet to
    come or nothing of the month had come by then, so that nobody can say what is late.
    """

    table: str
    month: str
    files: tuple[str, ...]
    stays: tuple[str, ...] = ()
    closing: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Reader:
    """What all parts of a run share."""

    book: Rulebook
    known: Known = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Wanted:
    """Which rows: a field and kind of a part, in some departments (None: all), on a day (None: all)."""

    field: str
    kind: Kind
    departments: tuple[str, ...] | None = None
    day: date | None = None


class Query:
    """The statement of one part. x is the row, s its stay, e the row as it was at the month's close."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, part: Part, reader: Reader):
        self.connection, self.part, self.reader = connection, part, reader
        self.table: Table = TABLES[part.table]
        self.supplied = Files(part.files).shape()
        columns = self.supplied.columns if self.supplied else frozenset(self.table.column_names)
        self.columns = [c.name for c in self.table.columns if c.name in columns]
        self.measures = measures_of(self.table, reader.book, supplied=columns, known=reader.known)
        if part.closing is not None:
            self.measures.append(Measure((part.table, ""), Kind.LATE))
        for known, held in reader.known.items():
            connection.register(f"known_{known}", pa.table({"code": pa.array(sorted(held), pa.string())}))
        self.names = RowNames(self._masks(), own="x", stay="s")

    def _masks(self) -> codes.CodeMasks:
        """Code ranges in conditions are looked up once for each distinct code."""
        conditions = [m.condition for m in self.measures if m.condition is not None]
        relations = _Scans(self)
        return codes.build(self.connection, relations, conditions, None)  # type: ignore[arg-type]

    def scan(self, files: Sequence[str]) -> str:
        paths = listed(literal(path) for path in files)
        return f"read_parquet([{paths}], hive_partitioning = false, union_by_name = true)"

    def _from(self) -> str:
        joins = [self.scan(self.part.files), "AS x"]
        if self.table.child_of:
            stays = self.scan(self.part.stays)
            joins.append(f"LEFT JOIN {stays} AS s ON s.stay_id = x.stay_id")
        if self.part.closing is not None:
            keys = [name(key) for key in self.table.key]
            same = " AND ".join(f"e.{key} = x.{key}" for key in keys)
            before = clause("(SELECT", listed(keys), ", TRUE AS was FROM", self._closing(), ") AS e")
            joins.append(clause("LEFT JOIN", before, "ON", same))
        return clause(*joins, self.names.joins())

    def _closing(self) -> str:
        if self.part.closing:
            return self.scan(self.part.closing)
        return clause("(SELECT * FROM", self.scan(self.part.files), "WHERE FALSE)")

    def place(self) -> tuple[str, str]:
        """Department and day of a row."""
        if self.table.child_of:
            return "coalesce(s.discharge_department, '')", "CAST(s.discharged_at AS DATE)"
        own = "discharge_department" if self.table.name == "stays" else "department"
        department = f"coalesce(x.{name(own)}, '')" if own in self.columns else "''"
        column = self.table.column(self.table.month_of)
        if column is not None and column.type in (Type.DATE, Type.TIMESTAMP):
            return department, f"CAST(x.{name(column.name)} AS DATE)"
        return department, f"CAST({literal(self.part.month + '-01')} AS DATE)"

    def condition(self, measure: Measure) -> str:
        """True for the rows that a measure counts; not for repeats, which are no property of one row."""
        if measure.kind is Kind.ROWS:
            return "TRUE"
        if measure.condition is None:
            return "e.was IS NULL"
        text = lower(measure.condition, self.names)
        column = f"x.{name(measure.field[1])}" if measure.field[1] else ""
        if measure.pattern:
            return clause(
                "(", text, "AND NOT regexp_full_match(", column, ",", literal(measure.pattern), "))"
            )
        if measure.known:
            return clause(
                "(", text, "AND", column, "NOT IN (SELECT code FROM", f"known_{measure.known}", "))"
            )
        return text

    def content(self) -> str:
        """All columns that make two rows the same."""
        apart = set(self.reader.book.repeats[self.table.name].apart_from)
        return listed(f"x.{name(column)}" for column in self.columns if column not in apart)

    def _counter(self, measure: Measure) -> str:
        if measure.kind is Kind.DUPLICATED:
            known = lower(measure.condition or n.TRUE, self.names)
            # rows of the same content have the same department and day, so that groups do not part them
            return f"count_if({known}) - count(DISTINCT hash({self.content()})) FILTER (WHERE {known})"
        return f"count_if({self.condition(measure)})"

    def counts(self) -> pa.Table:
        """The fused pass: a row for each department and day, a column c0, c1, … for each measure."""
        department, day = self.place()
        counters = [f"{self._counter(measure)} AS c{i}" for i, measure in enumerate(self.measures)]
        chosen = listed([f"{department} AS department", f"{day} AS day", *counters])
        wide = self.connection.sql(clause("SELECT", chosen, "FROM", self._from(), "GROUP BY ALL"))
        return wide.to_arrow_table()

    def rows(self, wanted: Wanted, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        relation, given = self._matching(wanted)
        total = self.connection.execute(clause("SELECT count(*) FROM", relation), given).fetchall()[0][0]
        order = listed(name(key) for key in self.table.key)
        page = self.connection.execute(
            clause("SELECT * FROM", relation, "ORDER BY", order, "LIMIT ? OFFSET ?"), [*given, limit, offset]
        )
        columns = [column[0] for column in page.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in page.fetchall()], int(total)

    def _matching(self, wanted: Wanted) -> tuple[str, list[Any]]:
        chosen = [m for m in self.measures if m.field[1] == wanted.field and m.kind is wanted.kind]
        department, day = self.place()
        shown = [f"x.{name(column)}" for column in self._shown(chosen)]
        if self.table.child_of:
            own = set(self._shown(chosen))
            shown += [f"s.{name(c)}" for c in ("patient_key", "admitted_at", "discharged_at") if c not in own]
        holds = " OR ".join(f"coalesce({self._holds(m)}, FALSE)" for m in chosen) or "FALSE"
        select = listed([*shown, f"{department} AS in_department", f"{day} AS on_day", f"{holds} AS holds"])
        where, given = "holds", []
        if wanted.departments is not None:
            where += f" AND in_department IN ({listed('?' for _ in wanted.departments)})"
            given += list(wanted.departments)
        if wanted.day is not None:
            where, given = where + " AND on_day = ?", [*given, wanted.day]
        inner = clause("SELECT", select, "FROM", self._from())
        return clause(
            "(SELECT * EXCLUDE holds FROM (", inner, ") AS marked WHERE", where, ") AS behind"
        ), given

    def _holds(self, measure: Measure) -> str:
        if measure.kind is not Kind.DUPLICATED:
            return self.condition(measure)
        order = listed(f"x.{name(key)}" for key in self.table.key)
        nth = f"row_number() OVER (PARTITION BY {self.content()} ORDER BY {order})"
        return f"({lower(measure.condition or n.TRUE, self.names)} AND {nth} > 1)"

    def _shown(self, measures: Iterable[Measure]) -> list[str]:
        """The key, the field, and the row's own columns that its rules read."""
        wanted = [*self.table.key, *(m.field[1] for m in measures if m.field[1])]
        for measure in measures:
            refs = refs_of(measure.condition) if measure.condition is not None else []
            wanted += [ref.column for ref in refs if ref.owner == "row"]
        if "patient_key" in self.columns:
            wanted.append("patient_key")
        return [column for column in dict.fromkeys(wanted) if column in self.columns]


@dataclass(frozen=True)
class _Scans:
    """How the code masks read distinct codes: the part's own files."""

    query: Query

    def scan(self, table: str, columns: Iterable[str], months: object = None) -> str:
        files = self.query.part.files if table == self.query.table.name else self.query.part.stays
        return clause("(SELECT", listed(name(c) for c in columns), "FROM", self.query.scan(files), ")")
