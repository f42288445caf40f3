"""Kinds of improvement projects as data: read from a pack's text, with problems told by line. No ORM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
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
PHASES = ("plan", "do", "check", "act")
FIELD_KINDS = ("line", "text", "number", "whole", "date", "month", "choice", "yes")
_field_shape = shapes.Record(
    {"id": shapes.text, "label": shapes.text},
    {
        "kind": shapes.one_of(*FIELD_KINDS), "help": shapes.words, "required": shapes.flag, "why": shapes.text,
        "choices": shapes.list_of(shapes.list_of(shapes.label, least=2, most=2)),
    },
)  # fmt: skip
_fields_shape = shapes.list_of(_field_shape)
_table_shape = shapes.Record(
    {"id": shapes.text, "label": shapes.text, "columns": shapes.list_of(_field_shape, least=1)},
    {"help": shapes.words, "least": shapes.whole(0, 1000), "why": shapes.text},
)
_step_shape = shapes.Record(
    {
        "id": shapes.text, "title": shapes.text, "phase": shapes.one_of(*PHASES),
        "contents": shapes.one_of(FIELDS, *CATALOGUE),
    },
    {
        "checks": shapes.list_of(shapes.one_of(*CHECKS)), "params": shapes.map_of(shapes.either(shapes.whole(), shapes.flag)),
        "help": shapes.words, "fields": _fields_shape, "tools": shapes.list_of(shapes.text),
        "tables": shapes.list_of(_table_shape),
    },
)  # fmt: skip
SHAPE = shapes.Record(
    {**shapes.HEAD, "short": shapes.text, "purpose": shapes.text, "steps": shapes.list_of(_step_shape, least=1)},
    {
        "team": shapes.Record({}, {"min": shapes.whole(1, 100), "max": shapes.whole(1, 100)}), "days": shapes.whole(1, 3650),
        "circle": shapes.flag, "ideal": shapes.words,
    },
)  # fmt: skip
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
    if problems := shapes.problems(found, SHAPE, FIX) or _steps(found):
        return problems
    data = found.data
    team = data.get("team") or {}
    return Kind(
        data["id"], data["version"], data["title"]["zh"], data["short"], data["purpose"], data["source"]["document"],
        str(data["source"].get("clause", "")), data["source"]["mark"], data["owner"], data["checker"],
        data["next_review"], tuple(_step(one) for one in data["steps"]), bool(data.get("circle")),
        int(data.get("days", 120)), (int(team.get("min", 2)), int(team.get("max", 15))), str(data.get("ideal", "")),
    )  # fmt: skip


def _steps(found) -> list[Problem]:
    steps = found.data["steps"]
    problems = []
    ids = [one["id"] for one in steps]
    if len(set(ids)) != len(ids):
        problems.append(found.problem(("steps",), "步骤的 id 重复了。", FIX))
    phases = [PHASES.index(one["phase"]) for one in steps]
    if phases != sorted(phases):
        problems.append(found.problem(("steps",), "步骤的次序应为 plan、do、check、act。", FIX))
    for index, one in enumerate(steps):
        if one["contents"] == FIELDS and not (one.get("fields") or one.get("tables")):
            said = "contents 为 fields 时要写 fields 或 tables。"
            problems.append(found.problem(("steps", index), said, FIX))
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
