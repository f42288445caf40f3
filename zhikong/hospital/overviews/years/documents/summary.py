"""A written summary as Word and as PDF: one content, two layouts, a footnote behind every figure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx import Document
from docx.shared import Cm, Pt

from zhikong.hospital.functions.indicators.rules import WORDS, Status
from zhikong.hospital.overviews.years.documents.footer import footer
from zhikong.hospital.overviews.years.documents.footnotes import Footnotes
from zhikong.hospital.overviews.years.models import Summary
from zhikong.hospital.overviews.years.rules_quoting import pieces
from zhikong.web import paper, typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("summary.typ")
NUMERALS = "一二三四五六七八九十"
HEADS = (gettext_lazy("指标"), gettext_lazy("目标"), gettext_lazy("本期"), gettext_lazy("结论"))
WIDTHS = (7.4, 3.0, 3.4, 2.0)


@dataclass(frozen=True)
class Content:
    """sections: [{title, paragraphs: [[(words, number)]]}]; rows: of the table; notes: number → text."""

    title: str
    institution: str
    line: str
    sections: list
    rows: list
    notes: dict
    footer: str


def content(found: Summary) -> Content:
    """What both layouts show; no further reads."""
    figures = found.figures
    moment = timezone.localtime(found.published_at or found.edited_at or found.drafted_at)
    state = "" if found.published else _("（草稿）")
    sections = [
        {"title": f"{numeral(n)}、{one['title']}", "paragraphs": _paragraphs(one["text"]), "key": one["key"]}
        for n, one in enumerate((one for one in found.sections if one["text"].strip()), 1)
    ]
    return Content(
        title=found.title,
        institution=figures["institution"],
        line=_("%(day)s　质控科%(state)s") % {"day": f"{moment.year} 年 {moment.month} 月 {moment.day} 日", "state": state},
        sections=sections,
        rows=[row for row in figures["entries"] if row["what"] == "indicator" and row["target"] != "—"],
        notes={entry["number"]: entry["note"] for entry in figures["entries"]},
        footer=_("数据截至 %(moment)s · 数据版本 %(version)s · 校验码 %(digest)s")
        % {"moment": figures["as_of"], "version": figures["data_version"] or "—", "digest": found.digest[:10]},
    )  # fmt: skip


def numeral(number: int) -> str:
    """1 → 一, 11 → 十一, 21 → 二十一."""
    tens, ones = divmod(number, 10)
    said = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return said + (NUMERALS[ones - 1] if ones else "")


def _paragraphs(text: str) -> list:
    return [pieces(line.strip()) for line in text.splitlines() if line.strip()]


def word(found: Summary) -> bytes:
    """Word with real footnotes; repeated figures point to their first note."""
    made, document = content(found), Document()
    paper.lay_out(document)
    document.core_properties.title = f"{made.institution}{made.title}"
    footer(document, made.footer)
    paper.centred(document, made.institution, paper.HEADING, 15)
    paper.centred(document, made.title, paper.TITLE, 20)
    paper.centred(document, made.line, paper.BODY, 11, paper.GREY)
    notes = Footnotes(document)
    for section in made.sections:
        document.add_heading(section["title"], level=1)
        for parts in section["paragraphs"]:
            _write(document, parts, made, notes)
        if section["key"] == "indicators" and made.rows:
            _table(document, made, notes)
    notes.finish()
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _write(document, parts, made: Content, notes: Footnotes) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(24)
    for words, number in parts:
        if number is None:
            paper.set_font(paragraph.add_run(words), paper.BODY, 12)
        elif number in made.notes:
            notes.refer(paragraph, number, made.notes[number])


def _table(document, made: Content, notes: Footnotes) -> None:
    table = document.add_table(rows=1, cols=len(HEADS))
    table.autofit = False
    paper.rule(table)
    for index, head in enumerate(HEADS):
        paper.set_cell(
            table.rows[0].cells[index], str(head), paper.HEADING, right=0 < index < 3, width=WIDTHS[index]
        )
    paper.repeat(table.rows[0])
    for row in made.rows:
        added = table.add_row()
        paper.keep_whole(added)
        for index, words in enumerate((row["title"], row["target"], row["shown"], state_word(row["state"]))):
            paper.set_cell(added.cells[index], words, paper.BODY, right=0 < index < 3, width=WIDTHS[index])
        notes.refer(added.cells[2].paragraphs[0], row["number"], row["note"])
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def state_word(state: str) -> str:
    return str(WORDS[Status(state)])


def pdf(found: Summary) -> bytes:
    """PDF after PDF/UA-1. All words reach the layout as data: nothing that a person types is read as markup."""
    made = content(found)
    data = asdict(made) | {"fonts": {"sans": SANS, "serif": SERIF}, "heads": [str(head) for head in HEADS]}
    _first_times(data, made)
    with TemporaryDirectory(prefix="zhikong-summary-") as name:
        (Path(name) / "summary.typ").write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(Path(name) / "summary.typ"),
            root=name,
            font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format="pdf",
            pdf_standards=["ua-1"],
        )


def _first_times(data: dict, made: Content) -> None:
    """Tell the layout where a note is given for the first time; later marks point back to it."""
    seen: set[int] = set()

    def first(number: int | None) -> bool:
        new = number is not None and number not in seen
        seen.add(number)
        return new

    for section in data["sections"]:
        section["paragraphs"] = [
            [[words, number, first(number)] for words, number in parts] for parts in section["paragraphs"]
        ]
        if section["key"] == "indicators":
            data["rows"] = [_row(row) | {"first": first(row["number"])} for row in made.rows]


def _row(row: dict) -> dict:
    return {name: row[name] for name in ("title", "target", "shown", "number")} | {
        "word": state_word(row["state"])
    }


MAKERS = {"docx": (word, paper.WORD), "pdf": (pdf, "application/pdf")}
