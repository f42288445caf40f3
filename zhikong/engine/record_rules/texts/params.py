"""Reads the parameters that a rule writes for its check: each with its kind, each fault with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions.draft import Draft, Path
from zhikong.engine.definitions.nodes import CodeRange, Node
from zhikong.engine.definitions.problems import ExpressionError, Problem, suggestion
from zhikong.engine.record_rules.texts.patterns import compiled
from zhikong.engine.tables import TABLES, codes

_SPAN = re.compile(r"(\d{1,4}) ?(min|h|d)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}
TYPES = {name: code for code, name in codes.DOCUMENT_TYPE.values}
_NOTHING: Any = object()


class Wrong(Exception):
    """A parameter that is not right."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Params:
    """The parameters at one place of a rule's file. Each method takes one out; `done` refuses what is left."""

    def __init__(self, draft: Draft, path: Path, raw: Any) -> None:
        self.draft, self.path = draft, path
        if not isinstance(raw, dict):
            raise self.wrong((), "这里应写成“字段: 值”。", "例如 {words: [待查]}。")
        self.raw: Mapping[str, Any] = raw
        self._taken: set[str] = set()

    def wrong(self, path: Path, message: str, remedy: str) -> Wrong:
        return Wrong(self.draft.problem((*self.path, *path), message, remedy))

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def take(self, name: str, default: Any = _NOTHING) -> Any:
        """The raw value; a missing one without a default is a fault."""
        self._taken.add(name)
        if self.raw.get(name) is not None:
            return self.raw[name]
        if default is _NOTHING:
            raise self.wrong((), f"缺少 {name}。", f"请写 {name}: …")
        return default

    def done(self) -> None:
        """Refuses parameters that nobody asked for."""
        for name in self.raw:
            if name not in self._taken:
                raise self.wrong((name,), f"这里没有字段 {name}。", suggestion(name, self._taken))

    def inner(self, name: str, default: Any = _NOTHING) -> Params | None:
        """The parameters that stand under this name; None when they may be left out and are."""
        raw = self.take(name, default)
        return None if raw is None else Params(self.draft, (*self.path, name), raw)

    def words(self, name: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
        """A word or a list of words."""
        raw = self.take(name, _NOTHING if default is None else list(default))
        listed = [raw] if isinstance(raw, str) else raw
        if not isinstance(listed, list) or not all(isinstance(word, str) and word for word in listed):
            raise self.wrong((name,), f"{name} 应是词的列表。", "例如 [待查, 原因待查]，数字要加引号。")
        return tuple(listed)

    def groups(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A list of words, or of lists of words that stand for each other."""
        raw = self.take(name, [])
        if not isinstance(raw, list):
            raise self.wrong((name,), f"{name} 应是列表。", "例如 [[主持人, 主持], [参加人员]]。")
        made = [(one,) if isinstance(one, str) else tuple(one or ()) for one in raw]
        if not all(group and all(isinstance(word, str) and word for word in group) for group in made):
            raise self.wrong((name,), f"{name} 里要写词。", "例如 [[主持人, 主持], [参加人员]]。")
        return tuple(made)

    def patterns(self, name: str, default: Iterable[str] | None = None) -> tuple[re.Pattern[str], ...]:
        """Patterns of bounded cost."""
        return tuple(self.pattern(name, one) for one in self.words(name, default))

    def pattern(self, name: str, text: str) -> re.Pattern[str]:
        try:
            return compiled(text)
        except ExpressionError as error:
            raise self.wrong((name,), error.message, error.remedy) from None

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = 100_000) -> int:
        """A whole number within bounds."""
        raw = self.take(name, _NOTHING if default is None else default)
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            raise self.wrong((name,), f"{name} 应是 {least} 到 {most} 的整数。", "不加引号。")
        return raw

    def share(self, name: str, default: float) -> float:
        """A number above 0, at most 1."""
        raw = self.take(name, default)
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw <= 1:
            raise self.wrong((name,), f"{name} 应大于 0、不大于 1。", "例如 0.95。")
        return float(raw)

    def choice(self, name: str, values: Iterable[str], default: str) -> str:
        raw, known = self.take(name, default), tuple(values)
        if raw not in known:
            raise self.wrong((name,), f"{name} 不能是 {raw}。", f"以下之一：{'、'.join(known)}。")
        return str(raw)

    def flag(self, name: str) -> bool:
        raw = self.take(name, False)
        if not isinstance(raw, bool):
            raise self.wrong((name,), f"{name} 写 true 或 false。", "不加引号。")
        return raw

    def span(self, name: str, default: str | None = None) -> timedelta | None:
        """A length of time such as "24 h"; None when it may be left out and is."""
        raw = self.take(name, default)
        if raw is None:
            return None
        found = _SPAN.fullmatch(str(raw))
        if found is None:
            raise self.wrong((name,), f"{name} 的写法不对。", '例如 "24 h"、"30 min"、"3 d"。')
        return timedelta(**{_UNITS[found[2]]: int(found[1])})

    def types(self, name: str, default: Iterable[str] | None = None) -> tuple[str, ...]:
        """Document types by name or code, as codes."""
        listed = self.words(name, default)
        for word in listed:
            if word not in TYPES and word not in TYPES.values():
                raise self.wrong((name,), f"没有文书类别 {word}。", suggestion(word, TYPES))
        return tuple(TYPES.get(word, word) for word in listed)

    def child(self, name: str) -> str:
        """A table whose rows belong to a stay."""
        raw, known = str(self.take(name)), [t.name for t in TABLES.values() if t.child_of == "stays"]
        if raw not in known:
            raise self.wrong((name,), f"没有子表 {raw}。", suggestion(raw, known))
        return raw

    def column(self, name: str, table: str, default: str | None = None) -> str:
        """A column of a table."""
        raw = str(self.take(name, _NOTHING if default is None else default))
        if raw not in TABLES[table].column_names:
            known = TABLES[table].column_names
            raise self.wrong((name,), f"表 {table} 没有列 {raw}。", suggestion(raw, known))
        return raw

    def condition(self, name: str, table: str, *, beside: bool = False) -> tuple[Node | None, str]:
        """A condition on a row of the table and its text; (None, "") when there is none."""
        text = self.take(name, None)
        if text is None:
            return None, ""
        try:
            return expressions.condition(str(text), scope(table, self.draft.codes, beside=beside)), str(text)
        except ExpressionError as error:
            raise self.wrong((name,), error.message, error.remedy) from None


def scope(
    table: str, ranges: Mapping[str, tuple[CodeRange, ...]], *, beside: bool = False
) -> expressions.Scope:
    """What conditions on a row of this table may name; `beside`: the front page's columns too."""
    if beside and table == "stays":
        return expressions.Scope(TABLES["stays"], ranges, beside=TABLES["front_pages"])
    return expressions.Scope(TABLES[table], ranges)
