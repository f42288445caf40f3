"""From the `sets:` of a file to bound sets, in any order of writing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.definitions.grammar import condition, parse, type_name
from zhikong.engine.definitions.problems import ExpressionError, suggestion
from zhikong.engine.definitions.sets_functions import SET_FUNCTIONS
from zhikong.engine.definitions.sets_scope import Bound, Names, World, scope_of, usable
from zhikong.engine.tables import Type

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
KEYS = ("from", "union", "repeat", "columns", "where", "note")
Path = tuple[str | int, ...]


class SetProblem(Exception):
    """What is wrong in `sets:`, and at which key."""

    def __init__(self, path: Path, message: str, remedy: str) -> None:
        super().__init__(message)
        self.path, self.message, self.remedy = path, message, remedy


@dataclass(slots=True)
class Sets:
    """Binds the sets of one definition. `ready` is in an order in which each set comes after those that it uses."""

    raw: Mapping[str, Any]
    world: World
    ready: dict[str, s.RowSet] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.set_of = self.set_of
        self.world.set_names = tuple(self.raw)

    def bind_all(self) -> dict[str, s.RowSet]:
        """All sets. Raises SetProblem at the first fault."""
        for name in self.raw:
            self.set_of(name)
        return self.ready

    def set_of(self, name: str) -> s.RowSet | None:
        """The bound set of that name, or None when there is none. Raises SetProblem."""
        if name in self.ready or name not in self.raw:
            return self.ready.get(name)
        path = ("sets", name)
        if name in self._open:
            ring = " → ".join([*self._open[self._open.index(name) :], name])
            raise SetProblem(path, f"集合互相引用成环：{ring}。", "请让其中一个不再引用另一个。")
        self._open.append(name)
        try:
            self.ready[name] = self._bind(name, self.raw[name], path)
        except ExpressionError as error:
            raise SetProblem(path, error.message, error.remedy) from error
        finally:
            self._open.pop()
        return self.ready[name]

    def _bind(self, name: str, raw: Any, path: Path) -> s.RowSet:
        _check(name, raw, path, self.world)
        members = (raw["from"],) if "from" in raw else tuple(raw["union"])
        columns = self._shared(members, path)
        self.world.counter += 1
        row = f"{name}_{self.world.counter}"
        repeat = self._repeat(raw.get("repeat"), Bound(name, row, dict(columns)), path)
        if repeat is not None:
            _column_name(s.NUMBER, columns, (*path, "repeat"))
            columns[s.NUMBER] = Type.INT
        derived: list[tuple[str, n.Node]] = []
        for column, text in (raw.get("columns") or {}).items():
            at = (*path, "columns", column)
            _column_name(column, columns, at)
            node = self._expression(text, Bound(name, row, columns), at, as_condition=False)
            derived.append((column, node))
            columns[column] = node.type
        where: n.Node = n.TRUE
        if raw.get("where") is not None:
            where = self._expression(
                raw["where"], Bound(name, row, columns), (*path, "where"), as_condition=True
            )
        return s.RowSet(name, members, row, tuple(derived), where, tuple(columns.items()), repeat)

    def _repeat(self, text: Any, bound: Bound, path: Path) -> n.Node | None:
        if text is None:
            return None
        node = self._expression(text, bound, (*path, "repeat"), as_condition=False)
        if node.type is Type.INT:
            return node
        raise SetProblem(
            (*path, "repeat"), f"repeat 是{type_name(node.type)}。", "这里需要整数：每行重复几次。"
        )

    def _shared(self, members: tuple[str, ...], path: Path) -> dict[str, Type]:
        """The columns that all members have, with one type."""
        found = [dict(self.world.columns_of(member)) for member in members]
        self.world.used.update(members)
        kept = {c: t for c, t in found[0].items() if all(other.get(c) is t for other in found[1:])}
        if not kept:
            raise SetProblem(path, "合并的几个集合没有共同的列。", "请用 columns 给它们起相同的列名。")
        return kept

    def _expression(self, text: Any, bound: Bound, path: Path, *, as_condition: bool) -> n.Node:
        return expression(text, self.world, (bound,), path, as_condition=as_condition)


def expression(
    text: Any, world: World, stack: tuple[Bound, ...], path: Path, *, as_condition: bool
) -> n.Node:
    """One bound expression. Raises SetProblem that names the key."""
    if isinstance(text, (bool, int)):  # YAML reads true and 1 as values
        text = str(text).lower()
    if not isinstance(text, str):
        raise SetProblem(path, "这里要写一个表达式（文字）。", "例如 status = 'finished'。")
    scope = scope_of(Names(world, stack, SET_FUNCTIONS))
    try:
        return condition(text, scope) if as_condition else parse(text, scope)
    except ExpressionError as error:
        raise SetProblem(path, error.message, error.remedy) from error


def _check(name: str, raw: Any, path: Path, world: World) -> None:
    if not NAME.fullmatch(name) or name in world.tables or name in (s.PATIENT, "period_start", "period_end"):
        raise SetProblem(path, f"集合不能叫 {name}。", "请用小写字母、数字和下划线，且不与表同名。")
    if not isinstance(raw, dict):
        raise SetProblem(
            path, f"集合 {name} 的写法不对。", "写成 {from: 表或集合, where: 条件, columns: …}。"
        )
    for key in raw:
        if key not in KEYS:
            raise SetProblem((*path, key), f"集合没有字段 {key}。", suggestion(key, KEYS))
    if ("from" in raw) == ("union" in raw):
        raise SetProblem(
            path, f"集合 {name} 要写 from 或 union 之一。", "from 取一个表或集合，union 合并几个。"
        )
    members = [raw["from"]] if "from" in raw else raw["union"]
    if not isinstance(members, list) or not members or not all(isinstance(m, str) for m in members):
        raise SetProblem(path, "from 要写一个名称，union 要写名称的列表。", "例如 union: [a, b]。")
    if not isinstance(raw.get("columns") or {}, dict):
        raise SetProblem(
            (*path, "columns"),
            "columns 要写成 列名: 表达式。",
            "例如 days: days_between(started_at, ended_at)。",
        )


def _column_name(column: str, columns: Mapping[str, Type], path: Path) -> None:
    if not NAME.fullmatch(column):
        raise SetProblem(path, f"列不能叫 {column}。", "请用小写字母、数字和下划线。")
    if not usable(column):
        raise SetProblem(path, f"{column} 是 SQL 的保留字，不能作列名。", "请换一个名称。")
    if column in columns:
        raise SetProblem(path, f"列 {column} 已经有了。", "请换一个名称。")
