"""督查通报 as Word in the layout of a hospital's official paper: red head, number, title, body, tables, sign-off.

The problems stand with clause, department, named person and day (INS-16); photos as far as they may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from zhikong.hospital.functions.inspections.models.results import InspectionNotice
from zhikong.hospital.functions.inspections.wording_results import spoken
from zhikong.web.paper import BODY, GREY, HEADING, RED, TITLE, add_table, centred, lay_out, set_font

NUMERALS = "一二三四五六七八"
INDENT = Pt(24)
MOST_SCORES = 60
PICTURE = Cm(7)


def make(
    notice: InspectionNotice, problems: Sequence[Mapping[str, Any]], *, institution: str, photos: Mapping[int, bytes],
) -> bytes:  # fmt: skip
    """Word bytes. problems: those that are told. photos: file id -> picture; one that is missing is left out."""
    document = Document()
    lay_out(document)
    _head(document, notice, institution)
    _say(document, f"{notice.words.get('to', '')}：", indent=False)
    _say(document, notice.words.get("lead", ""))
    parts = [
        (
            _("检查情况"),
            notice.words.get("inspected", ""),
            lambda: _scores(document, notice.figures["scores"]),
        ),
        (_("做得好的方面"), notice.words.get("good", ""), None),
        (
            _("存在的主要问题"),
            notice.words.get("summary", ""),
            lambda: _problems(document, notice, problems, photos),
        ),
        (_("整改要求"), notice.words.get("demands", ""), None),
    ]
    shown = [part for part in parts if part[1] or part[2]]
    for numeral, (title, text, table) in zip(NUMERALS, shown, strict=False):
        _heading(document, f"{numeral}、{title}")
        _say(document, text)
        if table is not None:
            table()
    _sign(document, notice)
    _foot(document, notice)
    document.core_properties.title = notice.title
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _head(document, notice: InspectionNotice, institution: str) -> None:
    centred(document, institution, TITLE, 22, RED).paragraph_format.space_after = Pt(0)
    centred(document, _("督 查 通 报"), TITLE, 30, RED)
    number = notice.number or _("（草稿，未编号）")
    line = centred(document, number, BODY, 14)
    line.paragraph_format.space_before = Pt(6)
    _red_line(line)
    if notice.state == InspectionNotice.State.WITHDRAWN:
        centred(document, _("本通报已于%(day)s撤回：%(why)s") % {"day": _day(notice.withdrawn_at), "why": notice.withdrawn_reason}, BODY, 12, RED)  # fmt: skip
    title = centred(document, notice.title, TITLE, 20)
    title.paragraph_format.space_before = Pt(12)
    title.paragraph_format.space_after = Pt(10)


def _red_line(paragraph) -> None:
    """The red rule under the number, as official papers have it."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "B3261E")):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _heading(document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = INDENT
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.keep_with_next = True
    set_font(paragraph.add_run(text), HEADING, 14)


def _say(document, text: str, *, indent: bool = True) -> None:
    for line in filter(None, (line.strip() for line in text.splitlines())):
        paragraph = document.add_paragraph()
        set_font(paragraph.add_run(line), BODY, 14)
        if indent:
            paragraph.paragraph_format.first_line_indent = Pt(28)


def _caption(document, text: str) -> None:
    paragraph = centred(document, text, HEADING, 11)
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.keep_with_next = True


def _scores(document, scores: Sequence[Mapping[str, Any]]) -> None:
    """One line for each department and checklist; a score where the checklist has one."""
    if not scores:
        return
    _caption(document, _("附表1 各科室检查结果"))
    rows = [
        [
            line["name"], line["title"], line["total"] or "—", _part(line),
            "—" if line["before"] is None else f"{line['before']:.0f}%", line["new"], len(line["still"]), len(line["mended"]),
        ]
        for line in scores[:MOST_SCORES]
    ]  # fmt: skip
    heads = [_("科室"), _("检查表"), _("得分"), _("符合/应符合"), _("上次"), _("新增"), _("未改"), _("改正")]
    add_table(document, heads, [2.9, 4.3, 1.4, 2.4, 1.4, 1.15, 1.15, 1.15], rows, right={2, 3, 4, 5, 6, 7})
    if len(scores) > MOST_SCORES:
        _say(document, _("其余%(n)d项见系统。") % {"n": len(scores) - MOST_SCORES})


def _part(line: Mapping[str, Any]) -> str:
    return f"{line['conforming']}/{line['applicable']}" if line["applicable"] else "—"


def _problems(document, notice: InspectionNotice, problems: Sequence[Mapping[str, Any]], photos) -> None:
    if not problems:
        _say(document, _("本次没有需要整改的问题。"))
        return
    _caption(document, _("附表2 问题清单"))
    rows = [
        [number, one["name"], _what(one), _mark(one), _person(notice, one), _until(one)]
        for number, one in enumerate(problems, 1)
    ]
    heads = [_("序号"), _("科室"), _("问题（未做到的条款）"), _("程度"), _("责任人"), _("整改期限")]
    add_table(document, heads, [1.35, 2.5, 5.75, 1.9, 2.0, 2.3], rows, right=set())
    for number, one in enumerate(problems, 1):
        _pictures(document, number, one, photos)


def _what(one: Mapping[str, Any]) -> str:
    place = f"（{one['place']}）" if one["place"] else ""
    detail = one["detail"] if one["detail"] and one["title"] not in one["detail"] else ""
    return f"{one['title']}{place}" + (f"。{detail}" if detail else "")


def _mark(one: Mapping[str, Any]) -> str:
    return one["severity_name"] + (_("，重复发生") if one["recurrent"] else "")


def _person(notice: InspectionNotice, one: Mapping[str, Any]) -> str:
    return one["person"] if notice.names_people and one["person"] else _("科主任")


def _until(one: Mapping[str, Any]) -> str:
    return _("已当场纠正") if one["on_the_spot"] else one["due_on"]


def _pictures(document, number: int, one: Mapping[str, Any], photos: Mapping[int, bytes]) -> None:
    shown = [photos[pk] for pk in one["photos"] if pk in photos]
    if not shown:
        return
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for content in shown:
        paragraph.add_run().add_picture(BytesIO(content), width=PICTURE)
    centred(document, _("图%(n)d %(name)s：%(what)s") % {"n": number, "name": one["name"], "what": one["title"]}, BODY, 10.5, GREY)  # fmt: skip


def _sign(document, notice: InspectionNotice) -> None:
    """Never alone on a page: it keeps with the last line of the demands."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    day = _day(notice.issued_at) if notice.issued_at else _("年　　月　　日")
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Pt(28)
    paragraph.paragraph_format.space_before = Pt(24)
    paragraph.paragraph_format.keep_together = True
    run = paragraph.add_run(notice.words.get("sign", ""))
    run.add_break()
    run.add_text(day)
    set_font(run, BODY, 14)


def _foot(document, notice: InspectionNotice) -> None:
    people = "、".join(notice.figures.get("inspectors", []))
    lines = [
        _("检查人员：%(people)s") % {"people": people} if people else "",
        _("抄送：%(copies)s") % {"copies": notice.words["copies"]} if notice.words.get("copies") else "",
        _("数据：%(n)d次检查（%(first)s至%(last)s），由系统按填表时的检查表版本汇总。")
        % {
            "n": len(notice.figures.get("visits", [])), "first": spoken(notice.figures["first"]),
            "last": spoken(notice.figures["last"]),
        },
    ]  # fmt: skip
    for text in filter(None, lines):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(4)
        set_font(paragraph.add_run(text), BODY, 11, GREY)


def _day(moment) -> str:
    return spoken(f"{timezone.localdate(moment)}")
