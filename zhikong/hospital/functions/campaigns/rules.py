"""Presets of campaigns as data, and the arithmetic of quotas and coverage. No ORM."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

CODE, FOLDER = "campaign_preset", "campaign_presets"
FIX = "请对照 packs/national/campaign_presets 里的写法。"
DATE = r"(?P<next>next-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]|end)"
_day = shapes.matching(DATE, "月-日（如 03-18、10-end；跨到下一年写 next-03-01）")
_dates = {"from": _day, "until": _day}
SHAPE = shapes.Record(
    {**shapes.HEAD, "aim": shapes.text, "stages": shapes.list_of(shapes.Record({"name": shapes.text}, _dates))},
    {
        **_dates,
        "items": shapes.list_of(
            shapes.Record({"title": shapes.text}, {"stage": shapes.text, "due": _day, "department": shapes.text})
        ),
        "quotas": shapes.list_of(
            shapes.Record(
                {"name": shapes.text, "least": shapes.whole(1), "per": shapes.one_of("day", "place", "place_day", "whole")},
                {"unit": shapes.text, "on": _day, "about": shapes.flag},
            )
        ),
        "contests": shapes.list_of(shapes.Record({"name": shapes.text}, {"on": _day, "rules": shapes.text})),
    },
)  # fmt: skip


@dataclass(frozen=True)
class PresetItem:
    title: str
    stage: str = ""
    due: str = ""
    department: str = ""


@dataclass(frozen=True)
class Preset:
    """A campaign without a year. Dates are month and day, told for a year by ``day_of``; "" is open."""

    id: str
    version: int
    title: str
    document: str
    clause: str
    mark: str
    aim: str
    starts: str
    ends: str
    stages: tuple[tuple[str, str, str], ...]
    items: tuple[PresetItem, ...]
    quotas: tuple[dict[str, Any], ...]
    contests: tuple[dict[str, Any], ...]


def parse(text: str, *, file: Path) -> Preset | list[Problem]:
    """Read a preset; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    data = found.data
    names = {one["name"] for one in data["stages"]}
    unknown = [
        n for n, one in enumerate(data.get("items", ())) if one.get("stage") and one["stage"] not in names
    ]
    if unknown:
        return [found.problem(("items", n, "stage"), "没有这个阶段。", FIX) for n in unknown]
    return Preset(
        data["id"], data["version"], data["title"]["zh"], data["source"]["document"],
        str(data["source"].get("clause", "")), data["source"]["mark"], data["aim"],
        data.get("from", ""), data.get("until", ""),
        tuple((one["name"], one.get("from", ""), one.get("until", "")) for one in data["stages"]),
        tuple(PresetItem(**one) for one in data.get("items", ())),
        tuple(data.get("quotas", ())), tuple(data.get("contests", ())),
    )  # fmt: skip


def day_of(words: str, year: int) -> date | None:
    """03-18 of a year; next-… is the year after; end, or a day that the month has not, is its last day."""
    if not words:
        return None
    if words.startswith("next-"):
        words, year = words[5:], year + 1
    month, day = words.split("-")
    last = monthrange(year, int(month))[1]
    return date(year, int(month), last if day == "end" else min(int(day), last))


@dataclass(frozen=True)
class Reached:
    """How a quota stands: places or days asked, those that reached it, the sum, and where it was missed."""

    asked: int
    met: int
    total: int
    missed: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.asked > 0 and self.met == self.asked


def reached(per: str, least: int, counts: Iterable[tuple[date, str, int]]) -> Reached:
    """counts: (day, place, number). Nothing reported is not reached."""
    sums: dict[Any, int] = defaultdict(int)
    total = 0
    for on, place, number in counts:
        key = {"day": f"{on}", "place": place, "place_day": f"{on} {place}", "whole": ""}[per]
        sums[key] += number
        total += number
    missed = tuple(str(key) for key, number in sums.items() if number < least)
    return Reached(len(sums), len(sums) - len(missed), total, missed)


def percent(part: int, whole: int) -> int | None:
    """Share in whole percent, rounded down: 100 only when nothing is missing. None of nothing."""
    return None if not whole else part * 100 // whole
