"""Reads a policy of findings from a pack's text, with problems told by line. No ORM."""

from __future__ import annotations

from pathlib import Path

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.findings.rules.policy import LADDER_NAMES, Level, Office, Policy, Rung
from zhikong.foundation.findings.rules.states import Severity

FIX = "请对照 packs/national/action_policies/standard.yaml 的写法。"
_rungs_shape = shapes.list_of(
    shapes.Record({"days": shapes.whole(1, 3650), "tell": shapes.one_of(*LADDER_NAMES)}), least=1
)
_level_shape = shapes.Record(
    {"id": shapes.text, "title": shapes.text, "severity": shapes.one_of(*(one.value for one in Severity))},
    {
        "working_days": shapes.whole(1, 3650), "days": shapes.whole(1, 3650), "help": shapes.words,
        "ladder": _rungs_shape,
    },
)  # fmt: skip
_texts = shapes.list_of(shapes.text)
SHAPE = shapes.Record(
    {**shapes.HEAD, "levels": shapes.list_of(_level_shape, least=1), "ladder": _rungs_shape},
    {
        "offices": shapes.list_of(
            shapes.Record(
                {"role": shapes.text, "title": shapes.text},
                {"clauses": _texts, "sources": _texts, "indicators": _texts},
            )
        ),
        "extensions": shapes.whole(0, 100), "pdca_months": shapes.whole(1, 120),
        "categories": shapes.map_of(shapes.text, least=1),
    },
)  # fmt: skip


def parse(text: str, *, file: Path) -> Policy | list[Problem]:
    """Read a policy; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := _problems(found):
        return problems
    data = found.data
    return Policy(
        id=data["id"], version=data["version"], title=data["title"]["zh"], document=data["source"]["document"],
        clause=str(data["source"].get("clause", "")), mark=data["source"]["mark"], owner=data["owner"],
        checker=data["checker"], next_review=data["next_review"],
        levels=tuple(_level(one) for one in data["levels"]), ladder=_ladder(data["ladder"]),
        offices=tuple(_office(one) for one in data.get("offices", ())),
        extensions=data.get("extensions", 2), pdca_months=data.get("pdca_months", 3),
        **({"categories": dict(data["categories"])} if data.get("categories") else {}),
    )  # fmt: skip


def _problems(found) -> list[Problem]:
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    data = found.data
    ladders = [(("ladder",), data["ladder"])]
    ladders += [
        (("levels", at, "ladder"), one["ladder"]) for at, one in enumerate(data["levels"]) if "ladder" in one
    ]
    return [*_levels(found, data), *(problem for one in ladders for problem in _rising(found, *one))]


def _levels(found, data: dict) -> list[Problem]:
    problems: list[Problem] = []
    for index, one in enumerate(data["levels"]):
        if ("working_days" in one) == ("days" in one):
            problems.append(found.problem(("levels", index), "期限只写 working_days、days 之一。", FIX))
    ids = [one["id"] for one in data["levels"]]
    if len(set(ids)) != len(ids):
        problems.append(found.problem(("levels",), "级别的 id 有重复。", "请让每个级别的 id 不同。"))
    if {one["severity"] for one in data["levels"]} != {s.value for s in Severity}:
        said = "至少要有一个 severity 为 minor 的级别和一个为 major 的级别。"
        problems.append(found.problem(("levels",), said, FIX))
    return problems


def _rising(found, path: tuple, rungs: list[dict]) -> list[Problem]:
    days = [one["days"] for one in rungs]
    if days == sorted(set(days)):
        return []
    return [found.problem(path, "逾期升级的天数应一级比一级大。", "请按天数从小到大写，不重复。")]


def _level(one: dict) -> Level:
    return Level(
        one["id"], one["title"], Severity(one["severity"]), one.get("working_days"), one.get("days"),
        _ladder(one.get("ladder", ())), one.get("help", ""),
    )  # fmt: skip


def _ladder(rungs) -> tuple[Rung, ...]:
    return tuple(Rung(one["days"], one["tell"]) for one in rungs)


def _office(one: dict) -> Office:
    lists = {key: tuple(str(v) for v in one.get(key) or ()) for key in ("clauses", "sources", "indicators")}
    return Office(one["role"], one["title"], **lists)
