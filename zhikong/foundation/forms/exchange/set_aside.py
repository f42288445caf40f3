"""The rows of a workbook that were not taken, as a workbook: each as it was sent, with the reasons before it.

It can be mended and sent again as it is; the column of reasons is passed over then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from zhikong.foundation.forms.exchange import workbooks

REASON = "退回原因"
SHEET = "填写"


def workbook(content: bytes, reasons: Mapping[int, Sequence[str]]) -> bytes:
    """reasons: sentences by row of the first sheet, as Excel counts. Raises workbooks.Unreadable."""
    page = next(iter(workbooks.read(content).values()))
    heads = [workbooks.text(cell) for cell in page.rows[0][1]]
    kept = [index for index, head in enumerate(heads) if head and head != REASON]
    rows = [(number, cells) for number, cells in page.rows[1:] if number in reasons]
    stream = BytesIO()
    with workbooks.writer(stream) as book:
        sheet = book.add_worksheet(SHEET)
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F7", "text_wrap": True})
        formats = {
            "reason": book.add_format({"font_color": "#B3261E", "text_wrap": True, "valign": "top"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        for column, head in enumerate([REASON, *(heads[index] for index in kept)]):
            sheet.write_string(0, column, head, bold)
        for line, (number, cells) in enumerate(rows, start=1):
            sheet.write_string(line, 0, "\n".join(reasons[number])[:32_000], formats["reason"])
            for column, index in enumerate(kept, start=1):
                _write(sheet, line, column, cells[index] if index < len(cells) else None, formats)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, max(len(kept), 1), 18)
        sheet.freeze_panes(1, 1)
    return stream.getvalue()


def _write(sheet: Any, line: int, column: int, cell: Any, formats: Mapping[str, Any]) -> None:
    """A cell as it was: a number stays one, a date stays one."""
    if workbooks.is_empty(cell):
        return
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        sheet.write_datetime(line, column, cell, formats["day" if midnight else "moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(line, column, cell, formats["day"])
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(line, column, cell)
    else:
        sheet.write_string(line, column, workbooks.text(cell)[:32_000])
