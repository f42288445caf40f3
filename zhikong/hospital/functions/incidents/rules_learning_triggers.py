"""Triggers of unreported harm as data: what in the clinical tables is worth a second look. No ORM.

The method is that of global trigger tools: a trigger is a sign that makes a reviewer read the record, never a verdict.
What is counted is written in the language of the indicators, so that hospitals change a limit without a programmer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import Definition, located, shapes
from zhikong.engine.definitions.examples import examples_file, load_examples
from zhikong.engine.definitions.loading import definition_of_text
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.examples import failure
from zhikong.engine.tables import TABLES

CODE = "harm_trigger"
MODULES = {
    "laboratory": "检验",
    "medication": "用药",
    "surgery": "手术",
    "care": "护理",
    "intensive": "监护与抢救",
    "blood": "输血",
    "infection": "感染",
    "readmission": "再入院",
}
SHAPE = shapes.Record(
    {
        **shapes.HEAD, "module": shapes.one_of(*MODULES), "table": shapes.text, "where": shapes.text,
        "ask": shapes.text, "category": shapes.text,
    },
    {
        "at": shapes.text, "shows": shapes.list_of(shapes.text), "once": shapes.one_of("stay", "row"),
        "active": shapes.flag, "notes": shapes.text,
    },
)  # fmt: skip
FIX = "请对照 packs/national/harm_triggers/glucose_low.yaml 的写法。"
OWN = {"id", "version", "source", "owner", "checker", "next_review", "table"}
"""What an indicator and a trigger say in the same words."""


@dataclass(frozen=True)
class Trigger:
    """One trigger. at: the column with the moment; shows: columns that the reviewer reads; ask: what to look for.

    once: a stay is one candidate however many rows it has. category: the incident category that a report begins with.
    """

    id: str
    version: int
    title: str
    module: str
    document: str
    clause: str
    mark: str
    owner: str
    next_review: date
    table: str
    where: str
    at: str
    shows: tuple[str, ...]
    once: bool
    ask: str
    category: str
    active: bool
    notes: str
    counted: Definition

    @property
    def module_title(self) -> str:
        return MODULES[self.module]


def parse(text: str, *, file: Path) -> Trigger | list[Problem]:
    """Read a trigger; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if wrong := shapes.problems(found, SHAPE, FIX) or _columns(found):
        return wrong
    counted = definition_of_text(_indicator(found.data), file=file, pack="harm_triggers", codes={})
    if isinstance(counted, list):
        return [found.problem(("where",), one.message, one.remedy) for one in counted]
    return _trigger(found.data, counted)


def _columns(found: Any) -> list[Problem]:
    """The table must be stays or one of its children, and what is shown must be columns of it."""
    table = TABLES.get(found.data["table"])
    if table is None or (table.name != "stays" and table.child_of != "stays"):
        return [found.problem(("table",), "触发条件只能看住院及其下属的表。", FIX)]
    named = [("at", found.data.get("at")), *(("shows", one) for one in found.data.get("shows", ()))]
    return [
        found.problem((key,), f"表 {table.name} 没有列 {one}。", FIX)
        for key, one in named
        if one and one not in table.column_names
    ]


def _indicator(data: dict[str, Any]) -> str:
    """The trigger as an indicator that counts stays (or rows), by month and department of discharge."""
    stay = "" if data["table"] == "stays" else "stay."
    said = {name: data[name] for name in OWN} | {
        "status": "published", "name": data["title"], "why": data["ask"],
        "date": f"{stay}discharged_at", "department": f"{stay}discharge_department", "population": data["where"],
        "multiplier": 1, "unit": "例", "direction": "monitor", "chart": "none",
    }  # fmt: skip
    of_stay = data.get("once", "stay") == "stay"
    said |= {"kind": "distinct", "numerator": {"distinct": "stay_id"}} if of_stay else {
        "kind": "count", "no_rows": "zero", "numerator": {"rows": True}
    }  # fmt: skip
    said["next_review"] = data["next_review"].isoformat()
    return "\n".join(f"{key}: {_plain(key, value)}" for key, value in said.items())


def _plain(key: str, value: Any) -> str:
    return value if key == "next_review" else json.dumps(value, ensure_ascii=False)


def _trigger(data: dict[str, Any], counted: Definition) -> Trigger:
    source = data["source"]
    return Trigger(
        data["id"], data["version"], data["title"]["zh"], data["module"], source["document"],
        str(source.get("clause", "")), source["mark"], data["owner"], data["next_review"], data["table"], data["where"],
        data.get("at", ""), tuple(data.get("shows", ())), data.get("once", "stay") == "stay", data["ask"],
        data["category"], data.get("active", True), str(data.get("notes", "")), counted,
    )  # fmt: skip


def example_problems(trigger: Trigger, file: Path) -> list[Problem]:
    """Missing or broken examples beside a packaged trigger, and those that do not hold on either judge."""
    beside = examples_file(file)
    if not beside.is_file():
        return [Problem(file, 1, f"触发条件 {trigger.id} 没有算例。", f"请在 {beside.name} 里写至少一例。")]
    found: list[Problem] = []
    for example in load_examples(beside):
        if isinstance(example, Problem):
            found.append(example)
            continue
        for backend in ("duckdb", "reference"):
            wrong = failure(trigger.counted, example, backend)
            if wrong is not None:
                said = f"算例“{example.name}”不成立（{backend}）：{wrong}。"
                found.append(Problem(beside, example.line, said, "请改正条件或算例。"))
    return found


@dataclass(frozen=True)
class Yield:
    """What reviewing brought: candidates, and how many of them were judged how."""

    candidates: int
    harm: int = 0
    no_harm: int = 0
    reported: int = 0
    unknown: int = 0

    @property
    def reviewed(self) -> int:
        return self.harm + self.no_harm + self.reported + self.unknown

    @property
    def open(self) -> int:
        return max(self.candidates - self.reviewed, 0)

    @property
    def judged(self) -> int:
        """Candidates of which something can be said."""
        return self.harm + self.no_harm + self.reported

    @property
    def found(self) -> int:
        """Harm, whether it had been reported before or not."""
        return self.harm + self.reported

    @property
    def ppv(self) -> float | None:
        """Per cent of the judged candidates that were harm; None before anything was judged."""
        return 100 * self.found / self.judged if self.judged else None

    @property
    def unreported(self) -> float | None:
        """Per cent of the harm found that nobody had reported; None while none was found."""
        return 100 * self.harm / self.found if self.found else None
