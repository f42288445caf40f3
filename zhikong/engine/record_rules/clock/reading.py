"""A clock rule's YAML -> ClockRule, or everything that is wrong with it, in Chinese with its line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from zhikong.engine.definitions import canonical, expressions
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.nodes import CodeRange
from zhikong.engine.definitions.problems import ExpressionError, Problem
from zhikong.engine.record_rules import heading
from zhikong.engine.record_rules.clock import limits
from zhikong.engine.record_rules.clock.fields import DEMANDS, FIELDS
from zhikong.engine.record_rules.clock.limits import Limit, Unit
from zhikong.engine.record_rules.clock.model import LIMITED, ClockRule, Demand, Pick, Selection
from zhikong.engine.record_rules.clock.naming import Names
from zhikong.engine.record_rules.events import Events
from zhikong.engine.record_rules.refs import BESIDE
from zhikong.engine.tables import TABLES

Codes = Mapping[str, tuple[CodeRange, ...]]
WHEN = frozenset({"event", "any_of", "state", "where", "level", "pick"})
THEN = frozenset({"event", "any_of", "where", "level", "same"})
UNLESS = THEN | {"anywhere"}
OF_DEMAND = {
    "until": (Demand.EVERY, Demand.NEVER),
    "restart": (Demand.EVERY,),
    "suspend": (Demand.WITHIN, Demand.EVERY),
    "not_before": (Demand.WITHIN, Demand.BEFORE),
    "times": (Demand.WITHIN, Demand.BEFORE, Demand.EVERY, Demand.REQUIRED),
    "warn": (Demand.WITHIN, Demand.BEFORE, Demand.EVERY),
}
"""Fields that only some demands have."""


def rule_of(located: Located, codes: Codes, events: Events) -> ClockRule | list[Problem]:
    """One rule, or what is wrong with it."""
    draft = Draft(located, "", codes)
    names = Names(events, codes)
    stages = (_shape, heading.said, _one_demand, lambda d: _language(d, names))
    for stage in stages:
        problems = sorted(stage(draft), key=lambda p: p.line)
        if problems:
            return problems
    return _build(draft, names)


def limit_of(demand: Demand, written: object) -> Limit:
    """A limit that this demand may have. Raises ExpressionError."""
    found = limits.limit(written)
    if found.unit is Unit.SHIFT and demand is not Demand.WITHIN:
        raise ExpressionError("same_shift 只能用于 within。", "请写小时数。")
    if demand is Demand.BEFORE and found.unit is not Unit.MINUTES:
        raise ExpressionError("before 只能写分钟、小时或天。", limits.REMEDY)
    if demand is Demand.EVERY and not found.amount:
        raise ExpressionError("every 的时限不能是 0。", limits.REMEDY)
    return found


def _shape(draft: Draft) -> Iterator[Problem]:
    yield from heading.shape(draft, FIELDS)


def _one_demand(draft: Draft) -> Iterator[Problem]:
    written = [name for name in DEMANDS if name in draft.data]
    if len(written) != 1:
        found = f"写了 {'、'.join(written)}" if written else "一个也没有写"
        message = f"within、before、every、required、never 要写且只写一个，这里{found}。"
        yield draft.problem((written[1],) if written else (), message, '例如 within: "8 h"。')
        return
    demand = Demand(written[0])
    if demand not in LIMITED and draft.data[demand] is not True:
        yield draft.problem((demand,), f"{demand} 只能写 true。", "不需要时请删去这一行。")
    if demand in LIMITED and draft.data[demand] is None and draft.data.get("active", True):
        yield draft.problem(
            (demand,), f"{demand} 没有时限。", "请写时限；由医院设定的规则加上 active: false。"
        )
    for name, demands in OF_DEMAND.items():
        if draft.data.get(name) is not None and demand not in demands:
            yield draft.problem(
                (name,), f"{demand} 不能与 {name} 同用。", f"{name} 只用于{'、'.join(demands)}。"
            )


def _demand(draft: Draft) -> Demand:
    return next(Demand(name) for name in DEMANDS if name in draft.data)


def _language(draft: Draft, names: Names) -> Iterator[Problem]:
    data, demand = draft.data, _demand(draft)
    for path, bind in _bindings(draft, names, demand):
        yield from heading.tried(draft, path, bind)
    times = data.get("times", 1)
    if times < 1:
        yield draft.problem(("times",), f"times 不能是 {times}。", "写 1 或更大的整数。")
    pick = data["when"].get("pick", Pick.EACH) if isinstance(data["when"], dict) else Pick.EACH
    if pick not in tuple(Pick):
        yield draft.problem(("when", "pick"), f"pick 没有取值 {pick}。", f"可用：{'、'.join(Pick)}。")
    counted = isinstance(data.get(demand), str) and limits_minutes(data[demand])
    if data.get("suspend") and not counted:
        remedy = "按工作日、自然日或班次计的时限不能停表。"
        yield draft.problem(("suspend",), "suspend 只用于以分钟、小时、天计的时限。", remedy)


def limits_minutes(written: str) -> bool:
    """Whether the limit counts time elapsed; a limit that cannot be read is told elsewhere."""
    try:
        return limits.limit(written).unit is Unit.MINUTES
    except ExpressionError:
        return True


def _bindings(
    draft: Draft, names: Names, demand: Demand
) -> Iterator[tuple[tuple[Any, ...], Callable[[], object]]]:
    """Every part of the rule that can be wrong by itself: its place, and what binds it."""
    data = draft.data
    if data.get("applies") is not None:
        yield ("applies",), lambda: expressions.condition(data["applies"], _of_stays(draft.codes))
    yield ("when",), lambda: names.selection(data["when"], WHEN)
    yield ("then",), lambda: names.selection(data["then"], THEN)
    for key in ("while", "not_while", "suspend"):
        yield (key,), lambda key=key: names.states(data.get(key))
    for place, one in enumerate(data.get("unless") or ()):
        yield ("unless", place), lambda one=one: names.selection(one, UNLESS)
    yield ("restart",), lambda: _events(names, data.get("restart"))
    yield ("until",), lambda: (_events(names, _named(data)), _for_limit(data))
    if demand in LIMITED and data.get(demand) is not None:
        yield (demand,), lambda: limit_of(demand, data[demand])
    for key in ("not_before", "warn"):
        if key in data:
            negative = key == "not_before" and demand is Demand.WITHIN
            yield (key,), lambda key=key, negative=negative: limits.minutes(data[key], negative=negative)


def _of_stays(codes: Codes) -> expressions.Scope:
    return expressions.Scope(TABLES["stays"], codes, beside=TABLES[BESIDE])


def _listed(written: Any) -> list[Any]:
    return [] if written is None else written if isinstance(written, list) else [written]


def _is_limit(written: Any) -> bool:
    text = str(written)
    return text[:1].isdigit() or text in ("same_day", "same_shift")


def _named(data: Mapping[str, Any]) -> list[Any]:
    return [one for one in _listed(data.get("until")) if not _is_limit(one)]


def _for_limit(data: Mapping[str, Any]) -> Limit | None:
    found = [one for one in _listed(data.get("until")) if _is_limit(one)]
    if len(found) > 1:
        raise ExpressionError("until 里写了两个时长。", "请只留一个。")
    if not found:
        return None
    read = limits.limit(found[0])
    if read.unit is Unit.SHIFT:
        raise ExpressionError("until 不能写 same_shift。", limits.REMEDY)
    return read


def _events(names: Names, written: Any) -> Selection | None:
    listed = _listed(written)
    return names.selection({"any_of": listed}, frozenset({"any_of"})) if listed else None


def _build(draft: Draft, names: Names) -> ClockRule:
    data, demand = draft.data, _demand(draft)
    written = data[demand]
    when = data["when"]
    bound: dict[str, Any] = {
        "applies": expressions.condition(data["applies"], _of_stays(draft.codes))
        if data.get("applies")
        else None,
        "when": names.selection(when, WHEN),
        "of_state": isinstance(when, dict) and "state" in when,
        "pick": Pick(when.get("pick", Pick.EACH)) if isinstance(when, dict) else Pick.EACH,
        "then": names.selection(data["then"], THEN),
        "during": names.states(data.get("while")),
        "not_during": names.states(data.get("not_while")),
        "unless": tuple(names.selection(one, UNLESS) for one in data.get("unless") or ()),
        "demand": demand,
        "limit": limit_of(demand, written) if demand in LIMITED and written is not None else None,
        "until": _events(names, _named(data)),
        "for_limit": _for_limit(data),
        "restart": _events(names, data.get("restart")),
        "suspend": names.states(data.get("suspend")),
        "not_before": limits.minutes(data["not_before"], negative=True) if "not_before" in data else None,
        "times": data.get("times", 1),
        "warn": limits.minutes(data["warn"]) if "warn" in data else None,
    }
    head = heading.head(data)
    return ClockRule(**head, **bound, hash=_hash(head, bound), file=draft.located.file)


def _hash(head: Mapping[str, Any], bound: Mapping[str, Any]) -> str:
    """Of what decides the verdict and the points; the vocabulary counts by what it means, not by its names."""
    meaning = {name: _meant(value) for name, value in bound.items() if name != "warn"}
    meaning |= {"language": "clock 1", "points": format(head["points"].normalize(), "f")}
    meaning |= heading.validity(head["valid"])
    return canonical.digest(json.dumps(meaning, sort_keys=True, ensure_ascii=False))


def _meant(value: Any) -> Any:
    match value:
        case Selection():
            return [value.key, value.same_about, value.anywhere]
        case Limit():
            return value.meaning
        case tuple():
            return [_meant(one) for one in value]
        case None | bool() | int() | str():
            return value
        case _:
            return canonical.text(value)
