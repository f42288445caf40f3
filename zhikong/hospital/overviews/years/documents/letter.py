"""A responsibility letter as Word, and all letters of a year in one archive with a list of them."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document

from zhikong.hospital.overviews.years import rules_letters as rules
from zhikong.hospital.overviews.years.documents import letter_template
from zhikong.hospital.overviews.years.documents.footer import footer
from zhikong.hospital.overviews.years.documents.summary import numeral
from zhikong.hospital.overviews.years.models import Letter, LetterCheck
from zhikong.web import paper

BLANK = "＿＿＿＿＿＿　　　年　月　日"


def word(found: Letter, *, hospital: str) -> bytes:
    """The letter, by the template it was issued with, else the one in use."""
    template = bytes(found.template.content) if found.template is not None else letter_template.own()
    return letter_template.fill(template, context(found, hospital=hospital))


def context(found: Letter, *, hospital: str) -> dict:
    """What the tags of a template say."""
    lines = found.content["lines"]
    targets = [line for line in lines if line["kind"] == rules.TARGET]
    kinds = [
        kind for kind in (rules.DUTY, rules.QUOTA, rules.TASK) if any(ln["kind"] == kind for ln in lines)
    ]
    opening = _(
        "为落实 %(year)d 年医疗质量与安全目标，明确责任，%(hospital)s与%(name)s签订本责任状，期限自 %(year)d 年 1 月 1 日至 12 月 31 日。"
    )
    state = "" if found.state in (Letter.State.ISSUED, Letter.State.SIGNED) else found.get_state_display()
    return {
        "institution": hospital, "year": found.year, "department": found.department_name,
        "title": _("%(year)d 年%(name)s医疗质量与安全责任状") % {"year": found.year, "name": found.department_name},
        "opening": opening % {"year": found.year, "hospital": hospital, "name": found.department_name},
        "targets": targets,
        "parts": [
            {
                "title": f"{numeral(n)}、{rules.KIND_WORDS[kind]}",
                "lines": [line for line in lines if line["kind"] == kind],
            }
            for n, kind in enumerate(kinds, 2 if targets else 1)
        ],
        "leader": signature(found, Letter.Side.LEADER), "head": signature(found, Letter.Side.HEAD),
        "digest": found.digest[:16], "footer": state,
    }  # fmt: skip


def signature(found: Letter, side: str) -> str:
    """“王敏　2026-01-12 09:30（系统签署）”, or a line to sign on."""
    who, at = found.signed_by(side)
    if who is None:
        return BLANK
    return _("%(who)s　%(at)s（系统签署）") % {"who": who, "at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"}


def check_word(found: LetterCheck, *, hospital: str) -> bytes:
    """The check of a letter, line by line."""
    document = Document()
    paper.lay_out(document)
    letter = found.letter
    title = _("%(year)d 年%(name)s责任状履行情况") % {"year": letter.year, "name": letter.department_name}
    document.core_properties.title = title
    footer(document, _("数据截至 %(at)s") % {"at": f"{timezone.localtime(found.as_of):%Y-%m-%d %H:%M}"})
    paper.centred(document, hospital, paper.HEADING, 15)
    paper.centred(document, title, paper.TITLE, 20)
    said = {"month": found.last_month, "kept": found.kept, "broken": found.broken, "unknown": found.unknown}
    words = _("截至 %(month)s：已履行 %(kept)d 条，未履行 %(broken)d 条，无法计算 %(unknown)d 条。") % said
    paper.set_font(document.add_paragraph().add_run(words), paper.BODY, 12)
    rows = [
        (ln["number"], ln["text"], ln["reached"], rules.VERDICT_WORDS[ln["verdict"]], ln.get("trail") or ln["reason"] or "")
        for ln in found.lines
    ]  # fmt: skip
    heads = (_("序号"), _("内容"), _("完成情况"), _("结论"), _("依据"))
    paper.add_table(document, heads, (1.2, 5.0, 2.8, 1.9, 4.9), rows, right=())
    return _saved(document)


def archive(found: Iterable[Letter], *, hospital: str, year: int) -> bytes:
    """All letters of a year as Word, with their list, in one zip."""
    rows, saved = list(found), BytesIO()
    with ZipFile(saved, "w", ZIP_DEFLATED) as packed:
        packed.writestr(f"00-{year}年责任状目录.docx", _listed(rows, hospital, year))
        for number, one in enumerate(rows, 1):
            name = one.department_name.replace("/", "／").replace("\\", "＼")
            packed.writestr(f"{number:02d}-{year}年{name}责任状.docx", word(one, hospital=hospital))
    return saved.getvalue()


def _listed(rows: list[Letter], hospital: str, year: int) -> bytes:
    document = Document()
    paper.lay_out(document)
    title = _("%(year)d 年责任状目录") % {"year": year}
    document.core_properties.title = title
    footer(document, "")
    paper.centred(document, hospital, paper.HEADING, 15)
    paper.centred(document, title, paper.TITLE, 20)
    heads = (_("序号"), _("科室"), _("状态"), _("医院签署"), _("科室签署"))
    cells = [
        (n, one.department_name, one.get_state_display(), _signed(one, Letter.Side.LEADER), _signed(one, Letter.Side.HEAD))
        for n, one in enumerate(rows, 1)
    ]  # fmt: skip
    paper.add_table(document, heads, (1.2, 4.0, 2.4, 4.1, 4.1), cells, right=())
    return _saved(document)


def _signed(found: Letter, side: str) -> str:
    who, at = found.signed_by(side)
    return "" if who is None else f"{who} {timezone.localtime(at):%Y-%m-%d %H:%M}"


def _saved(document) -> bytes:
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()
