"""Lines that people write or paste, cut into cells; numbers, days and words read with every mistake noted. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

MOST_ROWS, LONGEST = 2_000, 120
HEADINGS = (
    "项目",
    "名称",
    "次",
    "频",
    "量",
    "改善",
    "分子",
    "分母",
    "值",
    "数",
    "月",
    "期",
    "科",
    "类",
    "分",
    "率",
    "前",
    "后",
)
Cells = list[str]


class BadRows(ValueError):
    """Lines that cannot be read. problems: (line from 1, or 0 for the whole; reason)."""

    def __init__(self, problems: Sequence[tuple[int, str]]):
        self.problems = tuple(problems)
        super().__init__("；".join(f"第 {row} 行：{why}" if row else why for row, why in self.problems[:8]))


def rows_of(text: str) -> list[tuple[int, Cells]]:
    """Lines with something in them, cut at tabs (as Excel pastes), else at commas or wide gaps."""
    found = []
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        if line.strip():
            found.append((number, [cell.strip() for cell in _cells(line)]))
    if len(found) > MOST_ROWS:
        raise BadRows([(0, f"有 {len(found)} 行，超过 {MOST_ROWS} 行，请分开录入。")])
    if not found:
        raise BadRows([(0, "没有内容。请粘贴数据，或选择 Excel 文件。")])
    return found


def _cells(line: str) -> Cells:
    if "\t" in line:
        return line.split("\t")
    return re.split(r"[,，;；]|\s{2,}", line.strip()) if re.search(r"[,，;；]|\s{2,}", line.strip()) else line.split()  # fmt: skip


def number(text: str) -> float:
    """A number as people write it: full-width digits, thousands, a per cent sign. Raises ValueError."""
    plain = text.translate(str.maketrans("０１２３４５６７８９．－，％", "0123456789.-,%"))
    plain = plain.replace(",", "").replace("%", "").strip()
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", plain):
        raise ValueError(f"“{text}”不是数")
    return float(plain)


class Reader:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []

    def number(self, row: int, text: str, what: str, *, least: float | None = None) -> float:
        try:
            found = number(text)
        except ValueError as wrong:
            self.problems.append((row, f"{what}：{wrong}。" if text else f"{what}没有填。"))
            return 0.0
        if least is not None and found < least:
            self.problems.append((row, f"{what}不能小于 {least:g}。"))
        return found

    def day(self, row: int, text: str, what: str) -> str:
        plain = re.sub(r"[年月/.]", "-", text).replace("日", "").strip()
        try:
            return f"{datetime.strptime(plain, '%Y-%m-%d').date()}"  # noqa: DTZ007 — a day has no zone
        except ValueError:
            self.problems.append((row, f"{what}“{text}”不是日期，请写成 2026-03-01。"))
            return f"{date.min}"

    def word(self, row: int, text: str, what: str) -> str:
        if not text:
            self.problems.append((row, f"{what}没有填。"))
        if len(text) > LONGEST:
            self.problems.append((row, f"{what}超过 {LONGEST} 个字。"))
        return text

    def wrong(self, row: int, why: str) -> None:
        self.problems.append((row, why))

    def done(self) -> None:
        if self.problems:
            raise BadRows(self.problems)


def is_number(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True


def without_head(rows: list[tuple[int, Cells]], numbers_from: int = 1) -> tuple[Cells, list[tuple[int, Cells]]]:  # fmt: skip
    """(heads, rows): the first line is a head when it has words of one and no number; a bad first row is no head."""
    first = [cell for cell in rows[0][1][numbers_from:] if cell]
    wordy = not numbers_from or any(word in cell for cell in rows[0][1] for word in HEADINGS)
    if len(rows) > 1 and first and wordy and not any(is_number(cell) for cell in first):
        return rows[0][1], rows[1:]
    return [], rows


def spec_of(options: Mapping[str, str], reader: Reader) -> dict[str, Any]:
    found = {
        name: reader.number(0, options[name], title) if options.get(name, "").strip() else None
        for name, title in (("low", "规格下限"), ("high", "规格上限"), ("target", "目标"))
    }
    if None not in (found["low"], found["high"]) and found["low"] >= found["high"]:  # type: ignore[operator]
        reader.wrong(0, "规格下限要小于规格上限。")
    return found


def axis(options: Mapping[str, str], default: str) -> str:
    return options.get("axis", "").strip()[:40] or default


def twice(reader: Reader, rows: Sequence[int], names: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for row, name in zip(rows, names, strict=True):
        if name in seen:
            reader.wrong(row, f"“{name}”与第 {seen[name]} 行重复，请合并。")
        seen.setdefault(name, row)


def plain(count: float) -> float:
    return int(count) if count == int(count) else count


def at(cells: Sequence[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def whole(reader: Reader, row: int, text: str, what: str) -> int:
    found = reader.number(row, text, what, least=0)
    if found != int(found):
        reader.wrong(row, f"{what}要是整数，现在是 {text}。")
    return int(found)
