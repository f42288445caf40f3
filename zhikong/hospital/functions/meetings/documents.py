"""Agenda and minutes of a meeting as Word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.shared import Pt

from zhikong.foundation.findings.models import Referral
from zhikong.foundation.organisation.models import Membership
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.meetings import queries_sitting
from zhikong.hospital.functions.meetings.models import Attendee, Meeting, Minutes
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
    for number, topic in enumerate(meeting.topics.select_related("by"), len(items)):
        document.add_heading(f"{_numeral(number)}、{topic.title}", level=1)
        _line(
            document,
            _("来源"),
            topic.get_kind_display() + (f"　{topic.by}" if topic.kind == "proposal" else ""),
        )
        if topic.text:
            _line(document, _("说明"), topic.text)
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
    """The minutes: who came, the words that were agreed on, what was decided and for whom, then signatures.

    Confirmed or circulated words of the minutes stand as they are; before that the matters are told one by one.
    """
    document = _begun(meeting, hospital, _("会议纪要"))
    written = queries_sitting.written_minutes(meeting)
    _line(document, _("主持人"), meeting.chaired_by or "＿＿＿＿＿＿")
    _attendance(document, meeting, seats)
    if meeting.notes:
        _line(document, _("会议情况"), meeting.notes)
    if written is not None:
        document.add_heading(_("会议内容"), level=1)
        _paragraphs(document, written.text)
    else:
        _matters(document, meeting, items)
    _to_do(document, meeting, items)
    if written is not None:
        _told(document, written)
    _line(document, _("主持人签名"), "＿＿＿＿＿＿　　" + _("记录人签名") + "：＿＿＿＿＿＿")
    return _ended(document, by, now)


def _attendance(document, meeting: Meeting, seats: Sequence[Membership]) -> None:
    """Who came, who stayed away and why; of meetings without a notice, how many came."""
    people = queries_sitting.attendees(meeting)
    if not people:
        present = _("应到 %(n)d 人") % {"n": len(seats)}
        if meeting.present is not None:
            present += _("，实到 %(n)d 人") % {"n": meeting.present}
        _line(document, _("到会"), present)
        return
    found = queries_sitting.presence(meeting)
    counted = _("应到 %(n)d 人") % {"n": found.seats} + _("，实到 %(n)d 人") % {"n": found.present}
    _line(document, _("到会"), counted + _("，法定人数 %(n)d 人") % {"n": found.needed})
    here = [_present(one) for one in people if one.signed_at and one.seat]
    guests = [_present(one) for one in people if one.signed_at and not one.seat]
    away = [
        one.person.name + (f"（{one.reason}）" if one.reason else "")
        for one in people
        if one.seat and not one.signed_at
    ]
    for label, names in ((_("出席"), here), (_("列席"), guests), (_("缺席"), away)):
        if names:
            _line(document, label, "、".join(names))


def _present(one: Attendee) -> str:
    return f"{one.substitute.name}（代{one.person.name}）" if one.substitute else one.person.name


def _matters(document, meeting: Meeting, items: Sequence[Referral]) -> None:
    """Each matter with what was said and decided, as long as no minutes are agreed on."""
    for number, item in enumerate(items):
        document.add_heading(f"{_numeral(number)}、{item.title}", level=1)
        _line(document, _("来源"), _origin(item))
        _line(document, _("需要决定"), item.question)
        if item.agenda_item.discussion:
            _line(document, _("讨论"), item.agenda_item.discussion)
        _line(document, _("决议"), item.decision or _("会上没有作出决议"))
    for number, topic in enumerate(meeting.topics.all(), len(items)):
        document.add_heading(f"{_numeral(number)}、{topic.title}", level=1)
        if topic.text:
            _line(document, _("说明"), topic.text)
        _line(document, _("讨论"), topic.discussion or _("（没有记录）"))


def _to_do(document, meeting: Meeting, items: Sequence[Referral]) -> None:
    """All that is to be done in one table: decisions on referred matters, then the meeting's own resolutions."""
    rows = [
        [item.measures or item.decision, str(item.responsible or ""), str(item.due_on or "")]
        for item in items
        if item.due_on
    ]
    rows += [
        [one.text, str(one.owner or one.department or _("未指定")), str(one.due_on or _("无期限"))]
        for one in meeting.resolutions.select_related("owner", "department")
    ]
    if rows:
        document.add_heading(_("议定事项"), level=1)
        heads = (_("序号"), _("事项"), _("责任人"), _("期限"))
        numbered = [[str(n), *row] for n, row in enumerate(rows, 1)]
        paper.add_table(document, heads, (1.4, 8.8, 2.8, 2.8), numbered, right=())


def _told(document, written: Minutes) -> None:
    """When the words were agreed on, and to whom they were sent."""
    if written.confirmed_at:
        day = timezone.localdate(written.confirmed_at)
        _line(document, _("纪要确认"), f"{written.confirmed_by}　{day}")
    if written.departments:
        names = {one.id: one.name for one in departments(on=written.meeting.on)}
        sent = "、".join(names[one] for one in written.departments if one in names)
        _line(document, _("分送"), sent or _("（科室已撤销）"))


def _paragraphs(document, text: str) -> None:
    """Lines of the minutes, each with the two characters of space of official papers."""
    for line in text.splitlines():
        if line.strip():
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(24)
            paper.set_font(paragraph.add_run(line.strip()), paper.BODY, 12)


def _begun(meeting: Meeting, hospital: str, what: str):
    document = Document()
    paper.lay_out(document)
    document.core_properties.title = f"{meeting.body.name}{what}"
    paper.centred(document, hospital, paper.HEADING, 14)
    paper.centred(document, f"{meeting.body.name}{what}", paper.TITLE, 20)
    _line(document, _("时间"), _when(meeting))
    if meeting.place:
        _line(document, _("地点"), meeting.place)
    return document


def _when(meeting: Meeting) -> str:
    begins = queries_sitting.sitting(meeting).begins_at
    day = f"{meeting.on.year}年{meeting.on.month}月{meeting.on.day}日"
    return f"{day} {begins:%H:%M}" if begins else day


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
    paragraph = document.sections[0].footer.paragraphs[0]  # never alone on a last page
    paper.set_font(paragraph.add_run(made), paper.BODY, 9, paper.GREY)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
