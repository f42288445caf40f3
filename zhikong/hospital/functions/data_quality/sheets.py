"""Issues and the rows behind them as workbooks. Cells stay text, so that none becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from zhikong.hospital.functions.data_quality.queries.issues import Shown
from zhikong.hospital.functions.data_quality.rowwords import Listing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def issues(found: Iterable[Shown]) -> bytes:
    """One sheet, a row for each issue."""
    heads = [
        _("表"), _("字段"), _("科室"), _("类别"), _("最近月份"), _("行数"), _("应有行数"), _("占比"), _("影响的指标数"), _("状态"),
        _("说明"), _("责任人"), _("仍存在"),
    ]  # fmt: skip
    lines = (
        (
            one.table, one.field, one.place, one.kind, one.issue.newest, one.issue.count, one.issue.base, one.percent,
            one.issue.indicators, one.issue.get_state_display(), one.issue.reason, str(one.issue.owner or ""),
            _("是") if one.issue.present else _("否"),
        )
        for one in found
    )  # fmt: skip
    return _book(_("数据质量问题"), heads, lines)


def rows(listing: Listing, title: str) -> bytes:
    """One sheet, a row for each row of the table."""
    return _book(title, listing.heads, listing.lines)


def _book(title: str, heads: Sequence[str], lines: Iterable[Sequence]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": True})
    sheet, bold = book.add_worksheet(_("清单")), book.add_format({"bold": True})
    sheet.set_column(0, max(len(heads) - 1, 0), 18)
    sheet.write_string(0, 0, title, bold)
    for column, head in enumerate(heads):
        sheet.write_string(2, column, str(head), bold)
    for place, line in enumerate(lines, start=3):
        for column, cell in enumerate(line):
            if isinstance(cell, int):
                sheet.write_number(place, column, cell)
            else:
                sheet.write_string(place, column, str(cell))
    sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def response(content: bytes, name: str) -> HttpResponse:
    """The workbook as a download."""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
