"""Emergency plans as data: who does what, whom to call, how often it is drilled. No ORM.

Sources: EMR-01 (000-P7 L368-370, 000-P4 L152, 001-P3 L253).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem

MARKS = ("verified", "paraphrased", "memory")
SCOPES = ("hospital", "department")
FIX = "请对照 packs/national/emergency_plans/ambulance_accident.yaml 的写法。"


@dataclass(frozen=True)
class Part:
    """What one post does, in this order."""

    who: str
    acts: tuple[str, ...]


@dataclass(frozen=True)
class EmergencyPlan:
    """One plan. scope: drilled by the hospital as a whole, or by each department. minutes: the aim of a drill."""

    id: str
    version: int
    title: str
    document: str
    clause: str
    mark: str
    owner: str
    next_review: date
    scope: str
    category: str
    aim: str
    trigger: str
    parts: tuple[Part, ...]
    call: tuple[str, ...]
    supplies: tuple[str, ...]
    afterwards: tuple[str, ...]
    every_months: int
    minutes: int
    scenario: str
    review_months: int


def parse(text: str, *, file: Path) -> EmergencyPlan | list[Problem]:
    """Read a plan; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := [*_head(found, found.data)]:
        return problems
    return [*_body(found, found.data)] or _plan(found.data)


def _head(found, data: Any) -> list[Problem]:
    if not isinstance(data, dict):
        return [found.problem((), "文件应是“键: 值”。", FIX)]
    needed = {
        "id": str, "version": int, "title": dict, "source": dict, "owner": str, "checker": str, "next_review": date,
        "scope": str, "category": str, "aim": str, "trigger": str, "review_months": int, "drill": dict, "steps": list,
        "call": list, "supplies": list, "afterwards": list,
    }  # fmt: skip
    return [
        found.problem((name,), f"缺少 {name}，或它的写法不对。", FIX)
        for name, kind in needed.items()
        if not isinstance(data.get(name), kind)
    ]


def _body(found, data: dict[str, Any]) -> list[Problem]:
    problems = []
    if data["source"].get("mark") not in MARKS or not data["source"].get("document"):
        problems.append(found.problem(("source",), "来源要写 document 和 mark。", FIX))
    if data["scope"] not in SCOPES:
        problems.append(
            found.problem(("scope",), "scope 写 hospital（全院演练）或 department（各科演练）。", FIX)
        )
    drill = data["drill"]
    if not all(isinstance(drill.get(name), int) and drill[name] > 0 for name in ("every_months", "minutes")):
        problems.append(found.problem(("drill",), "drill 要写 every_months 和 minutes，都是正整数。", FIX))
    for index, one in enumerate(data["steps"]):
        if not (isinstance(one, dict) and one.get("who") and _texts(one.get("acts"))):
            problems.append(found.problem(("steps", index), "每一步要写 who 和至少一条 acts。", FIX))
    if not data["steps"] or not _texts(data["call"]):
        problems.append(found.problem(("steps",), "预案至少要有一个岗位的动作和一个联系对象。", FIX))
    return problems


def _texts(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(one, str) and one for one in found)


def _plan(data: dict[str, Any]) -> EmergencyPlan:
    drill, source = data["drill"], data["source"]
    return EmergencyPlan(
        data["id"], data["version"], data["title"]["zh"], source["document"], str(source.get("clause", "")),
        source["mark"], data["owner"], data["next_review"], data["scope"], data["category"], data["aim"],
        data["trigger"], tuple(Part(one["who"], tuple(one["acts"])) for one in data["steps"]), tuple(data["call"]),
        tuple(data["supplies"]), tuple(data["afterwards"]), drill["every_months"], drill["minutes"],
        str(drill.get("scenario", "")), data["review_months"],
    )  # fmt: skip


def due_on(last: date | None, every_months: int, *, since: date) -> date:
    """By when the next drill is due: some months after the last one held, or after the plan came into use."""
    start = last or since
    number = start.year * 12 + start.month - 1 + every_months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(start.day, 28))
