"""The marks of a review as Excel and Word, each with its evidence."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document

from zhikong.foundation.forms import queries as sheets
from zhikong.hospital.functions.record_reviews import rules_reviewing as rules
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewMark
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import marks_of
from zhikong.web import paper


def headings() -> list[str]:
    """The columns of both documents."""
    return [
        _("部分"),
        _("条目"),
        _("缺陷"),
        _("扣分"),
        _("来源"),
        _("结论"),
        _("文书"),
        _("段落"),
        _("原文"),
        _("规则"),
    ]


def rows(review: ReviewAssignment) -> list[list[str | float]]:
    """One row a mark, in the order of the sheet; refuted machine findings last."""
    form = sheets.definition(review.sheet)
    order = {item.id: n for n, item in enumerate(form.items())}
    found = sorted(marks_of(review), key=lambda one: (one.item not in order, order.get(one.item, 0), one.pk))
    return [_row(form, one) for one in found]


def _row(form, one: ReviewMark) -> list[str | float]:
    item, section = form.item(one.item), form.section_of(one.item)
    return [
        section.title if section else "", item.text if item else "", one.text, float(one.points), str(one.get_kind_display()),
        str(one.get_verdict_display()), one.document, one.section, one.quote, one.rule,
    ]  # fmt: skip


def heading(review: ReviewAssignment) -> str:
    """What the document is about, without the patient's name."""
    return _("病历 %(stay)s %(stage)s：%(score)s 分 %(grade)s") % {
        "stay": review.case.label, "stage": review.get_stage_display(),
        "score": rules.span(review.low, review.high) or "—", "grade": review.grade,
    }  # fmt: skip


def unknown_lines(review: ReviewAssignment) -> list[str]:
    """What is not known and why; the score is a range because of it."""
    form = sheets.definition(review.sheet)
    return [f"{item.text}：{review.unknown[item.id]}" for item in form.items() if item.id in review.unknown]


def workbook(review: ReviewAssignment, *, by, now: datetime) -> bytes:
    """xlsx of the marks. What people typed is data: never a formula, never a link."""
    output = BytesIO()
    book = xlsxwriter.Workbook(
        output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page, bold = (
        book.add_worksheet(_("扣分")),
        book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1}),
    )
    page.write_string(0, 0, heading(review))
    page.write_string(1, 0, _source(by, now))
    for column, word in enumerate(headings()):
        page.write_string(2, column, word, bold)
    for line, row in enumerate(rows(review), 3):
        for column, value in enumerate(row):
            page.write(line, column, value)
    page.set_column(0, 2, 28)
    page.set_column(3, 7, 10)
    page.set_column(8, 8, 40)
    page.freeze_panes(3, 0)
    for n, text in enumerate(unknown_lines(review), len(rows(review)) + 4):
        page.write_string(n, 0, _("未知：%(text)s") % {"text": text})
    book.close()
    return output.getvalue()


SHOWN = ((0, 2.2), (1, 4.4), (2, 3.6), (3, 1.2), (5, 1.6), (8, 2.8))
"""Columns of the table in Word, and their widths in centimetres."""


def word(review: ReviewAssignment, *, by, now: datetime) -> bytes:
    """docx of the marks: heading, table, what is unknown, remark."""
    document = Document()
    paper.lay_out(document)
    paper.centred(document, heading(review), paper.TITLE, 18, paper.RED)
    paper.centred(document, _source(by, now), paper.BODY, 10.5, paper.GREY)
    found = [[_shown(row[n]) for n, _width in SHOWN] for row in rows(review)]
    if found:
        heads, widths = [headings()[n] for n, _width in SHOWN], [width for _n, width in SHOWN]
        paper.add_table(document, heads, widths, found, right={3})
    else:
        document.add_paragraph(_("没有扣分。"))
    for text in unknown_lines(review):
        document.add_paragraph(_("未知：%(text)s") % {"text": text})
    if review.remark:
        document.add_paragraph(_("评语：%(text)s") % {"text": review.remark})
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def _shown(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else value


def _source(by, now: datetime) -> str:
    return _("导出于 %(at)s，%(who)s") % {"at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"), "who": by}
