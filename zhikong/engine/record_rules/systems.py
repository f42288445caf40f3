"""Core systems (核心制度) as packs list them: sets of named systems, each with points that rules, indicators or people check.

A pack's ``core_systems/<id>.yaml`` is one published list, such as the eighteen of 2018. A system that a list only names
has the definition and the points that another list gives it; one that joins several (`includes`) has the points of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions.building import origin
from zhikong.engine.definitions.fields import ROLES
from zhikong.engine.definitions.located import Key, Located, read, read_text
from zhikong.engine.definitions.model import Mark, Origin, Status
from zhikong.engine.definitions.problems import Problem, suggestion

FOLDER = "core_systems"
OF_SET: dict[str, tuple[type, str]] = {
    "id": (str, "与文件名相同的英文标识"),
    "version": (int, "版本号"),
    "status": (str, "draft、published 或 deprecated"),
    "title": (str, "名单的名称"),
    "purpose": (str, "一句话：这份名单做什么用"),
    "source": (dict, "出处：document、clause、mark"),
    "owner": (str, "负责的岗位"),
    "checker": (str, "复核的岗位"),
    "next_review": (date, "下次复审日期"),
    "systems": (list, "制度，按文件的次序；原文没有列名的写 []"),
}
OF_SYSTEM = ("id", "title", "definition", "owner", "key", "points", "includes")
OF_POINT = ("point", "rules", "indicators", "manual", "note")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to check. rules, indicators: what checks it; without any, people do."""

    text: str
    rules: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    note: str = ""

    @property
    def manual(self) -> bool:
        """Only people can check it."""
        return not self.rules and not self.indicators


@dataclass(frozen=True, slots=True)
class CoreSystem:
    """One system as a list names it. owner: role of the office in charge. key: weighted more in supervision."""

    id: str
    title: str
    definition: str = ""
    owner: str = ""
    key: bool = False
    points: tuple[Point, ...] = ()
    includes: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that checks one of its points, once."""
        return tuple(dict.fromkeys(rule for point in self.points for rule in point.rules))


@dataclass(frozen=True, slots=True)
class SystemSet:
    """One list of core systems. An empty one is to be filled by the hospital."""

    id: str
    version: int
    status: Status
    title: str
    purpose: str
    source: Origin
    owner: str
    checker: str
    next_review: date
    systems: tuple[CoreSystem, ...]
    notes: str = ""
    file: Path = field(default_factory=Path)


def set_of_text(text: str, *, file: Path) -> SystemSet | list[Problem]:
    """The list of a text; systems that it only names are as named. Problems are in Chinese, with their lines."""
    return _set_of(read_text(text, file=file))


def load_sets(packs: Sequence[Path]) -> tuple[dict[str, SystemSet], list[Problem]]:
    """The lists of all packs by id, each system with its points, and every problem found."""
    sets: dict[str, SystemSet] = {}
    problems: list[Problem] = []
    for file in (file for pack in packs for file in sorted((pack / FOLDER).glob("*.yaml"))):
        found = _set_of(read(file))
        if isinstance(found, SystemSet):
            sets[found.id] = found
        else:
            problems += found
    return resolved(sets), problems


def resolved(sets: Mapping[str, SystemSet]) -> dict[str, SystemSet]:
    """The lists with what a system's name stands for: the points of another list, or of the systems it joins."""
    full = {one.id: one for each in sets.values() for one in each.systems if one.points}
    return {
        name: replace(each, systems=tuple(_filled(one, full) for one in each.systems))
        for name, each in sets.items()
    }


def _filled(one: CoreSystem, full: Mapping[str, CoreSystem]) -> CoreSystem:
    if one.points:
        return one
    parts = [full[name] for name in one.includes or (one.id,) if name in full]
    return replace(
        one,
        definition=one.definition or "".join(part.definition for part in parts),
        owner=one.owner or (parts[0].owner if parts else ""),
        key=one.key or any(part.key for part in parts),
        points=tuple(point for part in parts for point in part.points),
    )


def unknown(
    sets: Iterable[SystemSet], *, rules: Collection[str], indicators: Collection[str]
) -> Iterator[Problem]:
    """Rules and indicators that no pack has, and systems that nobody explains."""
    for each in sets:
        for one in each.systems:
            if not one.points:
                message = f"制度 {one.id}（{one.title}）没有检查要点，别的名单里也没有。"
                yield Problem(each.file, 1, message, "请写 points，或改用已有制度的 id。")
            for point in one.points:
                for name in set(point.rules) - set(rules):
                    yield Problem(each.file, 1, f"没有规则 {name}。", suggestion(name, rules))
                for name in set(point.indicators) - set(indicators):
                    yield Problem(each.file, 1, f"没有指标 {name}。", suggestion(name, indicators))


def _set_of(located: Located | Problem) -> SystemSet | list[Problem]:
    if isinstance(located, Problem):
        return [located]
    problems = list(shape_problems(located, OF_SET, ("notes", "valid"), folder=FOLDER))
    problems = problems or list(head_problems(located)) or list(_systems(located))
    return sorted(problems, key=lambda problem: problem.line) or _build(located)


def shape_problems(
    located: Located, fields: Mapping[str, tuple[type, str]], optional: Collection[str], *, folder: str
) -> Iterator[Problem]:
    """Fields that nobody knows, that are missing, or that hold another type. fields: name -> (type, meaning)."""
    data = located.data
    if not isinstance(data, dict):
        yield located.problem((), "文件应写成“字段: 值”的形式。", f"请参照 {folder} 里已有的名单。")
        return
    for name in data:
        if name not in fields and name not in optional:
            yield located.problem((name,), f"没有字段 {name}。", suggestion(str(name), fields))
    for name, (kind, meaning) in fields.items():
        if name not in data:
            yield located.problem((), f"缺少字段 {name}（{meaning}）。", f"请加上 {name}: …")
        elif type(data[name]) is not kind:
            yield located.problem((name,), f"字段 {name} 的值 {data[name]!r} 不对。", f"应为{meaning}。")


def head_problems(located: Located) -> Iterator[Problem]:
    """What is wrong with id, status, source and offices of a list whose shape is right."""
    data, source = located.data, located.data["source"]
    if data["id"] != located.file.name.removesuffix(".yaml"):
        yield located.problem(("id",), f"id {data['id']} 与文件名不同。", "请让两者相同。")
    if not data["title"].strip():
        yield located.problem(("title",), "title 是空的。", "请写明名称。")
    if data["status"] not in tuple(Status):
        yield located.problem(("status",), f"status 没有取值 {data['status']}。", "、".join(Status))
    if not source.get("document") or source.get("mark") not in tuple(Mark):
        yield located.problem(
            ("source",), "source 要写 document 和 mark。", f"mark 为{'、'.join(Mark)}之一。"
        )
    for key in ("owner", "checker"):
        if data[key] not in ROLES:
            yield located.problem((key,), f"没有岗位 {data[key]}。", suggestion(data[key], ROLES))
    if data["owner"] == data["checker"]:
        yield located.problem(("checker",), "负责岗位与复核岗位相同。", "复核应由另一个岗位承担。")


def _systems(located: Located) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, raw in enumerate(located.data["systems"]):
        path: tuple[Key, ...] = ("systems", place)
        if not isinstance(raw, dict) or not _word(raw.get("id")) or not _word(raw.get("title")):
            yield located.problem(path, "每项制度写 id 和 title。", "例如 {id: rescue, title: …}。")
            continue
        if not _words(raw.get("includes")) or not isinstance(raw.get("points") or [], list):
            yield located.problem(path, "includes 和 points 应是列表。", "例如 includes: [rescue]。")
            continue
        if raw["id"] in seen:
            yield located.problem(path, f"制度 {raw['id']} 写了两次。", "请只保留一处。")
        seen.add(raw["id"])
        for name in raw:
            if name not in OF_SYSTEM:
                yield located.problem(
                    (*path, name), f"制度没有字段 {name}。", suggestion(str(name), OF_SYSTEM)
                )
        for number, point in enumerate(raw.get("points") or ()):
            yield from _point(located, (*path, "points", number), point)


def _word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _words(value: Any) -> bool:
    """Whether it is a list of words, or not there at all."""
    return value is None or (isinstance(value, list) and all(_word(one) for one in value))


def _point(located: Located, path: tuple[Key, ...], raw: Any) -> Iterator[Problem]:
    if not isinstance(raw, dict) or not _word(raw.get("point")):
        yield located.problem(path, "每个要点写 point。", "例如 {point: …, rules: [规则]}。")
        return
    if not _words(raw.get("rules")) or not _words(raw.get("indicators")):
        yield located.problem(
            path, "rules 和 indicators 应是标识的列表。", "例如 rules: [first-progress-note-8h]。"
        )
        return
    for name in raw:
        if name not in OF_POINT:
            yield located.problem((*path, name), f"要点没有字段 {name}。", suggestion(str(name), OF_POINT))
    checked = bool(raw.get("rules") or raw.get("indicators"))
    if checked == (raw.get("manual") is True):
        remedy = "有规则或指标核对的不写 manual；只能人工核对的写 manual: true。"
        yield located.problem(path, f"要点“{raw['point']}”由谁核对没有写清。", remedy)


def _build(located: Located) -> SystemSet:
    data = located.data
    plain = {
        name: data[name] for name in ("id", "version", "title", "purpose", "owner", "checker", "next_review")
    }
    systems = tuple(_system(raw) for raw in data["systems"])
    return SystemSet(
        **plain,
        status=Status(data["status"]),
        source=origin(data["source"]),
        systems=systems,
        notes=str(data.get("notes") or "").strip(),
        file=located.file,
    )


def _system(raw: Mapping[str, Any]) -> CoreSystem:
    points = tuple(
        Point(
            str(point["point"]),
            tuple(point.get("rules") or ()),
            tuple(point.get("indicators") or ()),
            str(point.get("note") or ""),
        )
        for point in raw.get("points") or ()
    )
    return CoreSystem(
        raw["id"], str(raw["title"]), str(raw.get("definition") or "").strip(), str(raw.get("owner") or ""),
        raw.get("key") is True, points, tuple(raw.get("includes") or ()),
    )  # fmt: skip
