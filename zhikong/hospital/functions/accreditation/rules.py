"""A standard as a tree: read from a pack or from the hospital's table; ratings A to E and their counts. No ORM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

CODE, FOLDER = "accreditation_standard", "accreditation_standards"
FIX = "请对照 packs/national/accreditation_standards 里的写法。"
RATINGS = ("A", "B", "C", "D", "E")
NOT_APPLICABLE, GOOD = "E", ("A", "B", "C")
KINDS = ("chapter", "section", "clause")
CODE_OF = r"[0-9A-Za-z][0-9A-Za-z.\-–]{0,23}"
FRESH_DAYS = 365
_points = shapes.map_of(shapes.list_of(shapes.text), keys=shapes.one_of(*RATINGS))
_node = shapes.Record(
    {
        "code": shapes.matching(CODE_OF, "编号（如 2.1.1）"),
        "title": shapes.text,
        "kind": shapes.one_of(*KINDS),
    },
    {"core": shapes.flag, "points": _points, "mark": shapes.one_of(*shapes.MARKS), "indicator": shapes.text},
)
SHAPE = shapes.Record({**shapes.HEAD, "nodes": shapes.list_of(_node, least=1)}, {"note": shapes.text})


@dataclass(frozen=True)
class Node:
    """One line of the tree. points: rating → what is asked for it. mark: how sure the wording is; indicator: its id here."""

    code: str
    title: str
    kind: str
    core: bool = False
    points: Mapping[str, Sequence[str]] | None = None
    mark: str = ""
    indicator: str = ""


@dataclass(frozen=True)
class Standard:
    id: str
    version: int
    title: str
    document: str
    clause: str
    mark: str
    note: str
    nodes: tuple[Node, ...]


def parse(text: str, *, file: Path) -> Standard | list[Problem]:
    """Read a standard; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    data: dict[str, Any] = found.data
    nodes = tuple(Node(**one) for one in data["nodes"])
    if wrong := tree_problems(nodes):
        return [found.problem(("nodes", index), said, FIX) for index, said in wrong]
    source = data["source"]
    return Standard(
        data["id"], data["version"], data["title"]["zh"], source["document"], str(source.get("clause", "")),
        source["mark"], data.get("note", ""), nodes,
    )  # fmt: skip


def tree_problems(nodes: Sequence[Node]) -> list[tuple[int, str]]:
    """(line, what is wrong): codes twice, a section before any chapter, a tree without clauses."""
    wrong, seen, chapter = [], set(), False
    for index, one in enumerate(nodes):
        if one.code in seen:
            wrong.append((index, f"编号 {one.code} 重复。"))
        seen.add(one.code)
        chapter = chapter or one.kind == "chapter"
        if not chapter:
            wrong.append((index, f"{one.code} 前面没有章。"))
    if not wrong and not any(one.kind == "clause" for one in nodes):
        wrong.append((0, "没有一条可以评的条款（kind: clause）。"))
    return wrong


HEADS = {
    "编号": "code",
    "名称": "title",
    "层级": "kind",
    "核心": "core",
    "A": "A",
    "B": "B",
    "C": "C",
    "D": "D",
    "E": "E",
}
LEVELS = {"章": "chapter", "节": "section", "条": "clause", "条款": "clause", "款": "clause"}
YES = ("是", "★", "核心", "y", "Y", "1")


def from_rows(rows: Iterable[Sequence[object]]) -> tuple[list[Node], list[str]]:
    """The tree of a hospital's own table, and what is wrong with it, each with its row number.

    First row: 编号 名称 层级（章、节、条）, and if wanted 核心 A B C D E.
    """
    rows = [[("" if cell is None else str(cell)).strip() for cell in row] for row in rows]
    if not rows:
        return [], ["表格是空的。"]
    place = {HEADS[name]: column for column, name in enumerate(rows[0]) if name in HEADS}
    if missing := [name for name in ("编号", "名称", "层级") if HEADS[name] not in place]:
        return [], [f"第 1 行缺少列：{'、'.join(missing)}。"]
    nodes, problems, lines = [], [], []
    for number, row in enumerate(rows[1:], 2):
        told = {key: row[column] if column < len(row) else "" for key, column in place.items()}
        if not any(told.values()):
            continue
        if said := _row_problem(told):
            problems.append(f"第 {number} 行：{said}")
            continue
        points = {r: [p for p in told.get(r, "").splitlines() if p.strip()] for r in RATINGS if told.get(r)}
        nodes.append(
            Node(
                told["code"], told["title"], LEVELS[told["kind"]], told.get("core", "") in YES, points or None
            )
        )
        lines.append(number)
    problems += (
        [f"第 {lines[index] if lines else 2} 行：{said}" for index, said in tree_problems(nodes)]
        if not problems
        else []
    )
    return nodes, problems


def _row_problem(told: Mapping[str, str]) -> str:
    import re

    if not re.fullmatch(CODE_OF, told["code"]):
        return f"编号“{told['code']}”不能用，请写如 2.1.1 的编号。"
    if not told["title"]:
        return "没有名称。"
    if told["kind"] not in LEVELS:
        return f"层级“{told['kind']}”不认识，请写章、节或条。"
    if len(told["title"]) > 300:
        return "名称超过 300 字。"
    return ""


@dataclass(frozen=True)
class Tally:
    """Ratings of a chapter or of all. Shares are of the clauses that apply and were rated."""

    title: str
    total: int
    counts: Mapping[str, int]

    @property
    def rated(self) -> int:
        return sum(self.counts.values())

    @property
    def applying(self) -> int:
        return self.rated - self.counts[NOT_APPLICABLE]

    def share(self, *ratings: str) -> float | None:
        """Percent of the applying rated clauses with one of the ratings; None when there are none."""
        part = sum(self.counts[one] for one in ratings)
        return round(100 * part / self.applying, 1) if self.applying else None

    @property
    def cells(self) -> list[int]:
        return [self.counts[one] for one in RATINGS]

    @property
    def good(self) -> float | None:
        return self.share(*GOOD)


def tally(title: str, ratings: Iterable[str]) -> Tally:
    """ratings: "" where a clause was not rated."""
    ratings = list(ratings)
    counts = Counter(ratings)
    return Tally(title, len(ratings), {one: counts[one] for one in RATINGS})


def sample(codes: Sequence[str], core: Iterable[str], size: int, seed: int) -> list[str]:
    """Clauses of a mock survey: core ones first, the rest drawn by the seed; in the order of the standard."""
    core = set(core)
    first, rest = [c for c in codes if c in core], [c for c in codes if c not in core]
    draw = Random(seed)
    chosen = set(first[:size] if len(first) <= size else draw.sample(first, size))
    chosen |= set(draw.sample(rest, min(len(rest), max(0, size - len(chosen)))))
    return [code for code in codes if code in chosen]


def stale(dated_on: date, today: date, *, gone: bool = False) -> str:
    """Why evidence no longer proves anything; empty while it does."""
    if gone:
        return "来源已撤回或找不到"
    if (today - dated_on).days > FRESH_DAYS:
        return "已超过一年"
    return ""
