"""What may stand in a lesson or an alert that the whole hospital reads: nothing that leads to a person or a small ward. No ORM."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhikong.intake.deidentifying import deidentify

SHORTEST_NAME = 2
DAY = re.compile(
    r"(?:20\d\d\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日|20\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\b\d{1,2}/\d{1,2}\b"
)
CLOCK = re.compile(r"\d{1,2}\s?(?::|：|时|点)\s?\d{2}\s?分?")
BED = re.compile(r"[A-Za-z]?\d{1,3}\s?(?:床|号床)|[一二三四五六七八九十]{1,3}\s?号床")


@dataclass(frozen=True)
class Leak:
    """What is left of the case: in which part, what it is taken for, the words themselves, what to do."""

    part: str
    kind: str
    found: str
    advice: str


@dataclass(frozen=True)
class Known:
    """What is known and must not stand there. departments: name or alias -> people who work there."""

    names: tuple[str, ...] = ()
    departments: Mapping[str, int] | None = None
    people_least: int = 20


def leaks(parts: Mapping[str, str], known: Known) -> list[Leak]:
    """Everything that leads to somebody, in the order of the parts; [] when nothing is found."""
    found: list[Leak] = []
    for part, text in parts.items():
        found += _persons(part, text, known.names)
        found += _times(part, text)
        found += _places(part, text, known)
    return list(dict.fromkeys(found))


def _persons(part: str, text: str, names: Iterable[str]) -> list[Leak]:
    searched = [name for name in names if len(name.strip()) >= SHORTEST_NAME]
    return [
        Leak(
            part, span.kind.value.strip("【】"), text[span.start : span.end], "删去，或写成“一名护士”“患者”。"
        )
        for span in deidentify(text, searched).spans
    ]


def _times(part: str, text: str) -> list[Leak]:
    told = (
        (DAY, "日期", "写成“夜间”“周末”等。"),
        (CLOCK, "时刻", "写成“凌晨”“交接班前后”等。"),
        (BED, "床号", "删去。"),
    )
    return [
        Leak(part, kind, hit.group(), advice)
        for pattern, kind, advice in told
        for hit in pattern.finditer(text)
    ]


def _places(part: str, text: str, known: Known) -> list[Leak]:
    """A department of few people is a person; one of many may be named."""
    advice = f"这个科室在岗不足 {known.people_least} 人，写出来就等于点名；改成“一个病区”。"
    return [
        Leak(part, "科室", name, advice)
        for name, people in (known.departments or {}).items()
        if len(name) >= SHORTEST_NAME and name in text and people < known.people_least
    ]
