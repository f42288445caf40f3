"""A hospital's file as tables of text: Excel, old or new, with merged cells, or CSV in UTF-8 or GBK. No database.

Nothing is calculated: a formula gives the value that Excel saved with it. What is no table is refused in a sentence.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from zhikong.intake.old_workbooks import Grid, Span
from zhikong.intake.reasons import FileRefused
from zhikong.intake.workbooks import SIGNATURE, cell_text, opened_old, refuse_bomb

MOST_BYTES = 20 << 20
MOST_UNPACKED = 120 << 20
MOST_ROWS = 20_000
MOST_COLUMNS = 120
MOST_MERGED = 500_000  # places that merged cells cover together
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']""")
TOO_WIDE = "合并的单元格太多，不像一份名单。"
SAVE_AS = "请在 Excel 中“另存为”.xlsx 后再上传。"
ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Table:
    """A sheet: its name and its rows from the first, each a list of cells; an empty cell is ''."""

    name: str
    rows: list[list[str]]


def read(path: Path) -> list[Table]:
    """The tables of a file, known by its content and not by its name. Raises FileRefused."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FileRefused("文件超过 20 MB，不像一份名单。", "请只保留名单所在的工作表后再上传。")
    head = path.read_bytes()[:512]
    if not head.strip():
        raise FileRefused("文件是空的，没有任何内容。", "请确认导出是否成功后再上传。")
    if head.startswith(SIGNATURE):
        found = _workbook(path)
    elif (old := opened_old(path)) is not None:
        found = [_grid(sheet) for sheet in old.worksheets]
    else:
        found = [_delimited(path)]
    if not any(table.rows for table in found):
        raise FileRefused("文件里没有表格。", "请确认上传的是名单文件。")
    return found


def _workbook(path: Path) -> list[Table]:
    refuse_bomb(path, most=MOST_UNPACKED)
    try:
        _refuse_wide_merges(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which a list does not need
            book = load_workbook(io.BytesIO(path.read_bytes()), data_only=True, keep_links=False)
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever the broken file makes it raise
        known = isinstance(error, KeyError | ValueError | zipfile.BadZipFile | OSError)
        reason = "不是完整的 Excel 工作簿。" if known else "Excel 工作簿已损坏，读不出来。"
        raise FileRefused(reason, "请用 Excel 打开并另存为 .xlsx 后再上传。") from error
    try:
        return [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()


def _refuse_wide_merges(path: Path) -> None:
    """openpyxl makes a cell for each place of a merged one: a single range over whole columns would take minutes."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        found = [one.decode("ascii") for name in names for one in MERGED.findall(archive.read(name))]
    areas = (
        (right - left + 1) * (bottom - top + 1) for left, top, right, bottom in map(range_boundaries, found)
    )
    if sum(areas) > MOST_MERGED:
        raise FileRefused(TOO_WIDE, "请取消合并后再上传。")


def _sheet(sheet) -> Table:
    """The filled cells; a merged cell's value stands in each of its places."""
    cells = {
        place: written
        for place, cell in sheet._cells.items()
        if place[1] <= MOST_COLUMNS and (written := cell_text(cell.value))
    }
    _refuse_long(max((row for row, _column in cells), default=0))
    ranges = sheet.merged_cells.ranges
    _spread([(one.min_row, one.min_col, one.max_row, one.max_col) for one in ranges], cells)
    return Table(sheet.title, _as_rows(cells))


def _grid(sheet: Grid) -> Table:
    """The same of an old workbook, a page or XML."""
    _refuse_long(len(sheet.rows))
    cells = {
        (number, column): written
        for number, row in enumerate(sheet.rows, start=1)
        for column, value in enumerate(row[:MOST_COLUMNS], start=1)
        if (written := cell_text(value))
    }
    _spread(sheet.merged, cells)
    return Table(sheet.title, _as_rows(cells))


def _spread(merged: Iterable[Span], cells: dict[tuple[int, int], str]) -> None:
    """A merged cell's value into each of its places; a file may claim more of them than any list has."""
    left = MOST_MERGED
    for top, first, bottom, last in merged:
        if not (written := cells.get((top, first))) or bottom > MOST_ROWS:
            continue
        columns = range(first, min(last, MOST_COLUMNS) + 1)
        if (left := left - len(columns) * (bottom - top + 1)) < 0:
            raise FileRefused(TOO_WIDE, "请取消合并后再上传。")
        cells |= {(row, column): written for row in range(top, bottom + 1) for column in columns}


def _as_rows(cells: dict[tuple[int, int], str]) -> list[list[str]]:
    height = max((row for row, _ in cells), default=0)
    width = max((column for _, column in cells), default=0)
    rows = [[""] * width for _ in range(height)]
    for (row, column), written in cells.items():
        rows[row - 1][column - 1] = written
    return rows


def _delimited(path: Path) -> Table:
    written = _decoded(path.read_bytes())
    if "\x00" in written:
        raise FileRefused("这不是 Excel 或 CSV 文件（含有二进制内容）。", SAVE_AS)
    delimiter = max(DELIMITERS, key=written[:20_000].count)
    if delimiter not in written:
        raise FileRefused("文件里没有表格：没有找到列与列之间的分隔。", SAVE_AS)
    try:
        rows = [[cell.strip() for cell in row[:MOST_COLUMNS]] for row in csv.reader(io.StringIO(written), delimiter=delimiter)]  # fmt: skip
    except csv.Error as error:
        raise FileRefused("CSV 文件的引号或换行不完整，读不出来。", SAVE_AS) from error
    _refuse_long(len(rows))
    return Table("", rows)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文件编码无法识别：既不是 UTF-8 也不是 GBK。", SAVE_AS)


def _refuse_long(rows: int) -> None:
    if rows > MOST_ROWS + 100:
        raise FileRefused(
            f"表格有 {rows} 行，超过一份名单的上限 {MOST_ROWS} 行。",
            "请确认是否选错了文件；人数确实很多时，请按院区分几个文件导入。",
        )
