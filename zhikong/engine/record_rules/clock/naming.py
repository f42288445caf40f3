"""From the names in a clock rule to the rows they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.problems import ExpressionError, suggestion
from zhikong.engine.record_rules.clock.fields import SELECTION
from zhikong.engine.record_rules.clock.model import Part, Selection
from zhikong.engine.record_rules.events import END, START, Event, Events
from zhikong.engine.record_rules.events.reading import condition
from zhikong.engine.tables import TABLES, Type

Codes = Mapping[str, tuple[n.CodeRange, ...]]
ABOUT = "about"


class Names:
    """The vocabulary that a rule is bound to."""

    def __init__(self, events: Events, codes: Codes) -> None:
        self.events, self.codes = events, codes

    def event(self, name: object) -> Event:
        """An event, or the beginning or end of a state. Raises ExpressionError."""
        written = str(name)
        for suffix in (START, END):
            base = self.events.get(written.removesuffix(suffix))
            if written.endswith(suffix) and base is not None and base.is_state:
                return base.edge(suffix)
        if written not in self.events:
            raise ExpressionError(
                f"没有事件 {written}。", "事件在 events/ 里定义。" + suggestion(written, self.events)
            )
        return self.events[written]

    def state(self, name: object) -> Event:
        """A state. Raises ExpressionError."""
        found = self.event(name)
        if not found.is_state:
            states = [one.id for one in self.events.values() if one.is_state]
            raise ExpressionError(
                f"{name} 是事件，不是状态。", "状态要有 until 列。" + suggestion(str(name), states)
            )
        return found

    def states(self, written: Any) -> Selection | None:
        """The rows of one or more states."""
        names = _listed(written)
        return _together([self.state(name) for name in names], [None] * len(names)) if names else None

    def selection(self, written: Any, allowed: frozenset[str]) -> Selection:
        """What a name or a mapping stands for; `allowed` are the keys that the mapping may have."""
        if isinstance(written, str):
            return _together([self.event(written)], [None])
        if not isinstance(written, dict):
            raise ExpressionError(f"{written!r} 不是事件。", "写事件标识，或 {event: …, where: …}。")
        for key in written:
            if key not in allowed:
                raise ExpressionError(f"这里没有 {key}。", suggestion(str(key), allowed & SELECTION.keys()))
        events = self._named(written)
        extra = [self._extra(event, written) for event in events]
        same = written.get("same")
        if same not in (None, ABOUT):
            raise ExpressionError(f"same 不能是 {same}。", "写 same: about。")
        return _together(events, extra, bool(same), written.get("anywhere") is True)

    def _named(self, written: dict[str, Any]) -> list[Event]:
        ways = [key for key in ("event", "any_of", "state") if key in written]
        if len(ways) != 1:
            raise ExpressionError("event、any_of、state 要写且只写一个。", "例如 {event: admission}。")
        if ways == ["event"]:
            return [self.event(written["event"])]
        names = _listed(written[ways[0]])
        if not names:
            raise ExpressionError(f"{ways[0]} 是空的。", "请写事件标识。")
        return [self.event(x) if ways == ["any_of"] else self.state(x) for x in names]

    def _extra(self, event: Event, written: dict[str, Any]) -> n.Node | None:
        found = [condition(written["where"], event.table, self.codes)] if "where" in written else []
        if "level" in written:
            found.append(_of_level(event, _listed(written["level"])))
        given = [one for one in found if one is not None]
        return canonical.conjunction(given) if given else None


def _listed(written: Any) -> list[Any]:
    if written is None:
        return []
    return list(written) if isinstance(written, list) else [written]


def _of_level(event: Event, levels: Sequence[Any]) -> n.Node:
    if event.level is None:
        raise ExpressionError(f"事件 {event.id} 没有职级列。", "请去掉 level，或在事件里写 level: 列名。")
    column = TABLES[event.table].column(event.level.column)
    known = column.domain.codes if column and column.domain else frozenset()
    for level in levels:
        if known and level not in known:
            raise ExpressionError(f"没有职级 {level}。", suggestion(str(level), known))
    if not levels:
        raise ExpressionError("level 是空的。", "写职级的列表，如 [attending, chief]。")
    return canonical.membership(event.level, [n.Value(str(level), Type.TEXT) for level in levels])


def _together(
    events: Sequence[Event], extra: Sequence[n.Node | None], same: bool = False, anywhere: bool = False
) -> Selection:
    """Rows of one table at the same times are one part, so that a row named twice counts once."""
    parts: dict[tuple[Any, ...], Part] = {}
    for event, also in zip(events, extra, strict=True):
        given = [c for c in (event.where, also) if c is not None]
        node = canonical.conjunction(given) if given else None
        key = (event.table, event.at, event.until, event.no_time)
        if key in parts:
            node = None if None in (node, parts[key].condition) else _either(parts[key].condition, node)
        parts[key] = Part(event.table, node, event.at, event.until, event.no_time, event.by)
    title = "或".join(dict.fromkeys(event.title for event in events))
    return Selection(tuple(parts.values()), title, same, anywhere)


def _either(one: n.Node | None, other: n.Node | None) -> n.Node:
    return canonical.disjunction([node for node in (one, other) if node is not None])
