"""Programme, summary and commendation of a campaign as Word in the layout of official papers."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm

from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.campaigns import queries
from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.web import paper


def programme(found: Campaign, *, hospital: str, today: date) -> bytes:
    """Dates, stages, and who does what until when."""
    document = _begun(hospital, _("“%(n)s”实施方案") % {"n": found.name})
    if found.theme:
        _body(document, _("活动主题：") + found.theme)
    _body(document, _("活动时间：") + _days(found.starts_on, found.ends_on))
    board, called = queries.board(found, today=today), names(on=today)
    document.add_heading(_("一、实施步骤"), level=1)
    rows = [[stage.name, _days(stage.starts_on, stage.ends_on)] for stage in found.stages.all()]
    paper.add_table(document, (_("阶段"), _("时间")), (7.0, 8.8), rows or [["—", "—"]], right=())
    document.add_heading(_("二、事项和责任科室"), level=1)
    rows = [
        [one.title, called.get(one.department_id, "—"), str(one.due_on or "—"), str(one.get_state_display())]
        for _stage, items in board.stages
        for one in items
    ]
    heads = (_("事项"), _("责任科室"), _("材料期限"), _("状态"))
    paper.add_table(document, heads, (7.6, 3.2, 2.8, 2.2), rows or [["—"] * 4], right=())
    return _ended(document, hospital, today)


def summary(found: Campaign, *, hospital: str, today: date) -> bytes:
    """The summary with the table of items behind it; while it was not written, the draft, and it says so."""
    written = bool(found.summary)
    document = _begun(hospital, _("“%(n)s”总结") % {"n": found.name} + ("" if written else _("（草稿）")))
    for line in (found.summary or queries.draft_summary(found, today=today)).splitlines():
        _body(document, line)
    board = queries.board(found, today=today)
    rows = [
        [one.title, str(one.get_state_display()), one.effect or "—"]
        for _s, items in board.stages
        for one in items
    ]
    if rows:
        document.add_heading(_("附：事项完成情况"), level=1)
        paper.add_table(document, (_("事项"), _("状态"), _("效果")), (6.6, 2.2, 7.0), rows, right=())
    return _ended(document, hospital, timezone.localdate(found.summarised_at) if written else today)


def commendation(found: Campaign, *, hospital: str, today: date) -> bytes:
    """The decision to commend."""
    written = bool(found.commendation)
    title = _("关于表彰“%(n)s”先进的决定") % {"n": found.name} + ("" if written else _("（草稿）"))
    document = _begun(hospital, title)
    for line in (found.commendation or queries.draft_commendation(found) or _("尚无获奖结果。")).splitlines():
        _body(document, line)
    return _ended(document, hospital, timezone.localdate(found.commended_at) if written else today)


PAPERS = {"programme": programme, "summary": summary, "commendation": commendation}


def _begun(hospital: str, title: str):
    document = Document()
    paper.lay_out(document)
    document.core_properties.title = title
    paper.centred(document, hospital, paper.HEADING, 16)
    paper.centred(document, title, paper.TITLE, 20)
    return document


def _body(document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Cm(0.85)
    paper.set_font(paragraph.add_run(text), paper.BODY, 12)


def _days(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return _("时间待定")
    return " — ".join((str(first or _("即日")), str(last or _("另行通知"))))


def _ended(document, hospital: str, on: date) -> bytes:
    for text in (hospital, _("%(y)d年%(m)d月%(d)d日") % {"y": on.year, "m": on.month, "d": on.day}):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paper.set_font(paragraph.add_run(text), paper.BODY, 12)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
