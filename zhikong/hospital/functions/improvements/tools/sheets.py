"""The figures of a picture as an Excel file, and an uploaded Excel file as the lines that people paste."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO

import xlsxwriter

from zhikong.foundation.forms.exchange import workbooks
from zhikong.hospital.functions.improvements.tools.entered import BadRows, number
from zhikong.hospital.functions.improvements.tools.showing import Shown


def workbook(one: Shown) -> bytes:
    """Table, sentences and footnote on one sheet; numbers are numbers."""
    saved = BytesIO()
    book = xlsxwriter.Workbook(saved, workbooks.WRITING)
    page, bold = book.add_worksheet(one.kind_title), book.add_format({"bold": True, "bottom": 1})
    page.write_row(0, 0, one.told.heads, bold)
    for r, row in enumerate(one.told.rows, 1):
        for c, value in enumerate(row):
            page.write(r, c, _value(value) if c in one.told.numeric else value)
    below = len(one.told.rows) + 2
    for n, line in enumerate((one.named, *one.told.sentences, *one.footnote)):
        page.write_string(below + n, 0, line)
    page.set_column(0, 0, 28)
    page.set_column(1, max(1, len(one.told.heads) - 1), 14)
    page.freeze_panes(1, 1)
    book.close()
    return saved.getvalue()


def _value(text: str) -> float | str:
    try:
        return number(text) if not text.endswith("%") else text
    except ValueError:
        return text


def lines_of(name: str, content: bytes) -> str:
    """The first sheet of an .xlsx file, or a .csv file, as lines cut by tabs. Raises BadRows."""
    if name.lower().endswith(".csv"):
        return _csv(content)
    try:
        found = workbooks.read(content)
    except workbooks.Unreadable as wrong:
        raise BadRows([(0, str(wrong))]) from None
    sheet = next((one for one in found.values() if one.rows), None)
    if sheet is None:
        raise BadRows([(0, "文件里没有内容。")])
    lines, last = [], 0
    for row, cells in sheet.rows:
        lines += [""] * (row - last - 1)  # so that line numbers are those seen in Excel
        lines.append("\t".join(_cell(cell) for cell in cells).rstrip("\t"))
        last = row
    return "\n".join(lines)


def _csv(content: bytes) -> str:
    if len(content) > workbooks.MAX_BYTES:
        raise BadRows([(0, "文件太大。")])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return "\n".join("\t".join(row) for row in csv.reader(StringIO(content.decode(encoding))))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise BadRows([(0, "文件读不出来，请另存为 UTF-8 的 .csv 或 .xlsx。")])


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return repr(value).removesuffix(".0") if isinstance(value, float) else " ".join(str(value).split())
