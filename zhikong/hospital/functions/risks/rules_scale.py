"""The risk matrix as data, and what follows from it: score, level, who may accept, when to look again. No ORM.

Sources: EMR-04 (004-P10 L314-316 医疗风险预警与处置机制); reference (i) for FMEA.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem

MARKS = ("verified", "paraphrased", "memory")
FIX = "请对照 packs/national/risk_scales/hospital_risk_matrix.yaml 的写法。"
STEPS = 5
ACCEPTERS = ("owner", "leader")


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
    if problems := [*_head(found, data)]:
        return problems
    if problems := [*_steps(found, data), *_levels(found, data), *_numbers(found, data)]:
        return problems
    return _scale(data)


def _head(found, data: Any) -> list[Problem]:
    if not isinstance(data, dict):
        return [found.problem((), "文件应是“键: 值”。", FIX)]
    needed = {
        "id": str, "version": int, "title": dict, "source": dict, "owner": str, "checker": str, "next_review": date,
        "likelihood": list, "severity": list, "levels": list, "categories": list, "fmea": dict, "warning": dict,
        "severest_at_least": str,
    }  # fmt: skip
    wrong = [name for name, kind in needed.items() if not isinstance(data.get(name), kind)]
    problems = [found.problem((name,), f"缺少 {name}，或它的写法不对。", FIX) for name in wrong]
    if not wrong and (data["source"].get("mark") not in MARKS or not data["source"].get("document")):
        problems.append(found.problem(("source",), "来源要写 document 和 mark。", FIX))
    return problems


def _steps(found, data: Any) -> list[Problem]:
    problems = []
    for name in ("likelihood", "severity"):
        values = [one.get("value") if isinstance(one, dict) else None for one in data[name]]
        if values != list(range(1, STEPS + 1)) or not all(one.get("title") for one in data[name]):
            problems.append(
                found.problem((name,), f"{name} 要写 1 到 {STEPS} 五档，由低到高，每档有 title。", FIX)
            )
    return problems


def _levels(found, data: Any) -> list[Problem]:
    try:
        firsts = [one["from"] for one in data["levels"]]
        good = (
            firsts[0] == 1
            and firsts == sorted(set(firsts))
            and all(one["review_days"] > 0 and one["accept"] in ACCEPTERS for one in data["levels"])
            and data["severest_at_least"] in {one["code"] for one in data["levels"]}
            and all(one["title"] and one["state"] in ("ok", "info", "warn", "bad") for one in data["levels"])
        )
    except (KeyError, TypeError, IndexError):
        good = False
    sentence = "levels 要从 1 分起、由低到高，写明 review_days、accept（owner 或 leader）和 state。"
    return [] if good else [found.problem(("levels",), sentence, FIX)]


def _numbers(found, data: Any) -> list[Problem]:
    wanted = (
        data["fmea"].get("rpn"), data["fmea"].get("severity"), data["warning"].get("times"), data["warning"].get("days"),
    )  # fmt: skip
    if all(isinstance(one, int) and one > 0 for one in wanted):
        return []
    return [
        found.problem(("fmea",), "fmea 要写 rpn 和 severity，warning 要写 times 和 days，都是正整数。", FIX)
    ]


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
