"""Kinds of improvement projects as data: read from a pack's text, with problems told by line. No ORM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.hospital.functions.improvements import (
    rules_projects_checks_causes,
    rules_projects_checks_do,
    rules_projects_checks_plan,
)
from zhikong.hospital.functions.improvements.rules_projects_checking import CHECKS
from zhikong.hospital.functions.improvements.rules_projects_contents import (
    CATALOGUE,
    FIELDS,
    Contents,
    Field,
    Table,
)

# importing the modules makes their checks known
CHECKING = (rules_projects_checks_plan, rules_projects_checks_causes, rules_projects_checks_do)
MARKS = ("verified", "paraphrased", "memory")
PHASES = ("plan", "do", "check", "act")
FIELD_KINDS = ("line", "text", "number", "whole", "date", "month", "choice", "yes")
FIX = "请对照 packs/national/improvement_kinds/qcc_problem.yaml 的写法。"


@dataclass(frozen=True)
class KindStep:
    """One step: what it asks for, what is checked, with which limits, which tools help."""

    id: str
    title: str
    phase: str
    contents: Contents
    checks: tuple[str, ...]
    help: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of project with its steps. circle: it has a circle name and a tutor; days: how long it usually takes."""

    id: str
    version: int
    title: str
    short: str
    purpose: str
    document: str
    clause: str
    mark: str
    owner: str
    checker: str
    next_review: date
    steps: tuple[KindStep, ...]
    circle: bool = False
    days: int = 120
    team: tuple[int, int] = (2, 15)
    ideal: str = ""

    def step(self, key: str) -> KindStep | None:
        return next((one for one in self.steps if one.id == key), None)


def parse(text: str, *, file: Path) -> Kind | list[Problem]:
    """Read one kind; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := [*_head(found), *_steps(found)]:
        return problems
    data = found.data
    team = data.get("team") or {}
    return Kind(
        data["id"], data["version"], data["title"]["zh"], data["short"], data["purpose"], data["source"]["document"],
        str(data["source"].get("clause", "")), data["source"]["mark"], data["owner"], data["checker"],
        data["next_review"], tuple(_step(one) for one in data["steps"]), bool(data.get("circle")),
        int(data.get("days", 120)), (int(team.get("min", 2)), int(team.get("max", 15))), str(data.get("ideal", "")),
    )  # fmt: skip


def _head(found) -> list[Problem]:
    data = found.data
    if not isinstance(data, dict):
        return [found.problem((), "文件应是“键: 值”。", FIX)]
    needed = {
        "id": str, "version": int, "title": dict, "short": str, "purpose": str, "source": dict, "owner": str,
        "checker": str, "next_review": date, "steps": list,
    }  # fmt: skip
    wrong = [name for name, kind in needed.items() if not isinstance(data.get(name), kind)]
    problems = [found.problem((name,), f"缺少 {name}，或它的写法不对。", FIX) for name in wrong]
    if "source" not in wrong and not (data["source"].get("document") and data["source"].get("mark") in MARKS):
        problems.append(
            found.problem(("source",), "来源要写 document 和 mark（verified、paraphrased、memory）。", FIX)
        )
    if "title" not in wrong and not data["title"].get("zh"):
        problems.append(found.problem(("title",), "title 要有 zh。", FIX))
    return problems


def _steps(found) -> list[Problem]:
    steps = found.data.get("steps") if isinstance(found.data, dict) else None
    if not isinstance(steps, list):
        return []
    problems = [p for index, one in enumerate(steps) for p in _step_problems(found, index, one)]
    ids = [one.get("id") for one in steps if isinstance(one, dict)]
    if len(set(ids)) != len(ids):
        problems.append(found.problem(("steps",), "步骤的 id 重复了。", FIX))
    phases = [
        PHASES.index(one["phase"]) for one in steps if isinstance(one, dict) and one.get("phase") in PHASES
    ]
    if phases != sorted(phases):
        problems.append(found.problem(("steps",), "步骤的次序应为 plan、do、check、act。", FIX))
    return problems


def _step_problems(found, index: int, one: Any) -> list[Problem]:
    at = ("steps", index)
    if (
        not isinstance(one, dict)
        or not one.get("id")
        or not one.get("title")
        or one.get("phase") not in PHASES
    ):
        return [found.problem(at, "每一步要有 id、title 和 phase（plan、do、check、act）。", FIX)]
    problems, contents = [], one.get("contents")
    if contents != FIELDS and contents not in CATALOGUE:
        known = "、".join((FIELDS, *CATALOGUE))
        problems.append(found.problem((*at, "contents"), f"没有“{contents}”这种内容。", f"可以用：{known}。"))
    for name in one.get("checks") or ():
        if name not in CHECKS:
            problems.append(
                found.problem((*at, "checks"), f"没有“{name}”这项核查。", f"可以用：{'、'.join(CHECKS)}。")
            )
    if contents == FIELDS and not (one.get("fields") or one.get("tables")):
        problems.append(found.problem(at, "contents 为 fields 时要写 fields 或 tables。", FIX))
    columns = [field for table in one.get("tables") or () for field in table.get("columns") or ()]
    for each in (*(one.get("fields") or ()), *columns):
        if not each.get("id") or not each.get("label") or each.get("kind", "line") not in FIELD_KINDS:
            problems.append(
                found.problem(at, "每一栏要有 id、label，kind 只能是：" + "、".join(FIELD_KINDS), FIX)
            )
    return problems


def _step(one: Mapping[str, Any]) -> KindStep:
    return KindStep(
        one["id"], one["title"], one["phase"], _contents(one), tuple(one.get("checks") or ()), one.get("help", ""),
        one.get("params") or {}, tuple(one.get("tools") or ()),
    )  # fmt: skip


def _contents(one: Mapping[str, Any]) -> Contents:
    """The catalogue's contents with what the file adds; or those that the file alone describes."""
    fields = tuple(_field(each) for each in one.get("fields") or ())
    tables = tuple(_table(each) for each in one.get("tables") or ())
    if one["contents"] == FIELDS:
        return Contents(FIELDS, fields, tables)
    base = CATALOGUE[one["contents"]]
    return Contents(base.id, (*base.fields, *fields), (*base.tables, *tables), base.votes, base.special)


def _field(one: Mapping[str, Any]) -> Field:
    choices = tuple((str(pair[0]), str(pair[1])) for pair in one.get("choices") or ())
    choices = (("", "请选择"), *choices) if choices else ()
    return Field(
        one["id"], one["label"], one.get("kind", "line"), one.get("help", ""), choices, bool(one.get("required")),
        one.get("why", ""),
    )  # fmt: skip


def _table(one: Mapping[str, Any]) -> Table:
    columns = tuple(_field(each) for each in one.get("columns") or ())
    return Table(
        one["id"], one["label"], columns, one.get("help", ""), int(one.get("least", 0)), one.get("why", "")
    )
