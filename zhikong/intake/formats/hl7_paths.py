"""The column language of an HL7 v2 source: which field of which segment a staged column is.

PV1-44                     field 44; of a composite its first component, as HL7 itself reads it
PID-3.1  PID-3(2).4.1      component, the second repetition, subcomponent
PID-3(5=MR).1              of the repetition whose component 5 is MR
OBX-5(*)                   all repetitions, one a line
NTE[4.1=CVN]-6             of the segment whose component 4.1 is CVN
EVN-6|EVN-2|MSH-7          the first that is filled
PID-5.1+PID-5.2            one after the other
ORC-15?ORC-1=SC&ORC-5=CM   only under these conditions; several values: ORC-1=NW,XO; filled: TXA-12=*
'principal'?DG1-15=1       a word of our own
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from zhikong.intake.formats.hl7_text import NULL

_PATH = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(?:\[(?P<where>[^\]]+)\])?-(?P<field>\d+)"
    r"(?:\((?P<repetition>[^)]+)\))?(?:\.(?P<component>\d+))?(?:\.(?P<sub>\d+))?"
)
_PLACE = re.compile(r"(\d+)(?:\.(\d+))?")


class PathFault(ValueError):
    """A column that is no path."""


@dataclass(frozen=True)
class Path:
    """One place in a segment. repetition: number from 1, 0 for all, or (component, value) that chooses one."""

    segment: str
    field: int
    repetition: int | tuple[int, str] = 1
    component: int | None = None
    sub: int | None = None
    where: tuple[tuple[int, int, str], ...] = ()  # (field, component, value) of the segment itself


@dataclass(frozen=True)
class Choice:
    """One alternative: its parts joined, when every condition holds. A part that is a text is itself."""

    parts: tuple[Path | str, ...]
    conditions: tuple[tuple[Path, frozenset[str]], ...] = ()


Column = tuple[Choice, ...]
Get = Callable[[Path], str]
"""Text of a path in the row at hand: empty where there is nothing."""


@lru_cache(maxsize=4096)
def column(text: str) -> Column:
    """The alternatives of a column. Raises PathFault for what is no path."""
    return tuple(_choice(one, text) for one in text.split("|"))


def value(of: Column, get: Get) -> str:
    """The column's text in the row that `get` reads; empty where nothing is said."""
    for choice in of:
        if all(_holds(get(path), values) for path, values in choice.conditions):
            found = [part if isinstance(part, str) else get(part) for part in choice.parts]
            said = [text for text in found if text and text != NULL]
            if said or NULL in found:
                return "".join(said) or NULL
    return ""


def _holds(text: str, values: frozenset[str]) -> bool:
    return text in values or ("*" in values and text not in ("", NULL))


def _choice(text: str, whole: str) -> Choice:
    what, _, conditions = text.partition("?")
    parts = tuple(_part(part, whole) for part in what.split("+"))
    return Choice(parts, tuple(_condition(one, whole) for one in conditions.split("&") if one))


def _part(text: str, whole: str) -> Path | str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    return path(text, whole)


def _condition(text: str, whole: str) -> tuple[Path, frozenset[str]]:
    what, sign, values = text.partition("=")
    if not sign:
        raise PathFault(f"{whole}：条件 {text} 没有等号。")
    return path(what, whole), frozenset(values.split(","))


def path(text: str, whole: str = "") -> Path:
    """One path. Raises PathFault with a Chinese sentence."""
    match = _PATH.fullmatch(text.strip())
    if match is None:
        raise PathFault(
            f"{whole or text}：{text!r} 不是 HL7 字段，应写成 PV1-44、PID-3.1、OBX-5(*) 这样的形式。"
        )
    part, sub = match["component"], match["sub"]
    return Path(
        match["segment"],
        int(match["field"]),
        _repetition(match["repetition"], text),
        int(part) if part else None,
        int(sub) if sub else None,
        tuple(_where(one, text) for one in (match["where"] or "").split(",") if one),
    )


def _repetition(text: str | None, whole: str) -> int | tuple[int, str]:
    if text is None:
        return 1
    if text == "*":
        return 0
    component, sign, wanted = text.partition("=")
    if not component.isdigit() or (not sign and int(component) < 1):
        raise PathFault(f"{whole}：重复 ({text}) 应写成 (2)、(*) 或 (5=MR)。")
    return (int(component), wanted) if sign else int(component)


def _where(text: str, whole: str) -> tuple[int, int, str]:
    place, sign, wanted = text.partition("=")
    match = _PLACE.fullmatch(place)
    if not sign or match is None:
        raise PathFault(f"{whole}：段条件 [{text}] 应写成 [4.1=CVN]。")
    return int(match[1]), int(match[2] or 1), wanted
