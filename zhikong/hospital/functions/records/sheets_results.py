"""Record defects as a workbook. Cells stay text, so that none becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.models import RecordVerdict

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def defects(rows: Iterable[RecordVerdict], known: Mapping[str, Any], names: Mapping[str, str]) -> bytes:
    """One sheet, a row for each verdict."""
    heads = [
        _("住院编号"), _("出院日"), _("科室"), _("规则"), _("规则编号"), _("版本"), _("结果"), _("原因"), _("应完成时间"), _("完成时间"),
        _("责任人工号"), _("质量方面"), _("诊疗阶段"), _("扣分"),
    ]  # fmt: skip
    return book(_("病历缺陷"), heads, (_line(row, known.get(row.rule), names) for row in rows))


def _line(row: RecordVerdict, rule: Any | None, names: Mapping[str, str]) -> Sequence:
    return (
        row.stay_id, f"{row.day:%Y-%m-%d}", names.get(row.place, row.place), rule.title if rule else row.rule, row.rule,
        row.version, row.get_verdict_display(), row.reason, _moment(row.due_at), _moment(row.at), row.responsible,
        str(facets.ASPECTS.get(facets.aspect_of(rule), "")) if rule else "",
        str(facets.STAGES.get(facets.stage_of(rule), "")) if rule else "",
        str(rule.points) if rule else "",
    )  # fmt: skip


def _moment(at) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def book(title: str, heads: Sequence[str], lines: Iterable[Sequence]) -> bytes:
    """A workbook of one sheet: title, heads, lines; whole numbers stay numbers."""
    buffer = BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": True})
    sheet, bold = made.add_worksheet(_("清单")), made.add_format({"bold": True})
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
    made.close()
    return buffer.getvalue()


def response(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """A file as a download."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
