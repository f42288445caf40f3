"""The list of targets to fill in: every indicator that is in force, with what holds for the hospital today."""

from io import BytesIO

import xlsxwriter
from django.utils import timezone

from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.targets import target_book

HEADINGS = ("指标编号", "指标名称", "单位", "不低于", "不高于", "依据")
WIDTHS = (34, 36, 8, 12, 12, 44)
NOTES = (
    "每行一个指标；只填要设目标的行，其余可以删去或留空。",
    "“不低于”和“不高于”填一个即可，都填表示区间；两栏都空的行不设目标。",
    "也可以用自己的表：有“指标名称”和“目标值”两列就行，目标值写成 ≥90、≤14、80～90。",
    "数值用指标的单位：百分数 92% 写 92。",
)


def targets() -> bytes:
    """An xlsx file; rows in the order of the pages, numbers as numbers."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, notes = book.add_worksheet("目标值"), book.add_worksheet("填写说明")
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    sheet.write_row(0, 0, HEADINGS, head)
    for row, values in enumerate(_rows(), start=1):
        for column, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write_number(row, column, value)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 2)
    for row, note in enumerate(NOTES):
        notes.write_string(row, 0, note)
    notes.set_column(0, 0, 80)
    book.close()
    return buffer.getvalue()


def _rows() -> list[tuple]:
    book, month = target_book(), calendar.month_of(timezone.localdate())
    found = []
    for one in definitions().values():
        now = book.of(one, None, month)
        low, high = (now.target.low, now.target.high) if now.origin == "hospital" else (None, None)
        source = now.row.source if now.origin == "hospital" and now.row else None
        bounds = tuple(None if value is None else float(value) for value in (low, high))
        found.append((one.id, one.title(), one.unit, *bounds, source))
    return found
