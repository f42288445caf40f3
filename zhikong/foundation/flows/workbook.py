"""A register as a workbook: one row a case. Values stay text or dates, so that none becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.flows.definition import FlowDefinition
from zhikong.foundation.flows.models import Case

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (18, 40, 16, 24, 12, 18, 44, 18, 12, 18, 8)


def of_cases(flow: FlowDefinition, cases: Iterable[Case]) -> bytes:
    """The sheet with a heading row; times are the hospital's."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    )
    sheet, bold = book.add_worksheet(flow.title[:31]), book.add_format({"bold": True})
    for column, (title, width) in enumerate(zip(_head(), WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    for row, case in enumerate(cases, start=1):
        _row(sheet, row, case)
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()


def _head() -> list[str]:
    return [
        _("编号"), _("事由"), _("科室"), _("状态"), _("责任人"), _("期限"), _("期限的依据"), _("新建时间"), _("新建人"),
        _("办结时间"), _("版本"),
    ]  # fmt: skip


def _row(sheet, row: int, case: Case) -> None:
    cells = [
        case.number, case.title, case.department_name, case.state_title, str(case.owner or "") if case.is_open else "",
        case.due_at, case.due_reason, case.opened_at, str(case.opened_by or _("系统")), case.closed_at, case.flow_version,
    ]  # fmt: skip
    for column, value in enumerate(cells):
        if value is None:
            continue
        if isinstance(value, int):
            sheet.write_number(row, column, value)
        elif isinstance(value, str):
            sheet.write_string(row, column, value)
        else:
            sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None))


def disposition(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
