"""Rows of tables: what each cell is, which name stands in its row, who is responsible."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_HEADS = {
    "past": re.compile(r"上年|去年|上一年|实际|现状|基线|完成值|完成情况|既往|当前值|(?<!未)达成"),
    "who": re.compile(r"责任|科室|部门|负责|牵头|主管|承办|单位|主持|参加|参会|对象"),
    "due": re.compile(r"时限|期限|完成时间|截止|完成日期"),
    "period": re.compile(r"周期|频次|频率|多久|频度|监测时间"),
    "weight": re.compile(r"分值|权重|标准分|配分"),
    "name": re.compile(r"指标(?!值)|项目|名称|会议(?!时间)|目标内容|考核内容"),
    "value": re.compile(r"目标|标准|要求|指标值|值$|标值|计划"),
    "when": re.compile(r"时间|日期|月份|进度|节点"),
    "text": re.compile(r"内容|任务|措施|工作|活动|做法|备注|说明|办法|扣分|奖|评分"),
}
_NUMBER = re.compile(r"^(?:[(（]?\d{1,3}[)）]?[.、]?|[一二三四五六七八九十]{1,3}[、.]?|[①-⑳]|序号|编号)$")
_PERIODIC = re.compile(r"^(?:每|按|一)?(?:个)?(?:日|天|周|月|季|季度|半年|年|年度|全年|月度)(?:度|报|考核)?$")
_VALUED = re.compile(r"\d|百分之|[≥≤<>=]|为零|零")


@dataclass(frozen=True)
class Cell:
    """A cell in the tight text. role: name, value, past, who, due, period, weight or text."""

    start: int
    end: int
    text: str
    role: str = "text"
    name: str = ""


@dataclass(frozen=True)
class Row:
    """The cells of a line with the name that they speak of and who is responsible."""

    cells: tuple[Cell, ...]
    name: str = ""
    department: str = ""
    period: str = ""


def is_row(line: str) -> bool:
    """Whether a line of the tight text is a row: two cells or more."""
    cells = [one.strip() for one in line.split("\t") if one.strip()]
    return len(cells) - bool(cells and _NUMBER.match(cells[0])) >= 2


def heads_of(line: str) -> tuple[str, ...] | None:
    """The roles of a table's columns when the line is its head; None when it is a row like others."""
    cells = [one.strip() for one in line.split("\t")]
    named = [one for one in cells if one]
    if crossed := _crossed(cells):
        return crossed
    roles = tuple(_role_of_head(one) for one in cells)
    known = sum(role != "" for role in roles)
    plain = all(len(one) <= 16 and not re.search(r"[。;,≥≤%]", one) for one in named)
    return (
        roles
        if plain and known >= max(2, len(named) - 2) and not any(_PERIODIC.match(c) for c in named)
        else None
    )


def _crossed(cells: list[str]) -> tuple[str, ...] | None:
    """A table with departments down and indicators across: each column is named by its head."""
    first = 1 if _role_of_head(cells[0]) == "number" else 0
    measured = cells[first + 1 :]
    if not re.fullmatch(r"科室|部门|病区|专业|单位|科别|级别|医院级别", cells[first]) or len(measured) < 2:
        return None
    if not all(
        re.search(r"(?:率|日|比|数|分|费|强度|例)(?:[(][^)]*[)])?$", one) and not re.search(r"≥|≤", one)
        for one in measured
    ):
        return None
    return (*cells[:first], "who", *(f"of {one}" for one in measured))


def _role_of_head(head: str) -> str:
    if re.fullmatch(r"序号|编号|No\.?|项次", head):
        return "number"
    return next((role for role, pattern in _HEADS.items() if pattern.search(head)), "")


def row_of(text: str, start: int, end: int, heads: tuple[str, ...] | None) -> Row:
    """The row that stands at a place, by its table's head where there is one."""
    cells = _cells(text, start, end)
    if heads and len(heads) >= len(cells):
        cells = [_headed(one, heads[i]) for i, one in enumerate(cells)]
    else:
        cells = [replace(one, role=_guess(one.text, i)) for i, one in enumerate(cells)]
    cells = [one for one in cells if one.text]
    name = _name(cells)
    cells = [replace(one, role="name") if one is name else one for one in cells]
    valued = any(one.role == "value" and _VALUED.search(one.text) for one in cells)
    period = next((one.text for one in cells if _PERIODIC.match(one.text)), "") if valued else ""
    who = next((one.text for one in cells if one.role == "who"), "")
    return Row(tuple(cells), name.text if name else "", who, period)


def _headed(cell: Cell, head: str) -> Cell:
    if head.startswith("of "):
        return replace(cell, role="value", name=head.removeprefix("of "))
    return replace(cell, role=head or "text")


def _cells(text: str, start: int, end: int) -> list[Cell]:
    found, at = [], start
    for part in text[start:end].split("\t"):
        found.append(Cell(at, at + len(part), part.strip()))
        at += len(part) + 1
    return found


def _guess(words: str, index: int) -> str:
    if _NUMBER.match(words):
        return "number"
    if _PERIODIC.match(words):
        return "period"
    return "value" if index and len(words) <= 20 and _VALUED.search(words) else "text"


def _name(cells: list[Cell]) -> Cell | None:
    named = [one for one in cells if one.role == "name" and not _NUMBER.match(one.text)]
    plain = [
        one for one in cells if one.role == "text" and 1 < len(one.text) <= 30 and not _NUMBER.match(one.text)
    ]
    return named[-1] if named else plain[0] if plain else None
