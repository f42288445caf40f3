"""The draft of a year's plan as Word, made from a roll-over: it can be read back in as the hospital's plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.shared import Pt

from zhikong.hospital.functions.indicators.rules import Target
from zhikong.hospital.overviews.years.documents.footer import footer
from zhikong.hospital.overviews.years.documents.summary import numeral
from zhikong.hospital.overviews.years.models import RollOver, RollOverLine
from zhikong.hospital.overviews.years.queries.carrying import target_in
from zhikong.web import paper

Kind, Choice = RollOverLine.Kind, RollOverLine.Choice
SIGNS = (("≥ ", "≥"), ("≤ ", "≤"), (" %", "%"))
WHOLE = 100  # no share is above


def word(found: RollOver, lines: Sequence[RollOverLine], *, hospital: str, now: datetime) -> bytes:
    """Targets, duties, committees, themes and campaigns of the year; what was dropped or is undecided is left out."""
    document = Document()
    paper.lay_out(document)
    title = _("%(year)d 年医疗质量安全工作计划") % {"year": found.year}
    document.core_properties.title = title
    footer(document, _("草案　数据截至 %(at)s") % {"at": f"{timezone.localtime(found.as_of):%Y-%m-%d %H:%M}"})
    paper.centred(document, hospital, paper.HEADING, 15)
    paper.centred(document, title, paper.TITLE, 22)
    if found.state != RollOver.State.APPLIED:
        paper.centred(document, _("（草案，结转尚未生效）"), paper.BODY, 12, paper.RED)
    kept = [line for line in lines if line.choice in (Choice.ACCEPTED, Choice.CHANGED) or _stays(line)]
    for number, (kind, heading) in enumerate(_sections(kept), 1):
        document.add_heading(f"{numeral(number)}、{heading}", level=1)
        of_kind = [line for line in kept if line.kind == kind]
        if kind == Kind.TARGET:
            _targets(document, of_kind)
        else:
            for n, line in enumerate(of_kind, 1):
                _line(document, f"{n}. {sentence(line)}")
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _stays(line: RollOverLine) -> bool:
    """A target without a proposal that nobody dropped stays as it is."""
    return line.choice == Choice.OPEN and not line.can_propose and not target_in(line.now).empty


def _sections(lines: Sequence[RollOverLine]) -> list[tuple[str, str]]:
    heads = (
        (Kind.TARGET, _("质量与安全目标")), (Kind.DUTY, _("周期职责")), (Kind.BODY, _("委员会及会议")),
        (Kind.THEME, _("每月检查重点")), (Kind.CAMPAIGN, _("专项活动")),
    )  # fmt: skip
    present = {line.kind for line in lines}
    return [(kind, heading) for kind, heading in heads if kind in present]


def _targets(document, lines: Sequence[RollOverLine]) -> None:
    """Sentences that the reader of plans understands, then the table with last year's results."""
    for line in (one for one in lines if one.department_id is None):
        _line(document, f"{line.title}{close(target_in(line.chosen or line.now), line.unit)}。")
    heads = (_("指标"), _("范围"), _("上一年目标"), _("上一年结果"), _("本年目标"))
    rows = [
        (
            line.title, line.place_name, target_in(line.now).text(line.unit), line.result.get("shown", "—"),
            target_in(line.chosen or line.now).text(line.unit),
        )
        for line in lines
    ]  # fmt: skip
    paper.add_table(document, heads, (5.4, 2.4, 2.6, 2.8, 2.6), rows, right=(2, 3, 4))


def close(target: Target, unit: str) -> str:
    """A target as plans write it: “≥90%”, and “=100%” where nothing lies beyond."""
    if unit.strip() == "%" and target.high is None and target.low == WHOLE:
        target = Target(target.low, target.low)
    said = target.text(unit)
    for spaced, tight in SIGNS:
        said = said.replace(spaced, tight)
    return f"={said}" if target.low == target.high else said


def sentence(line: RollOverLine) -> str:
    """One line of the plan in words."""
    note = _("（%(note)s）") % {"note": line.note} if line.choice == Choice.CHANGED and line.note else ""
    if line.kind == Kind.DUTY:
        every = line.now.get("every", "")
        return _("%(title)s：%(every)s。%(note)s") % {"title": line.title, "every": every, "note": note}
    if line.kind == Kind.BODY:
        months = line.now.get("cycle_months", 0)
        every = {1: _("每月"), 3: _("每季度"), 6: _("每半年"), 12: _("每年")}.get(
            months, _("每 %(n)d 个月") % {"n": months}
        )
        return _("%(title)s%(every)s召开一次会议。%(note)s") % {
            "title": line.title,
            "every": every,
            "note": note,
        }
    if line.kind == Kind.THEME:
        return _("%(month)d 月份：%(title)s。%(note)s") % {
            "month": line.now["month"],
            "title": line.title,
            "note": note,
        }
    return f"{line.title}{line.now.get('words', '')}。{note}"


def _line(document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(24)
    paper.set_font(paragraph.add_run(text), paper.BODY, 12)
