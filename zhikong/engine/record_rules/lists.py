"""Special checks (专项检查) as packs list them: a named choice of rules, standing or the theme of a month.

A list is a pack's ``record_lists/<id>.yaml``. It chooses rules by id, by row of the registers, core system, stage, or
words of their titles, so that a new rule joins without a change here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions.building import origin
from zhikong.engine.definitions.located import Key, Located, read, read_text
from zhikong.engine.definitions.model import Origin, Status
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.record_rules.belonging import is_front_page, rows_of, stage_of, systems_of
from zhikong.engine.record_rules.model import Stage
from zhikong.engine.record_rules.systems import head_problems, shape_problems

FOLDER = "record_lists"
OF_LIST: dict[str, tuple[type, str]] = {
    "id": (str, "与文件名相同的英文标识"),
    "version": (int, "版本号"),
    "status": (str, "draft、published 或 deprecated"),
    "title": (str, "检查的名称"),
    "why": (str, "一句话：为什么检查"),
    "source": (dict, "出处：document、clause、mark"),
    "owner": (str, "负责的岗位"),
    "checker": (str, "复核的岗位"),
    "next_review": (date, "下次复审日期"),
    "period": (str, "month（按月）或 quarter（按季）"),
    "choose": (dict, "选哪些规则：rules、rows、systems、stages、words"),
}
OPTIONAL = ("months", "notes")
CHOICES = ("rules", "rows", "systems", "stages", "words")
PERIODS = ("month", "quarter")


@dataclass(frozen=True, slots=True)
class RecordList:
    """A special check. months: of the year in which it is the theme; period: month or quarter; lines: of its fields."""

    id: str
    version: int
    status: Status
    title: str
    why: str
    source: Origin
    owner: str
    checker: str
    next_review: date
    months: tuple[int, ...]
    period: str
    choose: Mapping[str, tuple[str, ...]]
    notes: str = ""
    file: Path = field(default_factory=Path)
    lines: Mapping[tuple[Key, ...], int] = field(default_factory=dict, compare=False, repr=False)

    def rules(self, known: Mapping[str, Any]) -> list[str]:
        """The rules that the list chooses, by id; those of the front page only where their stage is asked for."""
        return [key for key, rule in known.items() if self.takes(rule)]

    def takes(self, rule: Any) -> bool:
        """Whether one of the list's choices names the rule."""
        choose = self.choose
        if stage_of(rule) in choose.get("stages", ()) or rule.id in choose.get("rules", ()):
            return True
        if set(rows_of(rule)) & set(choose.get("rows", ())):
            return True
        if set(systems_of(rule)) & set(choose.get("systems", ())):
            return True
        return not is_front_page(rule) and any(word in rule.title for word in choose.get("words", ()))


def list_of_text(text: str, *, file: Path) -> RecordList | list[Problem]:
    """The list of a text, or everything that is wrong with it, in Chinese, with lines."""
    return _list_of(read_text(text, file=file))


def load_lists(packs: Sequence[Path]) -> tuple[list[RecordList], list[Problem]]:
    """The lists of all packs, and every problem found; a list with problems is absent."""
    lists: list[RecordList] = []
    problems: list[Problem] = []
    for file in (file for pack in packs for file in sorted((pack / FOLDER).glob("*.yaml"))):
        found = _list_of(read(file))
        if isinstance(found, RecordList):
            lists.append(found)
        else:
            problems += found
    return lists, problems


def unknown_choices(lists: Iterable[RecordList], *, rules: Iterable[Any]) -> Iterator[Problem]:
    """Choices that no rule of the packs answers to, each on its line, and lists that choose nothing at all."""
    every = {rule.id: rule for rule in rules}
    known = {
        "rules": ("规则", set(every)),
        "rows": ("规则登记行", {row for rule in every.values() for row in rows_of(rule)}),
        "systems": ("规则所属的核心制度", {name for rule in every.values() for name in systems_of(rule)}),
    }
    for one in lists:
        for name, (word, there) in known.items():
            for place, said in enumerate(one.choose.get(name, ())):
                if said not in there:
                    line = one.lines.get(("choose", name, place)) or one.lines.get(("choose",), 1)
                    yield Problem(one.file, line, f"没有{word} {said}。", suggestion(said, there))
        if not one.rules(every):
            message = f"专项检查“{one.title}”没有选到任何规则。"
            yield Problem(one.file, one.lines.get(("choose",), 1), message, "请改 rows、systems 或 words。")


def _list_of(located: Located | Problem) -> RecordList | list[Problem]:
    if isinstance(located, Problem):
        return [located]
    problems = list(shape_problems(located, OF_LIST, OPTIONAL, folder=FOLDER))
    problems = problems or [*head_problems(located), *_told(located), *_choices(located)]
    return sorted(problems, key=lambda problem: problem.line) or _build(located)


def _told(located: Located) -> Iterator[Problem]:
    """When the check is the theme, and what span it looks at."""
    data = located.data
    if data["period"] not in PERIODS:
        yield located.problem(("period",), f"period 没有取值 {data['period']}。", "、".join(PERIODS))
    months = data.get("months")
    if months is None:
        return
    if not isinstance(months, list) or not all(type(n) is int and 1 <= n <= 12 for n in months):
        yield located.problem(("months",), f"months 的值 {months!r} 不对。", "写成月份的列表，例如 [3, 9]。")


def _choices(located: Located) -> Iterator[Problem]:
    choose = located.data["choose"]
    if not choose:
        yield located.problem(("choose",), "choose 里没有写选哪些规则。", "、".join(CHOICES))
    for name, said in choose.items():
        path: tuple[Key, ...] = ("choose", name)
        if name not in CHOICES:
            yield located.problem(path, f"choose 没有字段 {name}。", suggestion(str(name), CHOICES))
        elif not isinstance(said, list) or not said or not all(isinstance(x, str) and x for x in said):
            yield located.problem(path, f"choose.{name} 要写成文字的列表。", "例如 [T01, T02]。")
        elif name == "stages":
            yield from _stages(located, said)


def _stages(located: Located, said: list[str]) -> Iterator[Problem]:
    for place, one in enumerate(said):
        if one not in tuple(Stage):
            yield located.problem(
                ("choose", "stages", place), f"没有诊疗环节 {one}。", suggestion(one, Stage)
            )


def _build(located: Located) -> RecordList:
    data = located.data
    plain = {
        name: data[name]
        for name in ("id", "version", "title", "why", "owner", "checker", "next_review", "period")
    }
    return RecordList(
        **plain,
        status=Status(data["status"]),
        source=origin(data["source"]),
        months=tuple(data.get("months") or ()),
        choose={name: tuple(said) for name, said in data["choose"].items()},
        notes=str(data.get("notes") or "").strip(),
        file=located.file,
        lines=located.lines,
    )
