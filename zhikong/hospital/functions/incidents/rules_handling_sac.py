"""The severity assessment matrix (SAC) as data: how often × how bad gives a score and what it demands. No ORM.

Source: reference (e3); two common versions are packaged, a hospital chooses in incident_levels or writes its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import shapes
from zhikong.engine.definitions.problems import Problem
from zhikong.hospital.functions.incidents import rules_handling_reading as reading

FIX = "请对照 packs/national/sac_matrices/graded.yaml 的写法。"
ACTIONS = ("rca", "review", "trend")
_column = {"code": shapes.text, "title": shapes.text}
PARTS = {
    "severities": shapes.list_of(
        shapes.Record({}, {**_column, "harms": shapes.list_of(shapes.text)}, open=True)
    ),
    "frequencies": shapes.list_of(
        shapes.Record({}, {**_column, "cells": shapes.list_of(shapes.whole(0, 1000))}, open=True)
    ),
    "scores": shapes.list_of(
        shapes.Record(
            {},
            {
                "score": shapes.whole(0, 1000),
                "action": shapes.text,
                "title": shapes.text,
                "state": shapes.text,
            },
            open=True,
        )
    ),
}


@dataclass(frozen=True)
class Severity:
    """A column, from the worst; harms: degrees of harm that usually belong here."""

    code: str
    title: str
    harms: tuple[str, ...]


@dataclass(frozen=True)
class Frequency:
    """A row, from the most frequent; cells: the scores in the order of the severities."""

    code: str
    title: str
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Score:
    """What a score demands: rca a root cause analysis; review that or a review of several; trend only counting."""

    score: int
    action: str
    title: str
    state: str


@dataclass(frozen=True)
class Matrix:
    id: str
    version: int
    title: str
    severities: tuple[Severity, ...]
    frequencies: tuple[Frequency, ...]
    scores: tuple[Score, ...]

    def score(self, severity: str, frequency: str) -> Score | None:
        """The score of a cell; None while one of the two is not judged: unknown is not harmless."""
        column = next((i for i, one in enumerate(self.severities) if one.code == severity), None)
        row = next((one for one in self.frequencies if one.code == frequency), None)
        if column is None or row is None:
            return None
        return next(one for one in self.scores if one.score == row.cells[column])

    def severity_of_harm(self, harm: str) -> str:
        """The column that a degree of harm usually has; '' for an unknown one."""
        return next((one.code for one in self.severities if harm in one.harms), "")


def parse(text: str, *, file: Path) -> Matrix | list[Problem]:
    """Read a matrix; nothing is raised for bad content."""
    found = reading.opened(text, file, {"severities": list, "frequencies": list, "scores": list}, FIX, PARTS)
    if isinstance(found, list):
        return found
    wrong = _parts_are_wrong(found.data) or _cells_are_wrong(found.data)
    return [found.problem((wrong[0],), wrong[1], FIX)] if wrong else _matrix(found.data)


def _parts_are_wrong(data: dict[str, Any]) -> tuple[str, str] | None:
    for name in ("severities", "frequencies"):
        rows = data[name]
        if len(rows) < 2 or not all(
            isinstance(one, dict) and one.get("code") and one.get("title") for one in rows
        ):
            return name, f"{name} 至少两行，每行写 code 和 title。"
        if len({one["code"] for one in rows}) != len(rows):
            return name, f"{name} 的编号不能重复。"
    if not all(reading.texts(one.get("harms")) for one in data["severities"]):
        return "severities", "每个后果写 harms：通常对应的伤害程度。"
    good = all(
        isinstance(one, dict)
        and isinstance(one.get("score"), int)
        and one.get("action") in ACTIONS
        and one.get("state") in reading.STATES
        and one.get("title")
        for one in data["scores"]
    )
    return None if good else ("scores", "每个分值写 score、action（rca、review、trend）、title 和 state。")


def _cells_are_wrong(data: dict[str, Any]) -> tuple[str, str] | None:
    rows = [one.get("cells") for one in data["frequencies"]]
    known = {one["score"] for one in data["scores"]}
    if any(not isinstance(row, list) or len(row) != len(data["severities"]) for row in rows):
        return "frequencies", "每个频率的 cells 与 severities 一样多、同序。"
    if any(cell not in known for row in rows for cell in row):
        return "frequencies", "cells 里的分值要在 scores 里。"
    if not _falls(rows, [one["score"] for one in data["scores"]]):
        return "frequencies", "后果更重或更常发生时，分值不能更轻。scores 由重到轻写。"
    return None


def _falls(rows: list[list[int]], scores: list[int]) -> bool:
    """No cell is graver than its neighbour with a worse outcome or a higher frequency."""
    rank = [[scores.index(cell) for cell in row] for row in rows]
    along = all(row == sorted(row) for row in rank)
    down = all(list(column) == sorted(column) for column in zip(*rank, strict=True))
    return along and down


def _matrix(data: dict[str, Any]) -> Matrix:
    return Matrix(
        data["id"], data["version"], data["title"]["zh"],
        tuple(Severity(one["code"], one["title"], tuple(one["harms"])) for one in data["severities"]),
        tuple(Frequency(one["code"], one["title"], tuple(one["cells"])) for one in data["frequencies"]),
        tuple(Score(one["score"], one["action"], one["title"], one["state"]) for one in data["scores"]),
    )  # fmt: skip


def examples(matrix: Matrix, file: Path) -> list[Problem]:
    """The problems of the worked examples beside the file."""

    def wrong(one: dict[str, Any]) -> str:
        got = matrix.score(one["severity"], one["frequency"])
        if got is None or (got.score, got.action) != (one["score"], one["action"]):
            return f"{one['severity']} × {one['frequency']} 得到 {got and got.score}，与样例不符。"
        return ""

    return reading.examples(file, wrong)
