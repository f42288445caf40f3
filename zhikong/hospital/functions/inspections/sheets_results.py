"""Results as a workbook. Text stays text, so that none becomes a formula; numbers stay numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen
from zhikong.hospital.functions.inspections.queries.results.clauses import Line
from zhikong.hospital.functions.inspections.queries.results.places import Place
from zhikong.hospital.functions.inspections.rules_results import Count

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Page = tuple[str, Sequence[str], Iterable[Sequence]]


def workbook(asked: Chosen, places: Sequence[Place], lines: Sequence[Line], answers: Iterable) -> bytes:
    """Departments, clauses, and every answer behind them."""
    said = _("%(place)s %(first)s 至 %(last)s") % {
        "place": asked.place_name,
        "first": asked.first,
        "last": asked.last,
    }
    return book(said, (_places(places), _clauses(lines, asked), _answers(answers)))


def _places(places: Sequence[Place]) -> Page:
    heads = [_("科室"), _("检查次数"), _("符合项次"), _("应符合项次"), _("符合率（%）"), _("区间下限（%）"), _("区间上限（%）"), _("得分率（%）"), _("判断")]  # fmt: skip
    return _("各科室"), heads, (
        (
            one.name, one.visits, one.count.conforming, one.count.applicable, _rate(one.count), round(one.low, 1),
            round(one.high, 1), None if one.score is None else round(float(one.score), 1), one.said,
        )
        for one in places
    )  # fmt: skip


def _clauses(lines: Sequence[Line], asked: Chosen) -> Page:
    heads = [_("检查表"), _("部分"), _("条款"), _("编号"), _("符合项次"), _("应符合项次"), _("符合率（%）"), _("不符合的科室数"), *asked.months]  # fmt: skip
    return _("各条款"), heads, (
        (
            one.clause.form_title, one.clause.section_title, one.clause.text, one.clause.key, one.count.conforming,
            one.count.applicable, _rate(one.count), one.places_wrong, *(_rate(count) for count in one.months),
        )
        for one in lines
    )  # fmt: skip


def _answers(answers: Iterable) -> Page:
    heads = [_("检查日期"), _("检查编号"), _("科室"), _("检查表"), _("版本"), _("条款"), _("答案"), _("符合项次"), _("应符合项次"), _("表的编号")]  # fmt: skip
    return _("逐条结果"), heads, (
        (
            f"{row.inspected_on}", row.visit.number, row.sheet.department_name, row.form_id, row.form_version, row.item,
            str(row.get_answer_display()), row.conforming, row.applicable, row.sheet.number,
        )
        for row in answers
    )  # fmt: skip


def _rate(count: Count) -> float | None:
    return None if count.rate is None else round(count.rate, 1)


def book(title: str, pages: Iterable[Page]) -> bytes:
    """A workbook: title, heads and lines on each page."""
    buffer = BytesIO()
    made = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = made.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
    for name, heads, lines in pages:
        sheet = made.add_worksheet(str(name)[:31])
        sheet.write_string(0, 0, title, made.add_format({"bold": True}))
        sheet.write_row(2, 0, [str(head) for head in heads], bold)
        for place, line in enumerate(lines, start=3):
            sheet.write_row(place, 0, list(line))
        sheet.set_column(0, max(len(heads) - 1, 0), 14)
        sheet.freeze_panes(3, 0)
    made.close()
    return buffer.getvalue()


def response(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """A download with a Chinese name."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
