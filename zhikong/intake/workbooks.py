"""A worksheet of an Excel workbook as delimited text, so that it goes through the same reading as any export.

Old workbooks (.xls), web pages and XML under the name of one are read too (`old_workbooks`, `marked_tables`). Cells are written as a person sees them: dates as 2026-01-31, whole numbers without ".0", flags as 1 and 0. Rows
keep their numbers: an empty row is an empty line. Nothing is calculated: a formula gives the value that Excel saved.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhikong.intake import marked_tables, old_workbooks
from zhikong.intake.old_workbooks import Book
from zhikong.intake.reasons import FileRefused

SIGNATURE = b"PK\x03\x04"
MOST_UNPACKED = 4 << 30  # an honest sheet of a million rows unpacks to about one gigabyte
MOST_RATIO = 400  # XML of repeated values packs to 1:100 at most; a bomb to 1:1000
MOST_COLUMNS = 2_000
HEADER_WITHIN = 20  # titles and notes above the header are looked through so far


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, the row (from 1) on which its header stands, and the header."""

    name: str
    header_row: int
    header: tuple[str, ...]


def is_workbook(path: Path) -> bool:
    """True for xlsx, for the old xls, and for a page or XML with a table, whatever the file is called."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(SIGNATURE):
        return _holds_workbook(path)
    return head.startswith(old_workbooks.SIGNATURE) or marked_tables.is_table(path)


def sheets(path: Path) -> list[Sheet]:
    """The worksheets that hold a table. Raises FileRefused with the reason when the workbook cannot be read."""
    with _opened(path) as book:
        found = [_examined(sheet) for sheet in book.worksheets]
    tables = [sheet for sheet in found if sheet is not None]
    if not tables:
        raise FileRefused("工作簿里没有带表头的表格。", "请把列名写在数据上方的一行里，再上传。")
    return tables


def write_text(path: Path, sheet: Sheet, target: Path) -> int:
    """Write a worksheet as UTF-8 text with commas; gives the number of lines after the header.

    The header is the first line. Where titles stand above it, as many rows are left out: `header_row` tells how
    the row numbers of the text and of the workbook differ.
    """
    try:
        with _opened(path) as book, target.open("w", encoding="utf-8", newline="") as file:
            width = len(sheet.header)
            rows = book[sheet.name].iter_rows(min_row=sheet.header_row, max_col=width, values_only=True)
            return _write(csv.writer(file), rows)
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise FileRefused(
            f"工作表“{sheet.name}”读到一半出错，文件可能已损坏。", "请在 Excel 中另存后再上传。"
        ) from error


def _write(writer: Any, rows: Iterable[tuple[Any, ...]]) -> int:
    written = blank = 0
    for number, row in enumerate(rows):
        cells = [cell_text(value) for value in row]
        if number and not any(cells):
            blank += (
                1  # written only when something follows, so that formatted emptiness below does not count
            )
            continue
        for _row in range(blank):
            writer.writerow([""] * len(cells))
        writer.writerow(cells)
        written, blank = written + blank + 1, 0
    return max(0, written - 1)


def cell_text(value: Any) -> str:
    """A cell's value as a person sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


@contextmanager
def _opened(path: Path) -> Iterator[Workbook | Book]:
    """The workbook, known by its content, whatever the file is called; a newer one is read as a stream."""
    if (old := opened_old(path)) is not None:
        yield old
        return
    refuse_bomb(path)
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise FileRefused(
                "不是完整的 Excel 工作簿，或工作簿加了密码。", "请去掉密码，另存为 .xlsx 后再上传。"
            ) from error
        try:
            yield book
        finally:
            book.close()


def opened_old(path: Path) -> Book | None:
    """The book of a file that is no xlsx: an old workbook, a page, XML; None for anything else. Raises FileRefused."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == old_workbooks.SIGNATURE:
        return old_workbooks.opened(path)
    return marked_tables.opened(path) if marked_tables.is_table(path) else None


def refuse_bomb(path: Path, *, most: int = MOST_UNPACKED) -> None:
    """Raise FileRefused when the workbook would unpack to more than ``most`` bytes, or far too much for its size."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [(one.file_size, one.compress_size) for one in archive.infolist()]
    except zipfile.BadZipFile as error:
        raise FileRefused("不是完整的 Excel 工作簿。", "请重新导出或另存后再上传。") from error
    unpacked, packed = (sum(part) for part in zip(*sizes, strict=True)) if sizes else (0, 1)
    if unpacked > most or unpacked > MOST_RATIO * max(packed, 1) + (1 << 20):
        raise FileRefused("工作簿展开后过大，不像正常的表格。", "请按月拆分，或导出为 CSV 后再上传。")


def _holds_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _examined(sheet) -> Sheet | None:
    """The sheet with its header: the first row near the top that names at least two columns, each once."""
    best: Sheet | None = None
    for number, row in enumerate(sheet.iter_rows(max_row=HEADER_WITHIN, values_only=True), start=1):
        names = _trimmed([cell_text(value) for value in row])
        filled = [name for name in names if name]
        looks = len(filled) >= 2 and len(set(filled)) == len(filled) and not any(map(_is_number, filled))
        if looks and (best is None or len(filled) > 2 * sum(map(bool, best.header))):
            best = Sheet(sheet.title, number, tuple(names[:MOST_COLUMNS]))
    return best


def _trimmed(names: list[str]) -> list[str]:
    while names and not names[-1]:
        names.pop()
    return names


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "").isdigit()
