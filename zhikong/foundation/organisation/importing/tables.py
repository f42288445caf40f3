"""A hospital's file as tables of text: Excel with merged cells, or CSV in UTF-8 or GBK. No database, no meaning.

Nothing is calculated: a formula gives the value that Excel saved with it. What is no table is refused in a sentence.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from zhikong.intake.reasons import FileRefused
from zhikong.intake.workbooks import OLD_SIGNATURE, SIGNATURE, cell_text, refuse_bomb

MOST_BYTES = 20 << 20
MOST_UNPACKED = 120 << 20
MOST_ROWS = 20_000
MOST_COLUMNS = 120
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
    if head.startswith(OLD_SIGNATURE):
        raise FileRefused("这是旧版 Excel 文件（.xls），或加了密码的文件。", "请去掉密码，" + SAVE_AS[1:])
    if head.lstrip().lower().startswith((b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta")):
        raise FileRefused("这是网页或 XML 格式的文件，只是名字像 Excel。", "请用 Excel 打开，" + SAVE_AS[1:])
    found = _workbook(path) if head.startswith(SIGNATURE) else [_delimited(path)]
    if not any(table.rows for table in found):
        raise FileRefused("文件里没有表格。", "请确认上传的是名单文件。")
    return found


def _workbook(path: Path) -> list[Table]:
    refuse_bomb(path, most=MOST_UNPACKED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which a list does not need
            book = load_workbook(io.BytesIO(path.read_bytes()), data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the broken file makes it raise
        known = isinstance(error, KeyError | ValueError | zipfile.BadZipFile | OSError)
        reason = "不是完整的 Excel 工作簿。" if known else "Excel 工作簿已损坏，读不出来。"
        raise FileRefused(reason, "请用 Excel 打开并另存为 .xlsx 后再上传。") from error
    try:
        return [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()


def _sheet(sheet) -> Table:
    """The filled cells; a merged cell's value stands in each of its places."""
    cells = {
        place: written
        for place, cell in sheet._cells.items()
        if place[1] <= MOST_COLUMNS and (written := cell_text(cell.value))
    }
    _refuse_long(max((row for row, _column in cells), default=0))
    for merged in sheet.merged_cells.ranges:
        _spread(merged, cells)
    return Table(sheet.title, _as_rows(cells))


def _spread(merged, cells: dict[tuple[int, int], str]) -> None:
    written = cells.get((merged.min_row, merged.min_col))
    if not written or merged.max_row > MOST_ROWS:
        return
    for row in range(merged.min_row, merged.max_row + 1):
        for column in range(merged.min_col, min(merged.max_col, MOST_COLUMNS) + 1):
            cells[row, column] = written


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
