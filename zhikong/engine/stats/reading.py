"""Series from a CSV file, for charts outside the site: columns series, i, y, n, phase, exclude and their kin."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "—"})
YES = frozenset({"1", "true", "yes", "y", "t", "是", "剔除", "排除"})
NO = frozenset({"0", "false", "no", "n", "f", "否"}) | MISSING
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?$")
ENCODINGS = ("utf-8-sig", "gb18030")
SUBGROUP, PATIENT = frozenset({"xbar", "s"}), frozenset({"vlad", "racusum"})


class ChartInputError(ValueError):
    """What is wrong with the file, where, and what to do: one Chinese sentence."""


@dataclass(frozen=True)
class Row:
    """One line of the file. `order` sorts lines, `i` is the label as written (a number or text)."""

    line: int
    series: str
    i: float | int | str
    order: tuple[int, float]
    cells: dict[str, float | None]
    phase: str
    exclude: bool


@dataclass(frozen=True)
class Series:
    """The lines of one series, sorted by i; lines of the same i keep the order of the file."""

    name: str
    rows: tuple[Row, ...]

    def has(self, column: str) -> bool:
        return any(row.cells.get(column) is not None for row in self.rows)


def read_series(path: Path, kind: str) -> list[Series]:
    """All series of a file, in the order in which they begin.

    Raises:
        ChartInputError: naming file and line.
    """
    found: dict[str, list[Row]] = {}
    for row in _rows(path, kind):
        found.setdefault(row.series, []).append(row)
    if not found:
        raise ChartInputError(f"{path}:1: 文件里没有数据行。请在表头下面每行写一个数据点。")
    for rows in found.values():
        _one_kind(path, rows)
    return [Series(name, tuple(sorted(rows, key=lambda row: row.order))) for name, rows in found.items()]


def needed(kind: str) -> dict[str, tuple[str, ...]]:
    """The columns a type needs, each with other names it may have."""
    if kind in PATIENT:
        return {"i": ("i",), "risk": ("risk",), "died": ("died",)}
    return {"i": ("i", "subgroup"), "y": ("y",)}


def _rows(path: Path, kind: str) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(_text(path), newline=""))
    header = [name.strip().lower() for name in next(lines, [])]
    places = _places(path, header, kind)
    numbers = [name for name in ("y", "n", "risk", "died") if name in places]
    for cells in lines:
        if any(cell.strip() for cell in cells):
            yield _row(path, lines.line_num, cells, places, numbers)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ChartInputError(f"{path}: 无法读取文件（{error.strerror}）。请检查路径和权限。") from error
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ChartInputError(f"{path}: 既不是 UTF-8 也不是 GB18030 编码。请另存为 UTF-8 的 CSV。")


def _places(path: Path, header: list[str], kind: str) -> dict[str, int]:
    """Column name -> position."""
    places = {name: header.index(name) for name in dict.fromkeys(header) if name}
    for name, names in needed(kind).items():
        place = next((places[other] for other in names if other in places), None)
        if place is None:
            raise ChartInputError(
                f"{path}:1: {kind} 图缺少“{names[-1]}”列。请在表头补上（现有：{'、'.join(places) or '无'}）。"
                if len(names) == 1
                else f"{path}:1: {kind} 图缺少“{'”或“'.join(names)}”列。请在表头补上（现有：{'、'.join(places) or '无'}）。"
            )
        places[name] = place
    return places


def _row(path: Path, line: int, cells: list[str], places: dict[str, int], numbers: list[str]) -> Row:
    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    label, order = _label(path, line, cell("i"))
    values = {name: _number(path, line, name, cell(name)) for name in numbers}
    exclude = _yes(path, line, cell("exclude"))
    return Row(line, cell("series"), label, order, values, cell("phase"), exclude)


def _label(path: Path, line: int, text: str) -> tuple[float | int | str, tuple[int, float]]:
    """The label as written and how it sorts: numbers by size, dates by day."""
    try:
        number = float(text)
        if math.isfinite(number):
            return int(number) if number == int(number) else number, (0, number)
    except ValueError:
        pass
    moment = _moment(text)
    if moment is not None:
        return text, (1, moment)
    raise ChartInputError(
        f"{path}:{line}: i“{text}”既不是数也不是日期。请写序号，或写 2026-01、2026-01-31 这样的日期。"
    )


def _moment(text: str) -> float | None:
    """A date, with or without a time, as days; None when it is none."""
    found = DAY.match(text)
    try:
        if found:
            return float(date(*(int(part or 1) for part in found.groups())).toordinal())
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.toordinal() + (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400


def _number(path: Path, line: int, name: str, text: str) -> float | None:
    if text.lower() in MISSING:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ChartInputError(f"{path}:{line}: {name}“{text}”不是数。请写数字；没有数据就留空。")
    return number


def _yes(path: Path, line: int, text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ChartInputError(f"{path}:{line}: exclude“{text}”看不懂。请写 1（剔除）或 0（不剔除）。")


def _one_kind(path: Path, rows: list[Row]) -> None:
    """Numbers and dates cannot be put in one order."""
    other = next((row for row in rows if row.order[0] != rows[0].order[0]), None)
    if other is not None:
        raise ChartInputError(f"{path}:{other.line}: 同一序列的 i 有的是数，有的是日期。请统一成一种。")
