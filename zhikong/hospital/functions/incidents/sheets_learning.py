"""What the overview shows, as a workbook. Text stays text; a count that may not be shown is written “<5”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents.queries.learning.choosing import Chosen
from zhikong.hospital.functions.incidents.queries.learning.figures import Line, Overview

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIDDEN = "<5"
Page = tuple[str, Sequence[str], Iterable[Sequence]]


def workbook(
    asked: Chosen, whole: Overview, splits: Sequence[tuple[str, Sequence[Line]]], made_at: str
) -> bytes:
    """Months and one page per dimension. splits: (title, lines)."""
    said = _("不良事件统计 %(place)s %(first)s 至 %(last)s（截至 %(at)s；床日数据版本 %(version)s）") % {
        "place": asked.place_name, "first": asked.first, "last": asked.last, "at": made_at,
        "version": whole.data_version,
    }  # fmt: skip
    return _book(said, [_months(whole), *(_split(title, lines) for title, lines in splits)])


def _months(whole: Overview) -> Page:
    heads = [_("月份"), _("例数"), _("实际占用床日数"), _("每千床日例数（‰）")]
    rows = [
        (one.month, _count(one.count), one.bed_days, None if one.rate is None else round(one.rate, 3))
        for one in whole.months
    ]
    total = (
        _("合计"),
        _count(whole.total),
        whole.bed_days,
        None if whole.rate is None else round(whole.rate, 3),
    )
    return _("按月"), heads, [*rows, total]


def _split(title: str, lines: Sequence[Line]) -> Page:
    heads = [title, _("例数"), _("占比（%）"), _("每千床日例数（‰）")]
    return title, heads, (
        (
            one.name, _count(one.count), None if one.share is None else round(one.share, 1),
            None if one.rate is None else round(one.rate, 3),
        )
        for one in lines
    )  # fmt: skip


def _count(value: int | None) -> int | str:
    return HIDDEN if value is None else value


def _book(title: str, pages: Iterable[Page]) -> bytes:
    buffer = BytesIO()
    made = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = made.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1})
    for name, heads, rows in pages:
        sheet = made.add_worksheet(str(name)[:31])
        sheet.write_string(0, 0, title, made.add_format({"bold": True}))
        sheet.write_row(2, 0, [str(head) for head in heads], bold)
        for place, row in enumerate(rows, start=3):
            sheet.write_row(place, 0, list(row))
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, max(len(heads) - 1, 1), 18)
        sheet.freeze_panes(3, 0)
    made.close()
    return buffer.getvalue()
