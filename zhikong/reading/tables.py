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
_UNIT = re.compile(
    r"[%‰]|[天日次例件人元分份张床]|人次|例次|小时|分钟|万元|(?:[^/]{1,4}/)?[百千万]?[^/]{0,5}日|[^/]{1,4}/[^/]{1,8}|比值?|DDDs?|DDDS|分值|/"
)
_UNIT_SAID = re.compile(rf"[(](?:单位:)?({_UNIT.pattern})[)]$")
_YEAR_ALONE = re.compile(
    r"(20\d\d)年?度?(?:1?\d(?:-1?\d)?月份?|[上下]半年|前三季度|第?[一二三四]季度)?(?:数值?|值|数据|水平|情况)?"
)
_VALUED = re.compile(r"\d|百分之|[≥≤<>=]|为零|零")


@dataclass(frozen=True)
class Cell:
    """A cell in the tight text. role: name, value, past, who, due, period, weight or text."""

    start: int
    end: int
    text: str
    role: str = "text"
    name: str = ""
    unit: str = ""  # of its bare numbers, as its column's head or its row says


@dataclass(frozen=True)
class Head:
    """A column's head. role: as of a cell, or number, unit; name: what the column measures by itself; unit: 目标值(%)."""

    role: str
    name: str = ""
    unit: str = ""


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


def heads_of(line: str) -> tuple[Head, ...] | None:
    """The heads of a table's columns when the line is one; None when it is a row like others."""
    cells = [one.strip() for one in line.split("\t")]
    named = [one for one in cells if one]
    if crossed := _crossed(cells):
        return crossed
    roles = _of_years(cells, tuple(_role_of_head(one) for one in cells))
    known = sum(role != "" for role in roles)
    plain = all(len(one) <= 16 and not re.search(r"[。;,≥≤%]", _UNIT_SAID.sub("", one)) for one in named)
    return (
        tuple(
            Head(role, "单位" if role == "unit" and "who" in roles else "", unit_said(one))
            for role, one in zip(roles, cells, strict=True)
        )
        if plain and known >= max(2, len(named) - 2) and not any(_PERIODIC.match(c) for c in named)
        else None
    )


def _of_years(cells: list[str], roles: tuple[str, ...]) -> tuple[str, ...]:
    """指标 | 2026年 | 2027年: the latest year's column is what is wanted, unless another column says that it is."""
    years = {i: int(found[1]) for i, one in enumerate(cells) if (found := _YEAR_ALONE.fullmatch(one))}
    if "value" in (role for i, role in enumerate(roles) if i not in years):
        return tuple("past" if i in years else role for i, role in enumerate(roles))
    last = max(years.values(), default=0) if len(years) > 1 else 0
    return tuple(("value" if years[i] == last else "past") if i in years and last else role
                 for i, role in enumerate(roles))  # fmt: skip


def unit_said(words: str) -> str:
    """% of 目标值(%) and of 指标(单位:%); '' when no unit stands in brackets at the end."""
    found = _UNIT_SAID.search(words)
    return found[1] if found else ""


def _crossed(cells: list[str]) -> tuple[Head, ...] | None:
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
    return (*(Head("number") for _ in cells[:first]), Head("who"), *(Head("value", one) for one in measured))


def _role_of_head(head: str) -> str:
    if re.fullmatch(r"序号|编号|No\.?|项次", head):
        return "number"
    if re.fullmatch(r"(?:计量)?单位", head):
        return "unit"
    return next((role for role, pattern in _HEADS.items() if pattern.search(head)), "")


def row_of(text: str, start: int, end: int, heads: tuple[Head, ...] | None) -> Row:
    """The row that stands at a place, by its table's head where there is one."""
    cells = _cells(text, start, end)
    if heads and len(heads) >= len(cells):
        cells = [_headed(one, heads[i]) for i, one in enumerate(cells)]
    else:
        cells = [replace(one, role=_guess(one.text, i)) for i, one in enumerate(cells)]
    cells = [one for one in cells if one.text]
    name = _name(cells)
    unit = next((one.text for one in cells if one.role == "unit"), "")
    cells = [replace(one, unit=one.unit or unit) for one in cells if one.role != "unit"]
    cells = [replace(one, role="name") if one is name else one for one in cells]
    valued = any(one.role == "value" and _VALUED.search(one.text) for one in cells)
    period = next((one.text for one in cells if _PERIODIC.match(one.text)), "") if valued else ""
    who = next((one.text for one in cells if one.role == "who"), "")
    return Row(tuple(cells), name.text if name else "", who, period)


def _headed(cell: Cell, head: Head) -> Cell:
    if head.role == "unit" and cell.text and not _UNIT.fullmatch(cell.text):
        return replace(cell, role="text" if head.name else "who")
    role = head.role
    return replace(cell, role=role or "text", name=head.name, unit=head.unit)


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
