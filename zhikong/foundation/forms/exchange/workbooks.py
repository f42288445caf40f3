"""Workbooks that people send, read as plain values with the row numbers they see in Excel; and safe writing.

A file from outside may be broken or hostile: it is measured before it is unpacked, formulas give their last value,
and XML is read by the guarded parser that openpyxl takes when defusedxml is installed.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
import xlsxwriter

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 200
WRITING = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class Unreadable(ValueError):
    """The file as a whole cannot be taken; says why in Chinese."""


@dataclass(frozen=True)
class RowProblem:
    """One reason why a row cannot be taken. row: as Excel counts; 0 when the sheet as a whole is meant."""

    sheet: str
    row: int
    message: str
    column: str = ""

    def __str__(self) -> str:
        place = f"“{self.sheet}”第 {self.row} 行" if self.row else f"“{self.sheet}”"
        return f"{place}{f'“{self.column}”' if self.column else ''}：{self.message}"


@dataclass
class Sheet:
    """The rows of one sheet that hold something: (row number in Excel, values)."""

    name: str
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows below the first one as {heading: value}; a heading in a first row's merged gap is left out."""
        if not self.rows:
            return
        heads = [text(cell) for cell in self.rows[0][1]]
        for number, cells in self.rows[1:]:
            yield number, {h: c for h, c in zip(heads, cells, strict=False) if h and not is_empty(c)}

    @property
    def heads(self) -> list[str]:
        return [text(cell) for cell in self.rows[0][1] if text(cell)] if self.rows else []


def read(content: bytes) -> dict[str, Sheet]:
    """The sheets of an .xlsx file by name. Raises Unreadable."""
    _measure(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on styles and extensions that do not concern values
        try:
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        except Exception as error:
            raise Unreadable("文件打不开，请在 Excel 里另存为 .xlsx 后再上传。") from error
        try:
            return {page.title: _sheet(page) for page in book.worksheets}
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable("文件内容读不出来，请在 Excel 里另存为 .xlsx 后再上传。") from error
        finally:
            book.close()


def _measure(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise Unreadable(f"文件超过 {MAX_BYTES // 1_000_000} MB，请删去多余的内容后再上传。")
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable("这不是 .xlsx 文件。旧的 .xls 请在 Excel 里另存为 .xlsx。") from error
    if size > MAX_UNPACKED:
        raise Unreadable("文件解压后过大，没有读取。请删去多余的内容后再上传。")


def _sheet(page: Any) -> Sheet:
    page.reset_dimensions()  # what a file says of its own size need not be true
    found = Sheet(page.title)
    for number, cells in enumerate(page.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
        if number > MAX_ROWS:
            raise Unreadable(f"工作表“{page.title}”超过 {MAX_ROWS} 行，请分开上传。")
        if any(not is_empty(cell) for cell in cells):
            found.rows.append((number, list(cells)))
    return found


def is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text(cell: Any) -> str:
    """A cell as the text that its author meant: 5.0 is 5, a date is 2026-11-22."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell).strip()


def number(cell: Any) -> int | float:
    """A cell as a number. Raises ValueError with a sentence."""
    if isinstance(cell, bool):
        raise ValueError("应填数字。")
    value = cell
    if not isinstance(cell, int | float):
        try:
            value = float(text(cell).replace("，", "").replace(",", ""))
        except ValueError:
            raise ValueError(f"“{text(cell)[:20]}”不是数字。") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("应填数字。")
    return int(value) if float(value).is_integer() else value


def writer(stream: BytesIO) -> xlsxwriter.Workbook:
    """A workbook in memory in which text never becomes a formula or a link."""
    return xlsxwriter.Workbook(stream, WRITING)
