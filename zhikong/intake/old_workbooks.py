"""What hospital systems export as ".xls": workbooks of Excel 97–2003, web pages and XML under that name.

All of them become a `Book` in memory that is read like openpyxl's. Whatever a broken file makes the parser raise is
told as a refusal; nothing is calculated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlrd

from zhikong.intake.reasons import FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0"
MOST_BYTES = 80 << 20  # a full sheet of this format, 65,536 rows of 50 columns, takes about 40 MB
AGAIN = "请去掉密码，在 Excel 中“另存为”.xlsx 或 CSV UTF-8 后再上传。"
Span = tuple[int, int, int, int]


@dataclass
class Grid:
    """A worksheet: its rows from the first, and merged cells as (top, left, bottom, right), from 1, all included."""

    title: str
    rows: list[list[Any]] = field(default_factory=list)
    merged: list[Span] = field(default_factory=list)

    def iter_rows(
        self,
        *,
        min_row: int = 1,
        max_row: int | None = None,
        max_col: int | None = None,
        values_only: bool = True,
    ) -> Iterator[tuple[Any, ...]]:
        """Rows of equal width, as openpyxl gives them."""
        width = max_col or max(map(len, self.rows), default=0)
        for row in self.rows[min_row - 1 : max_row]:
            yield tuple((*row[:width], *[None] * (width - len(row))))


@dataclass
class Book:
    """The visible worksheets of a file."""

    worksheets: list[Grid]

    def __getitem__(self, title: str) -> Grid:
        return next(sheet for sheet in self.worksheets if sheet.title == title)

    def close(self) -> None:
        """Nothing is held open."""


def refuse_large(path: Path) -> None:
    """Raise FileRefused for a file that would take too much memory: these formats cannot be read as a stream."""
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused(
            "这份旧格式的 Excel 文件超过 80 MB。", "请按月拆分，或另存为 .xlsx 或 CSV UTF-8 后再上传。"
        )


def opened(path: Path) -> Book:
    """A workbook of Excel 97–2003. Raises FileRefused."""
    refuse_large(path)
    try:
        with xlrd.open_workbook(path, formatting_info=True, ragged_rows=True, logfile=_Silent()) as book:
            return Book([_grid(book, sheet) for sheet in book.sheets() if not sheet.visibility])
    except Exception as error:  # xlrd raises whatever the broken file makes it raise
        said = "加了密码" if "encrypted" in str(error) else "已损坏、加了密码，或不是表格"
        raise FileRefused(f"这份旧版 Excel 文件（.xls）{said}，读不出来。", AGAIN) from error


def _grid(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Grid:
    rows = [[_value(book, cell) for cell in sheet.row(number)] for number in range(sheet.nrows)]
    return Grid(sheet.name, rows, [(t + 1, lft + 1, b, r) for t, b, lft, r in sheet.merged_cells])


def _value(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Any:
    """A cell as openpyxl would give it: a date that cannot be one stays a number."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    return None if cell.value == "" else cell.value


class _Silent:
    """xlrd prints remarks on odd files, which would end among a command's answers."""

    def write(self, _text: str) -> None:
        """Let it go."""

    def flush(self) -> None:
        """Nothing waits."""
