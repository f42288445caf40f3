"""A sheet as a workbook: the figures with their source label, and the form to fill in Excel and paste back."""

from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from zhikong.hospital.functions.reporting.queries import Grid, Row

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def response(grid: Grid) -> HttpResponse:
    answer = HttpResponse(workbook(grid), content_type=MIME)
    name = f"{grid.set.title}-{grid.sheet.department_name}-{grid.sheet.month}.xlsx"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def workbook(grid: Grid) -> bytes:
    """Title, remark, head, rows; text never becomes a formula."""
    stream, sheet = BytesIO(), grid.sheet
    head = [
        _("项目"),
        _("分子"),
        _("分母"),
        _("说明"),
        _("依据"),
        _("本月值"),
        _("上月值"),
        _("分子是"),
        _("分母是"),
    ]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(grid.set.title[:31])
        page.write(
            0,
            0,
            f"{grid.set.title} {sheet.department_name} {sheet.month}",
            book.add_format({"bold": True, "font_size": 14}),
        )
        said = {"state": sheet.get_state_display(), "version": sheet.version, "due": sheet.due_on}
        page.write(1, 0, _("来源：科室填报；状态：%(state)s；第 %(version)s 版；期限 %(due)s") % said)
        page.write_row(3, 0, head, book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1}))
        for number, row in enumerate(grid.rows, start=4):
            page.write_row(number, 0, _cells(row))
        page.set_column(0, 0, 22)
        page.set_column(1, 2, 12)
        page.set_column(3, 8, 20)
        page.freeze_panes(4, 1)
    return stream.getvalue()  # fmt: skip


def _cells(row: Row) -> list:
    scale = 10**row.item.decimals
    top, bottom = (None if n is None else n / scale for n in (row.cell.numerator, row.cell.denominator))
    numerator = _("本月无") if row.cell.nothing else top
    value = None if row.value is None else float(row.value)
    return [
        row.item.title, numerator, bottom, row.cell.explanation, row.cell.evidence,
        value, row.last, row.item.numerator, row.item.denominator,
    ]  # fmt: skip
