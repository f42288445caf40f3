"""The risk matrix as data, and what follows from it: score, level, who may accept, when to look again. No ORM.

Sources: EMR-04 (004-P10 L314-316 医疗风险预警与处置机制); reference (i) for FMEA.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

FIX = "请对照 packs/national/risk_scales/hospital_risk_matrix.yaml 的写法。"
STEPS = 5
ACCEPTERS = ("owner", "leader")
_step_shape = shapes.Record(
    {"value": shapes.whole(1, STEPS), "title": shapes.text}, {"meaning": shapes.words}
)
_level_shape = shapes.Record(
    {
        "code": shapes.text, "title": shapes.text, "from": shapes.whole(1, STEPS * STEPS),
        "review_days": shapes.whole(1, 3650), "accept": shapes.one_of(*ACCEPTERS),
        "state": shapes.one_of("ok", "info", "warn", "bad"),
    }
)  # fmt: skip
SHAPE = shapes.Record(
    {
        **shapes.HEAD, "likelihood": shapes.list_of(_step_shape), "severity": shapes.list_of(_step_shape),
        "levels": shapes.list_of(_level_shape, least=1), "severest_at_least": shapes.text,
        "categories": shapes.list_of(shapes.Record({"code": shapes.text, "title": shapes.text}), least=1),
        "fmea": shapes.Record({"rpn": shapes.whole(1, 1000), "severity": shapes.whole(1, 10)}, {"most": shapes.whole(1)}),
        "warning": shapes.Record({"times": shapes.whole(1), "days": shapes.whole(1, 3650)}),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of a scale, 1 … 5, with the words that help to choose it."""

    value: int
    title: str
    meaning: str


@dataclass(frozen=True)
class Level:
    """A level of risk. first: from which likelihood × severity; accept: owner or leader; state: how it is drawn."""

    code: str
    title: str
    first: int
    review_days: int
    accept: str
    state: str


@dataclass(frozen=True)
class Scale:
    """The matrix in force. fmea_*: from which RPN or severity (1 … 10) a measure is demanded."""

    id: str
    version: int
    title: str
    document: str
    likelihood: tuple[Step, ...]
    severity: tuple[Step, ...]
    levels: tuple[Level, ...]
    severest_at_least: str
    categories: tuple[tuple[str, str], ...]
    fmea_rpn: int
    fmea_severity: int
    warning_times: int
    warning_days: int

    def level(self, likelihood: int | None, severity: int | None) -> Level | None:
        """The level of a cell; None while one of the two is not judged: unknown is not low."""
        if likelihood is None or severity is None:
            return None
        reached = [one for one in self.levels if one.first <= likelihood * severity]
        found = reached[-1]
        if severity == STEPS:
            floor = next(one for one in self.levels if one.code == self.severest_at_least)
            found = max(found, floor, key=lambda one: one.first)
        return found


def rpn(severity: int | None, occurrence: int | None, detection: int | None) -> int | None:
    """Risk priority number of one failure mode, 1 … 1000; None while a part is not judged."""
    if severity is None or occurrence is None or detection is None:
        return None
    return severity * occurrence * detection


def needs_measure(scale: Scale, severity: int | None, occurrence: int | None, detection: int | None) -> bool:
    """A failure mode that must not be left as it is: a high RPN, or a severity that alone is too high."""
    number = rpn(severity, occurrence, detection)
    return (number is not None and number >= scale.fmea_rpn) or (
        severity is not None and severity >= scale.fmea_severity
    )


def review_by(level: Level | None, *, today: date) -> date:
    """The latest day of the next look; a risk that nobody judged yet is looked at within 30 days."""
    return today + timedelta(days=level.review_days if level else 30)


def lowering_problem(before: tuple[int, int], after: tuple[int | None, int | None], in_effect: int) -> str:
    """Why a residual risk may not be lower than the inherent one; '' when it may.

    before, after: (likelihood, severity); in_effect: controls that work. A number does not fall by being typed.
    """
    if None in after:
        return ""
    if after[0] > before[0] or after[1] > before[1]:
        return "剩余风险不能高于固有风险；如果固有风险当时估低了，请先改固有风险。"
    if after != before and not in_effect:
        return "还没有落实的控制措施，剩余风险不能低于固有风险。请先登记并落实至少一条措施。"
    return ""


def parse(text: str, *, file: Path) -> Scale | list[Problem]:
    """Read a matrix; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    data = found.data
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    return [*_steps(found, data), *_levels(found, data)] or _scale(data)


def _steps(found, data: dict[str, Any]) -> list[Problem]:
    said = f"要写 1 到 {STEPS} 五档，由低到高。"
    return [
        found.problem((name,), f"{name} {said}", FIX)
        for name in ("likelihood", "severity")
        if [one["value"] for one in data[name]] != list(range(1, STEPS + 1))
    ]


def _levels(found, data: dict[str, Any]) -> list[Problem]:
    problems = []
    firsts = [one["from"] for one in data["levels"]]
    if firsts[0] != 1 or firsts != sorted(set(firsts)):
        problems.append(found.problem(("levels",), "levels 要从 1 分起、由低到高，不重复。", FIX))
    codes = [one["code"] for one in data["levels"]]
    if data["severest_at_least"] not in codes or len(set(codes)) != len(codes):
        said = "severest_at_least 要写 levels 里的一个 code，code 不能重复。"
        problems.append(found.problem(("severest_at_least",), said, FIX))
    return problems


def _scale(data: dict[str, Any]) -> Scale:
    return Scale(
        data["id"], data["version"], data["title"]["zh"], data["source"]["document"],
        tuple(_step(one) for one in data["likelihood"]), tuple(_step(one) for one in data["severity"]),
        tuple(
            Level(one["code"], one["title"], one["from"], one["review_days"], one["accept"], one["state"])
            for one in data["levels"]
        ),
        data["severest_at_least"], tuple((one["code"], one["title"]) for one in data["categories"]),
        data["fmea"]["rpn"], data["fmea"]["severity"], data["warning"]["times"], data["warning"]["days"],
    )  # fmt: skip


def _step(one: dict[str, Any]) -> Step:
    return Step(one["value"], one["title"], one.get("meaning", ""))
