"""Web pages and "XML Spreadsheet 2003" under the name of an Excel file: what many hospital systems export as .xls.

One pass over the marks, without a tree and without entities of its own: a row is `tr` or `Row`, a cell `td`, `th` or
`Cell`; a cell over several columns or rows counts as merged. Styles, scripts and comments are left out.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from zhikong.intake.old_workbooks import AGAIN, Book, Grid, refuse_large
from zhikong.intake.reasons import FileRefused

OPENS = (b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta", b"<head", b"<style", b"<body", b"<div")
TABLE = re.compile(rb"<(?:table|(?:\w+:)?worksheet)\b", re.I)
WITHIN = 1 << 16
MOST_SPAN = 2_000
MOST_CELLS = 20_000_000  # a few marks may claim any number of cells
ROW = 8  # a row takes the memory of so many cells
ROWS, CELLS, HIDDEN = {"tr", "row"}, {"td", "th", "cell"}, {"style", "script", "title", "comment"}


def is_table(path: Path) -> bool:
    """Whether a file opens like a page or XML and has a table near its beginning."""
    with path.open("rb") as file:
        head = file.read(WITHIN).removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.lower().startswith(OPENS) and bool(TABLE.search(head))


def opened(path: Path) -> Book:
    """The tables of a page that hold anything. Raises FileRefused."""
    refuse_large(path)
    reader = _Reader()
    reader.feed(_decoded(path.read_bytes()))
    reader.close()
    found = [grid for grid in reader.grids if any(any(row) for row in grid.rows)]
    if not found:
        raise FileRefused("这是网页或 XML 格式的文件，只是名字像 Excel，里面没有表格。", AGAIN)
    return Book(found)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文件编码无法识别：既不是 UTF-8 也不是 GBK。", AGAIN)


class _Reader(HTMLParser):
    """Collects the cells; a table inside a cell ends the outer one's row, as no export of data has one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[Grid] = []
        self.said: list[str] | None = None
        self.hidden, self.at, self.left = 0, 0, MOST_CELLS
        self.taken: dict[int, int] = {}  # column (from 1) → last row that a cell from above covers

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name, given = tag.rpartition(":")[2], {key.rpartition(":")[2]: value or "" for key, value in attrs}
        if name in HIDDEN:
            self.hidden += 1
        elif name in ("table", "worksheet"):
            self._begin(name, given.get("name", ""))
        elif name in ROWS and self.grids:
            self._row(_number(given.get("index")))
        elif name in CELLS and self.grids and self.grids[-1].rows:
            self._cell(given)
        elif name == "br" and self.said is not None:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif name in CELLS or name in ROWS:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self.said is not None and not self.hidden:
            self.said.append(data)

    def _begin(self, name: str, title: str) -> None:
        """A worksheet of XML holds one table, which is the same one."""
        self._end_cell()
        if name == "table" and self.grids and not self.grids[-1].rows:
            return
        self.grids.append(Grid(title or f"表{len(self.grids) + 1}"))
        self.taken = {}

    def _row(self, index: int) -> None:
        self._end_cell()
        rows = self.grids[-1].rows
        skipped = index - len(rows) - 1
        skipped = skipped if 0 < skipped <= MOST_SPAN else 0
        self._spend(ROW * (skipped + 1))
        rows += [[] for _ in range(skipped + 1)]

    def _cell(self, given: dict[str, str]) -> None:
        """Begin a cell at the next free column, or at the one that XML names."""
        self._end_cell()
        grid = self.grids[-1]
        row, cells = len(grid.rows), grid.rows[-1]
        column = max(len(cells) + 1, min(_number(given.get("index")), MOST_SPAN))
        while self.taken.get(column, 0) >= row:
            column += 1
        wide = _number(given.get("colspan")) or _number(given.get("mergeacross")) + 1
        high = _number(given.get("rowspan")) or _number(given.get("mergedown")) + 1
        wide, high = min(wide, MOST_SPAN), min(high, MOST_SPAN)
        self._spend(column + wide - 1 - len(cells))
        cells += [""] * (column + wide - 1 - len(cells))
        if high > 1:
            self.taken |= dict.fromkeys(range(column, column + wide), row + high - 1)
        if wide > 1 or high > 1:
            grid.merged.append((row, column, row + high - 1, column + wide - 1))
        self.said, self.at = [], column - 1

    def _end_cell(self) -> None:
        if self.said is not None:
            self.grids[-1].rows[-1][self.at] = " ".join("".join(self.said).split())
            self.said = None

    def _spend(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            raise FileRefused("表格展开后过大，不像正常的表格。", "请按月拆分，或导出为 CSV 后再上传。")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
