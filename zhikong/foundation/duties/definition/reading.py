"""A duty's text -> a Duty, or what is wrong with it."""

from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.duties.definition.checks import problems_of
from zhikong.foundation.duties.definition.checks.reminders import days_of
from zhikong.foundation.duties.definition.draft import Draft
from zhikong.foundation.duties.definition.model import (
    BY_HAND,
    LADDER,
    Body,
    DueBy,
    DueRule,
    Duty,
    EvidenceRule,
    Rung,
    Shift,
    Source,
    Who,
)
from zhikong.foundation.duties.periods import Every


def parse(text: str, *, file: Path) -> Duty | list[Problem]:
    """Read one duty. Problems are Chinese sentences with line and remedy; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    draft = Draft(found)
    return problems_of(draft) or _build(draft.data)


def _build(data: dict[str, Any]) -> Duty:
    return Duty(
        id=data["id"],
        version=data["version"],
        title=data["title"]["zh"],
        titles=dict(data["title"]),
        purpose=data["purpose"],
        source=_source(data["source"]),
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        body=Body(data["body"]),
        who=_who(data["who"]),
        every=Every(data["every"]),
        due=_due(data["due"], Every(data["every"])),
        evidence=_evidence(data["evidence"]),
        says=data["says"],
        times=data.get("times", 1),
        remind=_ladder(data.get("remind")),
        order=data.get("order", 100),
        preset=data.get("preset", False),
    )


def _source(data: dict[str, Any]) -> Source:
    return Source(data["document"], str(data.get("clause", "")), data["mark"])


def _who(data: dict[str, Any]) -> Who:
    lists = {key: tuple(data.get(key, ())) for key in ("department_kinds", "functions", "codes")}
    return Who(role=data["role"], committee=data.get("committee", ""), **lists)


def _due(data: dict[str, Any], every: Every) -> DueRule:
    way = next(way for way in DueBy if way in data)
    # a weekly round that falls on a holiday is done before it, inside its week; everything else afterwards
    usual = Shift.EARLIER if way is DueBy.WEEKDAY else Shift.LATER
    return DueRule(
        way, data[way], data.get("month", 1), data.get("of") == "following", Shift(data.get("shift", usual))
    )


def _evidence(data: dict[str, Any]) -> EvidenceRule:
    (kind, value), *_rest = data.items()
    return (
        EvidenceRule("hand", hands=tuple(value))
        if kind == "hand"
        else EvidenceRule(kind, value, tuple(BY_HAND))
    )


def _ladder(data: list | None) -> tuple[Rung, ...]:
    if data is None:
        return LADDER
    return tuple(Rung(days_of(rung) or 0, rung.get("to", "owner")) for rung in data)
