"""Which names mean what inside an expression over sets, and how sets are bound one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.definitions.grammar import Scope, type_name
from zhikong.engine.definitions.problems import ExpressionError, suggestion
from zhikong.engine.tables import Table, Type

Columns = Mapping[str, Type]


class Written(DuckDB):
    """DuckDB's grammar without its functions: `first(…)` with four arguments is a call like any other."""

    class Parser(DuckDB.Parser):
        FUNCTIONS: dict[str, Any] = {}
        FUNCTION_PARSERS: dict[str, Any] = {}


@cache
def usable(name: str) -> bool:
    """Whether a name can be written in an expression: words of SQL such as `end` or `order` cannot."""
    try:
        bare, owned = (sqlglot.parse_one(text, dialect=Written) for text in (name, f"{name}.{name}"))
        call = sqlglot.parse_one(f"count({name} as {name}_1, {name} = 1)", dialect=Written)
    except sqlglot.errors.SqlglotError:
        return False
    argument = call.expressions[0] if call.expressions else None
    inside = isinstance(argument, exp.Alias) and isinstance(argument.this, exp.Column)
    return inside and all(isinstance(tree, exp.Column) and tree.name == name for tree in (bare, owned))


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A named set of codings `system|code`; `fault` says in Chinese why the codings are not known."""

    url: str
    title: str
    codes: frozenset[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """Rows that an expression goes through: the name used for them, their binding, and their columns."""

    name: str
    row: str
    columns: Columns


@dataclass(slots=True)
class World:
    """What all expressions of one definition share: tables, sets, value sets and the measurement period.

    `set_of` binds a set on first use and raises ExpressionError for an unknown name or a circle.
    """

    tables: Mapping[str, Table]
    set_of: Callable[[str], s.RowSet | None]
    set_names: tuple[str, ...] = ()
    value_sets: Mapping[str, ValueSet] = field(default_factory=dict)
    period: tuple[date, date] | None = None
    patient: str = ""
    used: set[str] = field(default_factory=set)
    counter: int = 0

    def columns_of(self, name: str) -> Columns:
        """The columns of a table or set. Raises ExpressionError."""
        if name in self.tables:
            return {c.name: c.type for c in self.tables[name].columns}
        found = self.set_of(name)
        if found is None:
            raise ExpressionError(f"没有表或集合 {name}。", suggestion(name, [*self.set_names, *self.tables]))
        return dict(found.columns)

    def bind(self, name: str, rows: str) -> Bound:
        """A new binding for rows of `rows`, named `name` in the expression."""
        self.counter += 1
        return Bound(name, f"{name}_{self.counter}", self.columns_of(rows))


@dataclass(frozen=True, slots=True)
class Names:
    """The rows in reach, innermost last. The grammar asks here for columns and functions."""

    world: World
    stack: tuple[Bound, ...]
    functions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dialect(self) -> type[DuckDB]:
        """How expressions over sets are parsed."""
        return Written

    def inside(self, bound: Bound) -> Names:
        """The names inside a function that goes through further rows."""
        return replace(self, stack=(*self.stack, bound))

    def column(self, tree: exp.Column) -> n.Node:
        """What a name stands for. Raises ExpressionError."""
        name, owner = tree.name, tree.table
        if tree.args.get("db"):
            raise ExpressionError(f"不能写 {tree.sql()}。", "列写成 列名 或 集合名.列名。")
        if owner == s.PATIENT and self.world.patient:
            return self._patient(name)
        if not owner:
            return self._bare(name)
        for bound in reversed(self.stack):
            if bound.name == owner:
                return self._cell(bound, name)
        near = suggestion(owner, [b.name for b in self.stack] + [s.PATIENT])
        raise ExpressionError(f"这里没有名为 {owner} 的行。", f"外层的行用集合名或别名称呼。{near}")

    def calculated(self, op: Any, left: n.Node, right: n.Node) -> n.Node:
        """Arithmetic in which a decimal number takes part. Raises ExpressionError for anything but numbers."""
        for side in (left, right):
            if side.type not in (Type.INT, Type.FLOAT):
                raise ExpressionError(f"{type_name(side.type)}不能参加运算。", "+ - * / 两边都写数字。")
        return s.Calculated(op, left, right)

    def _bare(self, name: str) -> n.Node:
        if self.world.period is not None and name in ("period_start", "period_end"):
            first, last = self.world.period
            return s.Moment(first if name == "period_start" else last, Type.DATE)
        if not self.stack:
            raise ExpressionError(f"这里没有列 {name}。", "请写在集合函数里面。")
        return self._cell(self.stack[-1], name)

    def _cell(self, bound: Bound, name: str) -> n.Node:
        kind = bound.columns.get(name)
        if kind is None:
            raise ExpressionError(f"{bound.name} 没有列 {name}。", suggestion(name, bound.columns))
        return s.Cell(bound.row, name, kind)

    def _patient(self, name: str) -> n.Node:
        columns = self.world.columns_of(self.world.patient)
        if name not in columns:
            raise ExpressionError(f"患者没有列 {name}。", suggestion(name, columns))
        self.world.used.add(self.world.patient)
        return s.Cell(s.PATIENT, name, columns[name])


def scope_of(names: Names) -> Scope:
    """The grammar's scope for these names; columns and functions are asked of them."""
    return Scope(_NO_TABLE, names=names)


_NO_TABLE = Table(name="", meaning="", columns=(), month_of="", key=())


def moment(word: str, kind: Type) -> s.Moment:
    """`date('2026-01-31')` or `time('2026-01-31T08:00')`. Raises ExpressionError."""
    try:
        value = date.fromisoformat(word) if kind is Type.DATE else datetime.fromisoformat(word)
    except ValueError:
        raise ExpressionError(
            f"“{word}”不是日期或时间。", "写成 '2026-01-31' 或 '2026-01-31T08:00'。"
        ) from None
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ExpressionError(f"时间“{word}”不要带时区。", "写当地时间，如 '2026-01-31T08:00'。")
    return s.Moment(value, kind)
