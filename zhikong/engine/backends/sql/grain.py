"""The rows of one pass: its table joined with stays, child aggregates and code masks, in a span of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from zhikong.engine import months as calendar
from zhikong.engine.backends.sql import next_admission
from zhikong.engine.backends.sql.children import ALIAS, ChildQuery, child_query
from zhikong.engine.backends.sql.codes import CodeMasks
from zhikong.engine.backends.sql.lower import lower
from zhikong.engine.backends.sql.relations import Months, Relations
from zhikong.engine.backends.sql.scope import RowNames
from zhikong.engine.backends.sql.text import clause, listed, literal
from zhikong.engine.definitions import nodes as n
from zhikong.engine.plan.groups import Group
from zhikong.engine.plan.needs import MINUTES_TO_NEXT, walk
from zhikong.engine.tables import TABLES, Type


@dataclass(slots=True)
class Grain:
    """FROM and WHERE of a pass. `expressions` are all that the query will read, `span` its months."""

    group: Group
    relations: Relations
    masks: CodeMasks
    span: Sequence[str]
    expressions: Sequence[n.Node]
    extra: frozenset[str] = frozenset()  # further columns of the own table, for case lists
    extra_stay: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if TABLES[self.group.table].child_of:
            self.stay_alias = "s"
        else:
            self.stay_alias = "r"
        self.children = child_query(
            self.expressions, relations=self.relations, masks=self.masks, months=self.months
        )
        self.names = RowNames(self.masks, children=self.children.readers if self.children else {})

    stay_alias: str = "r"
    children: ChildQuery | None = None
    names: RowNames = None  # type: ignore[assignment]

    @property
    def months(self) -> Months:
        """The months whose files are enough, or None for all files."""
        return self.group.partitions(self.span)

    def keys(self) -> list[str]:
        """Institution, department and month of a row; the month is a number, or text for a period."""
        department = lower(self.group.department, self.names) if self.group.department else "NULL"
        date = lower(self.group.date, self.names)
        month = date if self.group.date.type is Type.TEXT else f"(year({date}) * 12 + month({date}) - 1)"
        return [f"{self.stay_alias}.institution", department, month]

    def where(self) -> str:
        """Rows whose date lies in the span."""
        date = lower(self.group.date, self.names)
        if self.group.date.type is Type.TEXT:
            return f"{date} IN ({listed(literal(m) for m in self.span)})"
        start = calendar.first_day(self.span[0])
        end = calendar.first_day(calendar.named(calendar.number(self.span[-1]) + 1))
        kind = "DATE" if self.group.date.type is Type.DATE else "TIMESTAMP"
        return f"{date} >= {kind} '{start}' AND {date} < {kind} '{end}'"

    def rows(self) -> str:
        """The FROM clause. Call it after everything was lowered: only then the masks in use are known."""
        own = clause(self.relations.scan(self.group.table, self._own_columns(), self.months), "AS r")
        if TABLES[self.group.table].child_of:
            stays = self.relations.scan("stays", self._stay_columns(), self.months)
            own = clause(own, "JOIN", stays, "AS s ON s.stay_id = r.stay_id")
        if self.children is None:
            return clause(own, self.names.joins())
        children = clause("LEFT JOIN", self.children.sql, f"AS {ALIAS} ON {ALIAS}.stay_id = r.stay_id")
        return clause(own, self.names.joins(), children)

    def _own_columns(self) -> set[str]:
        """Read directly, not inside child conditions: those have their own scan."""
        found = {x.column for x in self._direct() if x.owner == "row"} | self.extra
        if TABLES[self.group.table].child_of or self.children:
            found.add("stay_id")
        return found if TABLES[self.group.table].child_of else found | {"institution"}

    def _stay_columns(self) -> set[str]:
        direct = {x.column for x in self._direct() if x.owner == "stay"}
        return direct | self.extra_stay | {"stay_id", "institution"}

    def _direct(self) -> list[n.Ref]:
        return [ref for expression in self.expressions for ref in _refs(expression)]


def _refs(node: n.Node) -> list[n.Ref]:
    if isinstance(node, n.CHILD_NODES):
        return []
    if isinstance(node, n.Ref):
        return [node]
    return [ref for child in node.children() for ref in _refs(child)]


def prepare(
    connection: duckdb.DuckDBPyConnection, relations: Relations, expressions: Sequence[n.Node]
) -> None:
    """Makes the helper tables that these expressions need."""
    below = (x for expression in expressions for x in walk(expression))
    if any(isinstance(x, n.Ref) and x.column == MINUTES_TO_NEXT for x in below):
        other = getattr(connection, "make_next_admission", None)  # an engine that has no as-of join
        other(relations) if other else next_admission.make(connection, relations)
