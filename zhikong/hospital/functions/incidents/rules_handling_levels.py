"""Levels I–IV and degrees of harm A–I as data, and what follows from them. No ORM.

Source: reference (e1); harm C–I are NCC MERP as in PHA-09, the map from letter to level is common practice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import shapes
from zhikong.engine.definitions.problems import Problem
from zhikong.hospital.functions.incidents import rules_handling_reading as reading

FIX = "请对照 packs/national/incident_levels/standard.yaml 的写法。"
UNKNOWN = "unknown"
_level_shape = shapes.Record({}, {"code": shapes.text, "state": shapes.text}, open=True)
_harm_shape = shapes.Record(
    {}, {"code": shapes.text, "mark": shapes.text, "level": shapes.text, "group": shapes.text}, open=True
)
PARTS = {"levels": shapes.list_of(_level_shape), "harms": shapes.list_of(_harm_shape), "sac": shapes.text}


@dataclass(frozen=True)
class Level:
    """compulsory: must be reported; second_person: stands only when another person agreed; alert: offers the alarm."""

    code: str
    title: str
    meaning: str
    compulsory: bool
    second_person: bool
    alert: bool
    state: str


@dataclass(frozen=True)
class Harm:
    """One degree of harm; level: where it usually belongs."""

    code: str
    title: str
    group: str
    level: str
    mark: str


@dataclass(frozen=True)
class Levels:
    """Levels from the gravest down, degrees of harm, and the matrix that the hospital uses."""

    id: str
    version: int
    title: str
    levels: tuple[Level, ...]
    harms: tuple[Harm, ...]
    sac: str

    def level(self, code: str) -> Level | None:
        return next((one for one in self.levels if one.code == code), None)

    def harm(self, code: str) -> Harm | None:
        return next((one for one in self.harms if one.code == code), None)

    def level_of_harm(self, harm: str) -> str:
        """The level that a degree of harm usually has; '' for an unknown one."""
        found = self.harm(harm)
        return found.level if found else ""

    def gravest(self, *codes: str) -> str:
        """The gravest of some levels; '' when none is known: unknown is not the lightest."""
        known = [one.code for one in self.levels if one.code in codes]
        return known[0] if known else ""

    def needs_second(self, code: str) -> bool:
        found = self.level(code)
        return found is not None and found.second_person


def parse(text: str, *, file: Path) -> Levels | list[Problem]:
    """Read the levels; nothing is raised for bad content."""
    found = reading.opened(text, file, {"levels": list, "harms": list, "sac": str}, FIX, PARTS)
    if isinstance(found, list):
        return found
    problems = [
        *_rows(found, "levels", _level_is_wrong),
        *_rows(found, "harms", lambda one: _harm_is_wrong(one, found.data["levels"])),
    ]
    return problems or _levels(found.data)


def _rows(found, name: str, wrong) -> list[Problem]:
    rows = found.data[name]
    problems = [
        found.problem((name, index), f"第 {index + 1} 行{told}", FIX)
        for index, one in enumerate(rows)
        if (told := wrong(one) if isinstance(one, dict) else "应是“键: 值”。")
    ]
    codes = [one.get("code") for one in rows if isinstance(one, dict)]
    if not rows or len(set(codes)) != len(codes):
        problems.append(found.problem((name,), f"{name} 不能为空，编号不能重复。", FIX))
    return problems


def _level_is_wrong(one: dict[str, Any]) -> str:
    if not all(isinstance(one.get(name), str) and one[name] for name in ("code", "title", "meaning")):
        return "要写 code、title 和 meaning。"
    if not all(isinstance(one.get(name), bool) for name in ("compulsory", "second_person", "alert")):
        return "的 compulsory、second_person、alert 要写 true 或 false。"
    return "" if one.get("state") in reading.STATES else "的 state 写 ok、info、warn 或 bad。"


def _harm_is_wrong(one: dict[str, Any], levels: list) -> str:
    if not all(isinstance(one.get(name), str) and one[name] for name in ("code", "title", "group")):
        return "要写 code、title 和 group。"
    if one.get("mark") not in reading.MARKS:
        return "的 mark 写 verified、paraphrased 或 memory。"
    known = {level.get("code") for level in levels if isinstance(level, dict)}
    return "" if one.get("level") in known else "的 level 不在 levels 里。"


def _levels(data: dict[str, Any]) -> Levels:
    return Levels(
        data["id"], data["version"], data["title"]["zh"],
        tuple(
            Level(
                one["code"], one["title"], one["meaning"], one["compulsory"], one["second_person"], one["alert"],
                one["state"],
            )
            for one in data["levels"]
        ),
        tuple(Harm(one["code"], one["title"], one["group"], one["level"], one["mark"]) for one in data["harms"]),
        data["sac"],
    )  # fmt: skip


def examples(levels: Levels, file: Path) -> list[Problem]:
    """The problems of the worked examples beside the file."""

    def wrong(one: dict[str, Any]) -> str:
        got = levels.level_of_harm(one["harm"])
        if got != one["level"] or levels.needs_second(got) != one["second_person"]:
            return f"伤害程度 {one['harm']} 得到 {got}，与样例不符。"
        return ""

    return reading.examples(file, wrong)
