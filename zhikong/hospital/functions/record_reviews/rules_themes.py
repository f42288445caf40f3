"""The themes of the months as data: read from a pack's text, with problems told by line. No ORM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem

MARKS = ("verified", "paraphrased", "memory")
FIX = "请对照 packs/national/themes/monthly_record_themes.yaml 的写法。"


@dataclass(frozen=True)
class Theme:
    """What is looked at in one month. points: what the document names; form: the check sheet; frame: which records."""

    month: int
    title: str
    points: tuple[str, ...]
    form: str = ""
    frame: str = "running"


@dataclass(frozen=True)
class ThemeCalendar:
    """Twelve themes with their source."""

    id: str
    version: int
    title: str
    document: str
    clause: str
    mark: str
    owner: str
    checker: str
    next_review: date
    themes: tuple[Theme, ...]


def parse(text: str, *, file: Path) -> ThemeCalendar | list[Problem]:
    """Read a calendar of themes; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    data = found.data
    if problems := [*_head(found, data), *_months(found, data)]:
        return problems
    return ThemeCalendar(
        data["id"], data["version"], data["title"]["zh"], data["source"]["document"],
        str(data["source"].get("clause", "")), data["source"]["mark"], data["owner"], data["checker"],
        data["next_review"], tuple(_theme(one) for one in data["themes"]),
    )  # fmt: skip


def _head(found, data: Any) -> list[Problem]:
    if not isinstance(data, dict):
        return [found.problem((), "文件应是“键: 值”。", FIX)]
    needed = {
        "id": str, "version": int, "title": dict, "source": dict, "owner": str, "checker": str, "next_review": date,
        "themes": list,
    }  # fmt: skip
    wrong = [name for name, kind in needed.items() if not isinstance(data.get(name), kind)]
    problems = [found.problem((name,), f"缺少 {name}，或它的写法不对。", FIX) for name in wrong]
    if not wrong and (data["source"].get("mark") not in MARKS or not data["source"].get("document")):
        problems.append(
            found.problem(("source",), "来源要写 document 和 mark（verified、paraphrased、memory）。", FIX)
        )
    if not wrong and not data["title"].get("zh"):
        problems.append(found.problem(("title",), "title 要有 zh。", FIX))
    return problems


def _months(found, data: Any) -> list[Problem]:
    themes = data.get("themes") if isinstance(data, dict) else None
    if not isinstance(themes, list):
        return []
    problems = [
        found.problem(("themes", index), "每个主题要有 month、title 和至少一条 points。", FIX)
        for index, one in enumerate(themes)
        if not _whole(one)
    ]
    if not problems and sorted(one["month"] for one in themes) != list(range(1, 13)):
        problems.append(found.problem(("themes",), "1 月到 12 月应各有一个主题，不多不少。", FIX))
    return problems


def _whole(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("month"), int)
        and bool(one.get("title"))
        and isinstance(one.get("points"), list)
        and bool(one["points"])
        and all(isinstance(point, str) for point in one["points"])
        and one.get("frame", "running") in ("running", "discharged", "archived")
    )


def _theme(one: dict[str, Any]) -> Theme:
    return Theme(
        one["month"], one["title"], tuple(one["points"]), one.get("form", ""), one.get("frame", "running")
    )
