"""What keeps a draft from being a form: in the words of the page, each with the place where it can be mended."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhikong.engine.definitions.located import Located, read_text
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.building import words
from zhikong.foundation.forms.building.documents import Data, chinese, listed
from zhikong.foundation.forms.building.outline import items, sections

FORM = "form"
KIND = re.compile(r"类型 (\w+)")
AMONG = re.compile(r"(可以计分的有：)([\w、]+)")
PART = re.compile(r"(?<=[各本个])部分|(?<=这一)部分")
CODE = re.compile(r"(?<![\w'“])[a-z][a-z_]*(?![\w'”])")


@dataclass(frozen=True)
class Shown:
    """One problem as the page tells it. at: "form", "s.<section>" or "i.<item>"; label: that place's name."""

    sentence: str
    at: str
    label: str


def shown(text: str, data: Data, problems: Iterable[Problem]) -> list[Shown]:
    """The problems of a draft's text with their places; the same problem at the same place once."""
    problems = list(problems)
    if not problems:
        return []
    located = read_text(text, file=Path("draft.yaml"))
    lines = located.lines if isinstance(located, Located) else {}
    found = [_shown(problem, _place(lines, data, problem.line), data) for problem in problems]
    return list(dict.fromkeys(found))


def _shown(problem: Problem, at: str, data: Data) -> Shown:
    sentence = in_words(f"{problem.message}{problem.remedy}")
    return Shown(sentence, at, label(at, data))


def label(at: str, data: Data) -> str:
    """第 3 题, 分节「外观」, or 表单属性."""
    kind, _dot, name = at.partition(".")
    if kind == "i":
        numbers = [str(item.get("id")) for item in items(data)]
        return f"第 {numbers.index(name) + 1} 题" if name in numbers else "题目"
    if kind == "s":
        found = next((s for s in sections(data) if str(s.get("id")) == name), {})
        return f"分节「{chinese(found.get('title'))[:20]}」"
    return "表单属性"


def in_words(sentence: str) -> str:
    """The field names of the file as the page calls them; what is quoted is somebody's own text and stays."""
    sentence = KIND.sub(lambda m: f"题型“{words.TYPES.get(m[1], m[1])}”", sentence)
    sentence = AMONG.sub(
        lambda m: m[1] + "、".join(str(words.TYPES.get(c, c)) for c in m[2].split("、")), sentence
    )
    sentence = CODE.sub(lambda m: str(words.FIELDS.get(m[0], m[0])), sentence)
    return PART.sub("分节", sentence.replace("条目", "题目"))


def _place(lines: dict, data: Data, line: int) -> str:
    """The item or section whose text begins last before the line."""
    best, at = 0, FORM
    for i, section in enumerate(listed(data.get("sections"))):
        path = ("sections", i)
        if best < lines.get(path, 0) <= line:
            best, at = lines[path], f"s.{section.get('id')}"
        for j, item in enumerate(section["items"]):
            start = lines.get((*path, "items", j), 0)
            if best < start <= line:
                best, at = start, f"i.{item.get('id')}"
    return at
