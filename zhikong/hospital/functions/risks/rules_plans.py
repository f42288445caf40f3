"""Emergency plans as data: who does what, whom to call, how often it is drilled. No ORM.

Sources: EMR-01 (000-P7 L368-370, 000-P4 L152, 001-P3 L253).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

SCOPES = ("hospital", "department")
_texts = shapes.list_of(shapes.text)
SHAPE = shapes.Record(
    {
        **shapes.HEAD, "scope": shapes.one_of(*SCOPES), "category": shapes.text, "aim": shapes.text,
        "trigger": shapes.text, "review_months": shapes.whole(1, 120),
        "drill": shapes.Record(
            {"every_months": shapes.whole(1, 120), "minutes": shapes.whole(1, 10_000)}, {"scenario": shapes.text}
        ),
        "steps": shapes.list_of(
            shapes.Record({"who": shapes.text, "acts": shapes.list_of(shapes.text, least=1)}), least=1
        ),
        "call": shapes.list_of(shapes.text, least=1), "supplies": _texts, "afterwards": _texts,
    }
)  # fmt: skip
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
    return shapes.problems(found, SHAPE, FIX) or _plan(found.data)


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
