"""Categories and clocks of complaints as data, and what follows from them. Pure: no ORM.

Sources: 000-P7 L378–382, 004-P8 L259 (CMP-02 … CMP-08, CMP-22); deadlines with their marks: reference (f), X-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

FIX = "请对照 packs/national/complaint_rules/standard.yaml 的写法。"
FROM = ("received", "accepted", "told", "answered", "review", "letter")
DONE = ("accepted", "told", "reported", "answered", "called")
ONLY = ("several", "letter")
_category = shapes.Record(
    {"id": shapes.text, "title": shapes.text, "plain": shapes.text, "words": shapes.list_of(shapes.text)},
    {name: shapes.flag for name in ("communication", "explain", "discipline", "fee")},
)
_clock = shapes.Record(
    {
        "id": shapes.text, "title": shapes.text, "from": shapes.one_of(*FROM), "done": shapes.one_of(*DONE),
        "days": shapes.whole(0, 365), "mark": shapes.one_of(*shapes.MARKS), "says": shapes.text,
    },
    {"statutory": shapes.flag, "only": shapes.one_of(*ONLY), "replaces": shapes.text},
)  # fmt: skip
SHAPE = shapes.Record(
    {
        **shapes.HEAD, "categories": shapes.list_of(_category, least=1), "clocks": shapes.list_of(_clock, least=1),
        "retain_years": shapes.whole(1, 100),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Category:
    """What a complaint is about. communication: usually caused by how people talked with each other (CMP-22)."""

    id: str
    title: str
    plain: str
    words: tuple[str, ...]
    communication: bool = False
    explain: bool = False
    discipline: bool = False
    fee: bool = False


@dataclass(frozen=True)
class Clock:
    """A time limit. start: the step it counts from; done: the step that stops it; days: working days."""

    id: str
    title: str
    start: str
    done: str
    days: int
    mark: str
    says: str
    statutory: bool = False
    only: str = ""
    replaces: str = ""


@dataclass(frozen=True)
class Rules:
    id: str
    version: int
    title: str
    document: str
    categories: tuple[Category, ...]
    clocks: tuple[Clock, ...]
    retain_years: int

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.id == code), None)

    def applying(self, start: str, *, several: bool, letter: bool) -> list[Clock]:
        """Clocks that begin with a step; one that is replaced by another that applies is left out."""
        given = {"": True, "several": several, "letter": letter}
        found = [one for one in self.clocks if one.start == start and given[one.only]]
        replaced = {one.replaces for one in self.clocks if one.only and given[one.only]}
        return [one for one in found if one.id not in replaced]


def suggest(rules: Rules, text: str) -> str:
    """The category whose words the text has most of; '' when none is found or two are level: a person decides."""
    counts = sorted(
        ((sum(word in text for word in one.words), one.id) for one in rules.categories), reverse=True
    )
    best = counts[0]
    level = len(counts) > 1 and counts[1][0] == best[0]
    return best[1] if best[0] and not level else ""


def days_of(clock: Clock, own: Mapping[str, int]) -> int:
    """The hospital's own number of working days; a statutory limit may be made shorter and never longer."""
    wanted = own.get(clock.id, clock.days)
    return min(wanted, clock.days) if clock.statutory else wanted


def retain_until(closed_on: date, years: int) -> date:
    """The last day of keeping: the end of the year, ``years`` after the one in which it was closed."""
    return date(closed_on.year + years, 12, 31)


def parse(text: str, *, file: Path) -> Rules | list[Problem]:
    """Read the rules; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    return _wrong(found, found.data) or _rules(found.data)


def _wrong(found, data: dict[str, Any]) -> list[Problem]:
    problems = []
    for name in ("categories", "clocks"):
        ids = [one["id"] for one in data[name]]
        if len(ids) != len(set(ids)):
            problems.append(found.problem((name,), f"{name} 里的 id 不能重复。", FIX))
    known = {one["id"] for one in data["clocks"]}
    for index, one in enumerate(data["clocks"]):
        if one.get("replaces", one["id"]) not in known:
            problems.append(
                found.problem(("clocks", index, "replaces"), f"没有时限 {one['replaces']}。", FIX)
            )
        if one.get("replaces") and not one.get("only"):
            problems.append(
                found.problem(("clocks", index), "代替另一条的时限要写明 only：用于哪种情形。", FIX)
            )
    return problems


def _rules(data: dict[str, Any]) -> Rules:
    categories = tuple(Category(**{**one, "words": tuple(one["words"])}) for one in data["categories"])
    clocks = tuple(
        Clock(start=one["from"], **{name: value for name, value in one.items() if name != "from"})
        for one in data["clocks"]
    )
    return Rules(
        data["id"], data["version"], data["title"]["zh"], data["source"]["document"], categories, clocks,
        data["retain_years"],
    )  # fmt: skip
