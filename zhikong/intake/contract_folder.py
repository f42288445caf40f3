"""A folder of CSV files, one per contract table and named as the table, read strictly: a bad value refuses the folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from zhikong.engine.tables import TABLES, Column, Table, Type, arrow_schema

MOST_TOLD = 20
"""How many bad values are told; all are counted."""
ENCODINGS = ("utf-8-sig", "gb18030")
_YES, _NO = frozenset({"true", "1", "是", "y", "yes"}), frozenset({"false", "0", "否", "n", "no"})


@dataclass(slots=True)
class Read:
    """What a folder holds. bad: sentences with file, row and reason; with one of them nothing may be used. notes: what
    was passed over."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_folder(folder: Path) -> Read:
    """Every table of the folder. Empty cells are unknown; columns and tables that are not there were not supplied; a
    stay without `discharged_at` is still open."""
    found = Read()
    for file in sorted(folder.glob("*.csv")):
        if file.stem in TABLES:
            _table(file, TABLES[file.stem], found)
        else:
            found.notes.append(f"{file.name}：数据契约里没有表 {file.stem}，这个文件没有读。")
    if "stays" not in found.tables and "visits" not in found.tables and not found.bad:
        found.bad.append(f"{folder}：没有 stays.csv。请放入住院表，列名见数据契约。")
    return found


def _table(file: Path, table: Table, found: Read) -> None:
    text = _text(file)
    if text is None:
        found.bad.append(f"{file.name}：编码不是 UTF-8 或 GB18030。请另存为 UTF-8 的 CSV。")
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(rows, [])]
        cells = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        found.bad.append(f"{file.name} 第 {rows.line_num} 行：不是完整的 CSV（{error}）。请检查引号。")
        return
    problems = list(_head_problems(file, table, head))
    if problems:
        found.bad += problems
        return
    for name in head:
        if table.column(name) is None and name != "month":
            found.notes.append(f"{file.name}：表 {table.name} 没有列 {name}，这一列没有读。")
    found.bad += [
        f"{file.name} 第 {line} 行：有 {len(row)} 格，表头有 {len(head)} 格。"
        for line, row in cells
        if len(row) != len(head)
    ]
    if not found.bad:
        _fill(file, table, head, cells, found)


def _text(file: Path) -> str | None:
    raw = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _head_problems(file: Path, table: Table, head: Sequence[str]) -> Iterator[str]:
    if len(set(head)) < len(head):
        twice = next(name for name in head if head.count(name) > 1)
        yield f"{file.name} 第 1 行：列 {twice} 写了两次。"
    owner = owner_column(table)
    if owner is not None and owner not in head:
        yield f"{file.name} 第 1 行：缺少列 {owner}。没有它不知道每行属于谁。"


def owner_column(table: Table) -> str | None:
    """The column without which a row belongs to nobody."""
    names = table.column_names
    return next(
        (name for name in ("stay_id", "visit_id") if name in names and name in (*table.key, "stay_id")), None
    )


def _fill(
    file: Path, table: Table, head: Sequence[str], cells: list[tuple[int, list[str]]], found: Read
) -> None:
    schema = arrow_schema(table.name, with_month=False)
    columns, names = [], [c for c in table.columns if c.name in head]
    for column in names:
        place = head.index(column.name)
        values = _Column(file, column, owner_column(table) == column.name).read(
            ((line, row[place].strip()) for line, row in cells), found.bad
        )
        if not found.bad:
            columns.append(pa.array(values, schema.field(column.name).type))
    if not found.bad:
        found.tables[table.name] = pa.table(columns, names=[c.name for c in names])
        found.bad += _twice(file, table, found.tables[table.name], [line for line, _ in cells])


def _twice(file: Path, table: Table, rows: pa.Table, lines: Sequence[int]) -> Iterator[str]:
    """Two rows with one key: which of them holds cannot be known."""
    if not set(table.key) <= set(rows.column_names):
        return
    seen: dict[tuple[Any, ...], int] = {}
    for line, key in zip(
        lines, zip(*(rows[name].to_pylist() for name in table.key), strict=True), strict=True
    ):
        if None in key:
            continue
        if key in seen:
            shown = "、".join(f"{name}={value}" for name, value in zip(table.key, key, strict=True))
            yield f"{file.name} 第 {line} 行：与第 {seen[key]} 行重复（{shown}）。"
        seen.setdefault(key, line)


@dataclass(slots=True)
class _Column:
    """Reads one column; equal cells are read once."""

    file: Path
    column: Column
    needed: bool
    known: dict[str, Any] = field(default_factory=dict)

    def read(self, cells: Iterable[tuple[int, str]], bad: list[str]) -> list[Any]:
        return [self._cell(line, text, bad) for line, text in cells]

    def _cell(self, line: int, text: str, bad: list[str]) -> Any:
        if not text:
            if self.needed:
                bad.append(self._told(line, "是空的"))
            return None
        if text not in self.known:
            try:
                self.known[text] = self._value(text)
            except ValueError as error:
                bad.append(self._told(line, f"的值“{text[:40]}”{error}"))
                return None
        return self.known[text]

    def _told(self, line: int, what: str) -> str:
        return f"{self.file.name} 第 {line} 行：列 {self.column.name}（{self.column.meaning}）{what}。"

    def _value(self, text: str) -> Any:
        value = _READ[self.column.type](text)
        domain = self.column.domain
        if domain is not None and value not in domain.codes:
            shown = "、".join(f"{code} {label}" for code, label in domain.values[:8])
            more = " 等" if len(domain.values) > 8 else ""
            raise ValueError(f"不在代码表 {domain.name} 里，可用：{shown}{more}")
        if self.column.minimum is not None and value < self.column.minimum:
            raise ValueError(f"小于 {self.column.minimum}")
        return value


def _int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("不是整数") from None


def _float(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise ValueError("不是数字") from None
    if found != found or found in (float("inf"), float("-inf")):
        raise ValueError("不是数字")
    return found


def _bool(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise ValueError("不是是/否，请写 true 或 false")
    return word in _YES


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError("不是日期，请写成 2026-01-31") from None


def _timestamp(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError("不是时间，请写成 2026-01-31 08:00") from None
    if found.tzinfo is not None:
        raise ValueError("带了时区，请写当地时间，不带时区")
    if len(text) < 16:
        raise ValueError("没有钟点，请写成 2026-01-31 08:00")
    return found


_READ: dict[Type, Callable[[str], Any]] = {
    Type.TEXT: str,
    Type.INT: _int,
    Type.FLOAT: _float,
    Type.BOOL: _bool,
    Type.DATE: _date,
    Type.TIMESTAMP: _timestamp,
}
