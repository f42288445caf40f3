"""Results of a self-assessment: Word by chapter with the gaps, Excel with every clause."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.utils.translation import gettext as _
from docx import Document
from xlsxwriter import Workbook

from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.accreditation import queries, rules
from zhikong.hospital.functions.accreditation.models import Review
from zhikong.web import paper

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def word(found: Review, *, hospital: str, today: date) -> bytes:
    """Counts and shares by chapter, core clauses, and the clauses rated C or D with their department."""
    document, called = Document(), names(on=today)
    paper.lay_out(document)
    document.core_properties.title = str(found)
    paper.centred(document, hospital, paper.HEADING, 16)
    paper.centred(document, _("%(t)s自评报告") % {"t": found}, paper.TITLE, 20)
    paper.set_font(document.add_paragraph().add_run(_("标准：") + found.source), paper.BODY, 12)
    chapters, total, core = queries.results(found)
    document.add_heading(_("一、自评结果"), level=1)
    rows = [
        [one.title, one.total, *one.cells, "—" if one.good is None else f"{one.good}%"]
        for one in (*chapters, total, core)
    ]
    heads = (_("章"), _("条款"), *rules.RATINGS, _("C 以上"))
    paper.add_table(document, heads, (5.6, 1.6, 1.3, 1.3, 1.3, 1.3, 1.3, 2.1), rows)
    paper.set_font(
        document.add_paragraph().add_run(_("C 以上所占比例以已评且适用（不含 E）的条款为分母。")),
        paper.BODY,
        10,
    )
    document.add_heading(_("二、差距"), level=1)
    gaps = [
        [str(one), one.stands, called.get(one.department_id, "—"), one.reason or "—"]
        for one in queries.tree(found, show="gap")
    ]
    paper.add_table(
        document,
        (_("条款"), _("等级"), _("责任科室"), _("理由")),
        (6.2, 1.3, 2.9, 5.4),
        gaps or [[_("没有"), "", "", ""]],
        right=(),
    )
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def excel(found: Review, *, today: date) -> bytes:
    """Every line of the tree with ratings, reasons, department and evidence."""
    buffer, called = BytesIO(), names(on=today)
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("自评"))
    wrap, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    heads = (
        "编号",
        "名称",
        "层级",
        "核心",
        _("责任科室"),
        _("自评"),
        _("理由"),
        _("核查"),
        _("核查意见"),
        _("证据"),
    )
    sheet.write_row(0, 0, heads, bold)
    words = {"chapter": "章", "section": "节", "clause": "条"}
    for number, one in enumerate(queries.tree(found), 1):
        row = (
            one.code, one.title, words[one.kind], "是" if one.core else "", called.get(one.department_id, ""), one.rating,
            one.reason, one.checked, one.check_reason, one.proofs or "",
        )  # fmt: skip
        for column, value in enumerate(row):
            sheet.write(number, column, value, wrap)
    sheet.set_column(1, 1, 48)
    sheet.set_column(6, 8, 32)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, number), len(heads) - 1)
    book.close()
    return buffer.getvalue()
