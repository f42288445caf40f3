"""Reads a policy of findings from a pack's text, with problems told by line. No ORM."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.findings.rules.policy import LADDER_NAMES, Level, Office, Policy, Rung
from zhikong.foundation.findings.rules.states import Severity

MARKS = ("verified", "paraphrased", "memory")
FIX = "请对照 packs/national/action_policies/standard.yaml 的写法。"
NEEDED = {
    "id": str, "version": int, "title": dict, "source": dict, "owner": str, "checker": str, "next_review": date,
    "levels": list, "ladder": list,
}  # fmt: skip


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
    data = found.data
    if not isinstance(data, dict):
        return [found.problem((), "文件应是“键: 值”。", FIX)]
    wrong = [name for name, kind in NEEDED.items() if not isinstance(data.get(name), kind)]
    if wrong:
        return [found.problem((name,), f"缺少 {name}，或它的写法不对。", FIX) for name in wrong]
    return [
        *_source(found, data),
        *_levels(found, data),
        *_rungs(found, data["ladder"], ("ladder",)),
        *_rest(found, data),
    ]


def _source(found, data: dict) -> list[Problem]:
    problems = []
    if data["source"].get("mark") not in MARKS or not data["source"].get("document"):
        problems.append(
            found.problem(("source",), "来源要写 document 和 mark（verified、paraphrased、memory）。", FIX)
        )
    if not data["title"].get("zh"):
        problems.append(found.problem(("title",), "title 要有 zh。", FIX))
    return problems


def _levels(found, data: dict) -> list[Problem]:
    problems: list[Problem] = []
    for index, one in enumerate(data["levels"]):
        if not _whole_level(one):
            said = "每个级别要有 id、title、severity（minor 或 major），并且只写 working_days、days 之一（大于 0）。"
            problems.append(found.problem(("levels", index), said, FIX))
        elif "ladder" in one:
            problems += _rungs(found, one["ladder"], ("levels", index, "ladder"))
    if problems:
        return problems
    ids = [one["id"] for one in data["levels"]]
    if len(set(ids)) != len(ids):
        problems.append(found.problem(("levels",), "级别的 id 有重复。", "请让每个级别的 id 不同。"))
    if {one["severity"] for one in data["levels"]} != {s.value for s in Severity}:
        said = "至少要有一个 severity 为 minor 的级别和一个为 major 的级别。"
        problems.append(found.problem(("levels",), said, FIX))
    return problems


def _whole_level(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("severity") not in {s.value for s in Severity}:
        return False
    limits = [one[key] for key in ("working_days", "days") if key in one]
    return (
        bool(one.get("id")) and bool(one.get("title")) and len(limits) == 1 and _whole_number(limits[0], least=1)
    )  # fmt: skip


def _whole_number(value: Any, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _rungs(found, rungs: Any, path: tuple) -> list[Problem]:
    if not isinstance(rungs, list) or not rungs:
        return [found.problem(path, "逾期升级至少要有一级。", FIX)]
    for index, one in enumerate(rungs):
        if (
            not isinstance(one, dict)
            or not _whole_number(one.get("days"), least=1)
            or one.get("tell") not in LADDER_NAMES
        ):
            said = f"每一级要有 days（大于 0）和 tell（{'、'.join(LADDER_NAMES)} 之一）。"
            return [found.problem((*path, index), said, FIX)]
    days = [one["days"] for one in rungs]
    if days != sorted(set(days)):
        return [found.problem(path, "逾期升级的天数应一级比一级大。", "请按天数从小到大写，不重复。")]
    return []


def _rest(found, data: dict) -> list[Problem]:
    problems = []
    for index, one in enumerate(data.get("offices") or []):
        if not isinstance(one, dict) or not one.get("role") or not one.get("title"):
            said = "每个受理部门要有 role（角色编号）和 title。"
            problems.append(found.problem(("offices", index), said, FIX))
    for name, least in (("extensions", 0), ("pdca_months", 1)):
        if name in data and not _whole_number(data[name], least=least):
            problems.append(found.problem((name,), f"{name} 应是不小于 {least} 的整数。", FIX))
    categories = data.get("categories", {"": ""})
    if not isinstance(categories, dict) or not categories:
        problems.append(found.problem(("categories",), "categories 应是“编号: 名称”。", FIX))
    return problems


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
