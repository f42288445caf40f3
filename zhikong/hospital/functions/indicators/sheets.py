"""Workbooks of what the pages show: numbers as numbers, the selection and the data version on the sheet."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.columns import meanings
from zhikong.hospital.functions.indicators.queries.board import Line, why_not
from zhikong.hospital.functions.indicators.queries.figures import Frame
from zhikong.hospital.functions.indicators.selection import Selection

NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def response(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=MIME)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def board(rows: Iterable[Line], chosen: Selection, shown: Frame) -> bytes:
    """The indicator list as a sheet."""
    head = [
        _("指标"), _("科室"), _("目标"), _("本月值"), _("单位"), _("分子"), _("分母"), _("环比"), _("同比"), _("状态"),
        _("无法计算的原因"), _("来源"),
    ]  # fmt: skip
    title = f"{_('指标监测')} {calendar.spoken(chosen.month)} {chosen.place_name}"
    return sheet(title, _provenance(shown, chosen.month), head, [_board_row(line, chosen) for line in rows])


def _board_row(line: Line, chosen: Selection) -> list:
    figure = line.figure
    return [
        line.name,
        chosen.name_of(line.place),
        line.target_text,
        None if line.value is None else float(line.value),
        line.unit,
        (figure.hidden or figure.numerator) if figure else None,
        figure.denominator if figure else None,
        None if line.change is None else float(line.change),
        None if line.year_before is None or line.value is None else float(line.value - line.year_before),
        line.word,
        why_not(figure),
        line.origin_word,
    ]


def _provenance(shown: Frame, month: str) -> str:
    run = shown.computation(month)
    if run is None:
        return _("尚无计算结果")
    moment = timezone.localtime(run.computed_at).strftime("%Y-%m-%d %H:%M")
    return _("数据版本 %(version)s，计算于 %(moment)s") % {"version": run.data_version, "moment": moment}


def sheet(title: str, remark: str, head: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """A sheet of title, remark, head and rows, and a second one with the meaning of each column.

    Text never becomes a formula. Raises KeyError for a column without a meaning.
    """
    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(NOT_IN_NAMES.sub("-", title)[:31])
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
        page.write(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        page.write(1, 0, remark)
        page.write_row(3, 0, list(head), bold)
        for number, row in enumerate(rows, start=4):
            page.write_row(number, 0, list(row))
        page.set_column(0, 0, 30)
        page.set_column(1, len(head) - 1, 14)
        page.freeze_panes(4, 1)
        _meanings(book, head, bold)
    return stream.getvalue()


def _meanings(book, head: Sequence[str], bold) -> None:
    """The second sheet: what each column means, in the order of the columns."""
    page = book.add_worksheet(_("各列含义"))
    page.write_row(0, 0, [_("列"), _("含义")], bold)
    for number, (name, meaning) in enumerate(meanings(head), start=1):
        page.write_row(number, 0, [name, meaning])
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 90)


def cases(rows: Iterable, definition: Definition, chosen: Selection, shown: Frame, part: str) -> bytes:
    """The case list as a sheet, with identity as the reader may see it."""
    head = [
        _("患者"),
        _("病案号"),
        _("科室"),
        _("入院时间"),
        _("出院时间"),
        _("主要诊断"),
        _("计入分子"),
        _("计入分母"),
    ]
    title = f"{definition.title()} {calendar.spoken(chosen.month)} {chosen.place_name} {part}"
    return sheet(title, _provenance(shown, chosen.month), head, [_case_row(case) for case in rows])


def _case_row(case) -> list:
    row = case.row
    moments = [
        f"{row[name]:%Y-%m-%d %H:%M}" if row.get(name) else "" for name in ("admitted_at", "discharged_at")
    ]
    return [
        case.name,
        case.record_number,
        case.department,
        *moments,
        row.get("principal_diagnosis"),
        row.get("numerator"),
        row.get("denominator"),
    ]
