"""What was pasted from a spreadsheet, understood row by row. Nothing is stored before a person has seen it.

A block is lines of cells parted by tabs, as Excel and WPS put them on the clipboard (a cell with line breaks is in
quotes). With a head line (项目 分子 分母 说明 依据, in any order) the columns are taken by name; without one the first
column may name the item, and else the rows are those of the grid from the top.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhikong.hospital.functions.reporting import numbers
from zhikong.hospital.functions.reporting.definition.model import Item

FIELDS = ("item", "numerator", "denominator", "explanation", "evidence")
HEADS = {
    "item": ("项目", "指标", "填报项目", "名称"),
    "numerator": ("分子", "数量", "例数"),
    "denominator": ("分母", "总数"),
    "explanation": ("说明", "备注", "原因"),
    "evidence": ("依据", "证据"),
}
NOTHING = ("本月无", "无", "未发生", "没有")
MOST_ROWS, MOST_CELLS = 300, 40


@dataclass(frozen=True)
class Row:
    """One pasted line. item is None when it names nothing of this sheet; problem says what cannot be taken."""

    line: int
    item: Item | None
    numerator: int | None = None
    denominator: int | None = None
    nothing: bool = False
    explanation: str = ""
    evidence: str = ""
    raw: str = ""
    problem: str = ""

    @property
    def usable(self) -> bool:
        return self.item is not None and not self.problem


def understand(text: str, items: Sequence[Item]) -> list[Row]:
    """The rows of a pasted block in its order; each says what it became or why not."""
    lines = _lines(text)
    columns = _columns(lines[0]) if lines else None
    body = lines[1:] if columns else lines
    named = (columns is not None and "item" in columns) or _first_column_names(body, items)
    columns = columns or _usual(named)
    found = []
    for number, cells in enumerate(body, start=2 if len(body) < len(lines) else 1):
        place = number - (2 if len(body) < len(lines) else 1)
        item = _named(_cell(cells, columns, "item"), items) if named else _at(items, place)
        found.append(_row(number, cells, columns, item))
    return _without_repeats(found)


def _lines(text: str) -> list[list[str]]:
    delimiter = "\t" if "\t" in text else ","
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter=delimiter)
    rows = [[cell.strip() for cell in row[:MOST_CELLS]] for row in reader]
    return [row for row in rows if any(row)][:MOST_ROWS]


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Field -> column when the line is a head line: two known words at least."""
    found = {}
    for column, cell in enumerate(cells):
        field = next((f for f, words in HEADS.items() if _plain(cell) in words), None)
        if field and field not in found:
            found[field] = column
    return found if len(found) >= 2 else None


def _usual(named: bool) -> dict[str, int]:
    fields = FIELDS if named else FIELDS[1:]
    return {field: column for column, field in enumerate(fields)}


def _first_column_names(lines: Sequence[Sequence[str]], items: Sequence[Item]) -> bool:
    firsts = [cells[0] for cells in lines if cells and cells[0]]
    return any(_named(first, items) for first in firsts) or any(_is_words(first) for first in firsts)


def _is_words(text: str) -> bool:
    if text in NOTHING:
        return False
    try:
        numbers.read(text, decimals=2)
    except numbers.NotANumber:
        return not text.endswith(("%", "％"))
    return False


def _named(text: str, items: Sequence[Item]) -> Item | None:
    """By code, title or alias; else the only item whose title contains the words or is contained in them."""
    words = _plain(text)
    if not words:
        return None
    for item in items:
        if words in {_plain(name) for name in item.names}:
            return item
    near = [
        i
        for i in items
        if any(words in _plain(n) or _plain(n) in words for n in i.names if len(_plain(n)) > 1)
    ]
    return near[0] if len(near) == 1 else None  # fmt: skip


def _plain(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in kept if c.isalnum() or c == "_")


def _at(items: Sequence[Item], place: int) -> Item | None:
    return items[place] if place < len(items) else None


def _cell(cells: Sequence[str], columns: dict[str, int], field: str) -> str:
    column = columns.get(field)
    return cells[column] if column is not None and column < len(cells) else ""


def _row(line: int, cells: Sequence[str], columns: dict[str, int], item: Item | None) -> Row:
    raw = " | ".join(cells)[:200]
    if item is None:
        name = _cell(cells, columns, "item")
        sentence = _("这张填报单里没有“%(name)s”这一项。") % {"name": name} if name else _("多出的一行。")
        return Row(line, None, raw=raw, problem=sentence)
    said = {field: _cell(cells, columns, field) for field in FIELDS}
    words = {"explanation": said["explanation"][:500], "evidence": said["evidence"][:200]}
    if said["numerator"] in NOTHING:
        return Row(line, item, nothing=True, raw=raw, **words)
    try:
        top = numbers.read(said["numerator"], decimals=item.decimals)
        bottom = None if item.counts_only else numbers.read(said["denominator"], decimals=item.decimals)
    except numbers.NotANumber as error:
        return Row(line, item, raw=raw, problem=str(error), **words)
    return Row(line, item, top, bottom, raw=raw, **words)


def _without_repeats(rows: list[Row]) -> list[Row]:
    """The same item twice: neither is taken, because nobody can know which one was meant."""
    codes = [row.item.id for row in rows if row.item]
    again = {code for code in codes if codes.count(code) > 1}
    return [
        Row(row.line, row.item, raw=row.raw, problem=_("同一项出现了几行，请只留一行。"))
        if row.item and row.item.id in again
        else row
        for row in rows
    ]
