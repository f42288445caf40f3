"""The text has the fields that a flow has, and each holds what it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.problems import Problem, suggestion

Path = tuple[Key, ...]

ID = re.compile(r"[a-z][a-z0-9_]{1,47}")
NUMBER = re.compile(r"[^{}]*(\{year\}[^{}]*)?\{serial(:0\d+d)?\}[^{}]*")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
UNITS = ("hours", "days", "working_days", "shifts")
KINDS = ("forward", "return", "withdraw")

TOP = {
    "id": str, "version": int, "title": (str, dict), "purpose": (str, dict), "source": (str, dict),
    "owner": str, "checker": str, "next_review": object, "number": str, "opens": dict, "confidential": bool,
    "readers": list, "demands_deadlines": bool, "shift_ends": list, "states": list, "transitions": list,
}  # fmt: skip
STATE = {
    "id": str, "title": (str, dict), "owner": dict, "deadline": dict, "warn": dict, "escalate": list,
    "timeout": str, "end": bool, "helps": (str, dict), "quiet": bool,
}  # fmt: skip
TRANSITION = {
    "id": str, "title": (str, dict), "from": (str, list), "to": str, "parallel": list, "join": str,
    "roles": (str, list), "owner": bool, "guard": str, "guard_says": (str, dict), "form": str,
    "needs_reason": bool, "kind": str,
}  # fmt: skip
OWNER = {"role": str, "department": str, "opener": bool, "actor": bool}
DEADLINE = {
    "hours": int,
    "days": int,
    "working_days": int,
    "shifts": int,
    "from": str,
    "before": dict,
    "says": (str, dict),
}
WORDS = {str: "文字", int: "整数", bool: "true 或 false", list: "列表", dict: "若干字段"}


def check(doc: Located) -> Iterator[Problem]:
    if not isinstance(doc.data, dict):
        yield doc.problem((), "文件里没有流程。", "请写 id、title、number、states、transitions。")
        return
    yield from _mapping(doc, (), TOP, ("id", "title", "number", "states", "transitions"))
    yield from _top(doc)
    yield from _list(doc, "states", STATE, ("id", "title"))
    yield from _list(doc, "transitions", TRANSITION, ("id", "title", "from"))
    for i, state in _entries(doc, "states"):
        yield from _state(doc, ("states", i), state)
    for i, step in _entries(doc, "transitions"):
        yield from _kind(doc, ("transitions", i), step)


def _entries(doc: Located, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    found = doc.data.get(key)
    for i, entry in enumerate(found if isinstance(found, list) else ()):
        if isinstance(entry, dict):
            yield i, entry


def _mapping(
    doc: Located, path: Path, fields: dict[str, Any], needed: tuple[str, ...] = ()
) -> Iterator[Problem]:
    data = _at(doc, path)
    for key, value in data.items():
        if key not in fields:
            yield doc.problem((*path, key), f"没有字段 {key}。", suggestion(key, fields))
        elif key == "title" and not (value.get("zh") if isinstance(value, dict) else value):
            yield doc.problem(
                (*path, key), "名称是空的，或缺少中文 zh。", "请写 title: 名称，或 title: {zh: 名称}。"
            )
        elif value is not None and not _fits(value, fields[key]):
            yield doc.problem((*path, key), f"{key} 的写法不对。", f"这里应是{_word(fields[key])}。")
    for key in needed:
        if data.get(key) in (None, "", []):
            yield doc.problem(path, f"缺少 {key}。", f"请补上 {key}。")


def _at(doc: Located, path: Path) -> dict[str, Any]:
    data = doc.data
    for key in path:
        data = data[key]
    return data


def _fits(value: Any, wanted: Any) -> bool:
    if wanted is int and isinstance(value, bool):
        return False
    return isinstance(value, wanted)


def _word(wanted: Any) -> str:
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    return "或".join(WORDS.get(kind, "值") for kind in kinds)


def _list(doc: Located, key: str, fields: dict[str, Any], needed: tuple[str, ...]) -> Iterator[Problem]:
    found = doc.data.get(key)
    for i, entry in enumerate(found if isinstance(found, list) else ()):
        if not isinstance(entry, dict):
            yield doc.problem(
                (key, i), f"{key} 的第 {i + 1} 项写法不对。", "这里应是若干字段，如 id、title。"
            )
            continue
        yield from _mapping(doc, (key, i), fields, needed)
        name = entry.get("id")
        if isinstance(name, str) and not ID.fullmatch(name):
            yield doc.problem(
                (key, i, "id"), f"id {name} 不合规则。", "请用小写英文字母、数字和下划线，字母开头。"
            )


def _top(doc: Located) -> Iterator[Problem]:
    data = doc.data
    if isinstance(data.get("id"), str) and not ID.fullmatch(data["id"]):
        yield doc.problem(
            ("id",), f"id {data['id']} 不合规则。", "请用小写英文字母、数字和下划线，字母开头。"
        )
    if isinstance(data.get("number"), str) and not NUMBER.fullmatch(data["number"]):
        yield doc.problem(("number",), "编号的写法不对。", "例如 TS-{year}-{serial:04d}；{serial} 必须有。")
    if isinstance(data.get("opens"), dict):
        yield from _mapping(doc, ("opens",), {"roles": list, "form": str})
    for i, end in enumerate(data.get("shift_ends") or ()):
        if not (isinstance(end, str) and CLOCK.fullmatch(end)):
            yield doc.problem(
                ("shift_ends", i), f"班次的结束时间 {end} 写法不对。", '请写成 "08:00" 或 "24:00"。'
            )


def _state(doc: Located, path: Path, state: dict[str, Any]) -> Iterator[Problem]:
    if isinstance(state.get("owner"), dict):
        yield from _mapping(doc, (*path, "owner"), OWNER)
    if isinstance(state.get("deadline"), dict):
        yield from _deadline(doc, (*path, "deadline"), state["deadline"])
    if isinstance(state.get("warn"), dict):
        yield from _duration(doc, (*path, "warn"), state["warn"], least=1)
    for i, rung in enumerate(state.get("escalate") or ()) if isinstance(state.get("escalate"), list) else ():
        yield from _rung(doc, (*path, "escalate", i), rung)


def _deadline(doc: Located, path: Path, raw: dict[str, Any]) -> Iterator[Problem]:
    yield from _mapping(doc, path, DEADLINE)
    before = raw.get("before")
    if isinstance(before, dict):
        yield from _mapping(doc, (*path, "before"), {"item": str, "days": int}, ("item",))
    yield from _duration(doc, path, raw, least=1, also=("before",))


def _rung(doc: Located, path: Path, rung: Any) -> Iterator[Problem]:
    if (
        not isinstance(rung, dict)
        or not isinstance(rung.get("after"), dict)
        or not isinstance(rung.get("to"), dict)
    ):
        yield doc.problem(
            path, "升级的写法不对。", "例如 {after: {hours: 24}, to: {role: department_head}}。"
        )
        return
    yield from _duration(doc, (*path, "after"), rung["after"], least=0)
    yield from _mapping(doc, (*path, "to"), OWNER)


def _duration(
    doc: Located, path: Path, raw: dict[str, Any], *, least: int, also: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """Exactly one unit, a whole number of at least `least`."""
    units = [key for key in (*UNITS, *also) if raw.get(key) is not None]
    if len(units) != 1:
        yield doc.problem(path, "时限要写一种单位，且只写一种。", "hours（小时）、days（天）、working_days（工作日）、shifts（班次）"
                          + ("或 before。" if also else "。"))  # fmt: skip
        return
    value = raw[units[0]]
    if units[0] in UNITS and (isinstance(value, bool) or not isinstance(value, int) or value < least):
        yield doc.problem((*path, units[0]), f"时限 {value} 不对。", f"请写不小于 {least} 的整数。")


def _kind(doc: Located, path: Path, step: dict[str, Any]) -> Iterator[Problem]:
    kind = step.get("kind")
    if isinstance(kind, str) and kind not in KINDS:
        yield doc.problem((*path, "kind"), f"没有类型 {kind}。", suggestion(kind, KINDS))
    if bool(step.get("to")) == bool(step.get("parallel")):
        yield doc.problem(path, "去向不清楚。", "to（一个状态）和 parallel（并行的几个状态）写且只写一个。")
