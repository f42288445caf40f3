"""Agenda and minutes of a meeting as Word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document

from zhikong.foundation.findings.models import Referral
from zhikong.foundation.organisation.models import Membership
from zhikong.hospital.functions.meetings.models import Meeting
from zhikong.web import paper

NUMERALS = "一二三四五六七八九十"


def agenda(
    meeting: Meeting,
    items: Sequence[Referral],
    seats: Sequence[Membership],
    *,
    hospital: str,
    by,
    now: datetime,
) -> bytes:
    """The agenda that is sent out: matters in order, each with its question."""
    document = _begun(meeting, hospital, _("会议议程"))
    _line(document, _("参会人员"), "、".join(seat.person.name for seat in seats) or _("（尚未登记委员）"))
    for number, item in enumerate(items):
        document.add_heading(f"{_numeral(number)}、{item.title}", level=1)
        _line(document, _("提交"), f"{item.asked_by or _('系统')}　{timezone.localdate(item.asked_at)}")
        _line(document, _("来源"), _origin(item))
        _line(document, _("需要决定"), item.question)
    return _ended(document, by, now)


def minutes(
    meeting: Meeting,
    items: Sequence[Referral],
    seats: Sequence[Membership],
    *,
    hospital: str,
    by,
    now: datetime,
) -> bytes:
    """The minutes: what was discussed and decided, then all measures in one table, then signatures."""
    document = _begun(meeting, hospital, _("会议纪要"))
    _line(document, _("主持人"), meeting.chaired_by or "＿＿＿＿＿＿")
    present = _("应到 %(n)d 人") % {"n": len(seats)}
    if meeting.present is not None:
        present += _("，实到 %(n)d 人") % {"n": meeting.present}
    _line(document, _("到会"), present)
    if meeting.notes:
        _line(document, _("会议情况"), meeting.notes)
    for number, item in enumerate(items):
        document.add_heading(f"{_numeral(number)}、{item.title}", level=1)
        _line(document, _("来源"), _origin(item))
        _line(document, _("需要决定"), item.question)
        if item.agenda_item.discussion:
            _line(document, _("讨论"), item.agenda_item.discussion)
        _line(document, _("决议"), item.decision or _("会上没有作出决议"))
    rows = [
        [str(n), item.measures or item.decision, str(item.responsible or ""), str(item.due_on or "")]
        for n, item in enumerate((one for one in items if one.due_on), 1)
    ]
    if rows:
        document.add_heading(_("需要落实的事项"), level=1)
        heads = (_("序号"), _("事项"), _("责任人"), _("期限"))
        paper.add_table(document, heads, (1.4, 8.8, 2.8, 2.8), rows, right=())
    _line(document, _("主持人签名"), "＿＿＿＿＿＿　　" + _("记录人签名") + "：＿＿＿＿＿＿")
    return _ended(document, by, now)


def _begun(meeting: Meeting, hospital: str, what: str):
    document = Document()
    paper.lay_out(document)
    document.core_properties.title = f"{meeting.body.name}{what}"
    paper.centred(document, hospital, paper.HEADING, 14)
    paper.centred(document, f"{meeting.body.name}{what}", paper.TITLE, 20)
    _line(document, _("时间"), f"{meeting.on}" + (f"　{_('地点')}：{meeting.place}" if meeting.place else ""))
    return document


def _line(document, label: str, text: str) -> None:
    paragraph = document.add_paragraph()
    paper.set_font(paragraph.add_run(f"{label}："), paper.HEADING, 12)
    paper.set_font(paragraph.add_run(text), paper.BODY, 12)


def _origin(item: Referral) -> str:
    if item.finding is not None:
        return f"{item.finding.number} {item.finding.title}（{item.department_name}）"
    return item.department_name or _("全院")


def _numeral(index: int) -> str:
    if index < 10:
        return NUMERALS[index]
    tens, ones = divmod(index + 1, 10)
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def _ended(document, by, now: datetime) -> bytes:
    made = _("由 %(who)s 于 %(at)s 生成") % {
        "who": by,
        "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"),
    }
    paragraph = document.add_paragraph()
    paper.set_font(paragraph.add_run(made), paper.BODY, 9, paper.GREY)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
