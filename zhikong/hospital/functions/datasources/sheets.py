"""The quarantine as a file: a workbook for the office, CSV for the one who corrects the source."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from zhikong.foundation.facts.models import Load, QuarantinedRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (10, 24, 24, 16, 48, 48)


def _head() -> list[str]:
    return [_("行号"), _("列"), _("原值"), _("原因"), _("说明"), _("如何处理")]


def _cells(row: QuarantinedRow, titles: dict[str, str]) -> list:
    return [row.row, row.label, row.value or "", titles.get(row.reason, row.reason), row.message, row.remedy]


def workbook(load: Load, rows: Iterable[QuarantinedRow], titles: dict[str, str]) -> bytes:
    """One sheet: file and load on top, then a row for each fault. Values stay text, so that none becomes a formula."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": True})
    sheet, bold = book.add_worksheet(_("隔离的行")), book.add_format({"bold": True})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{load.source_name}  {load.message}", bold)
    for column, title in enumerate(_head()):
        sheet.write_string(2, column, title, bold)
    for place, row in enumerate(rows, start=3):
        number, *texts = _cells(row, titles)
        sheet.write_number(place, 0, number)
        for column, text in enumerate(texts, start=1):
            sheet.write_string(place, column, text)
    sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


class _Echo:
    """A file that hands back what is written, so that lines can be streamed."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[QuarantinedRow], titles: dict[str, str]) -> Iterator[str]:
    """CSV lines with the mark that spreadsheets need to see UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_head())
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in _cells(row, titles)])


def _harmless(cell):
    """Text that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
