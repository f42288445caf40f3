"""How papers of disputes look: one content, as Word to go on writing and as PDF to sign and file.

A content is plain data: title, number, sections with lines, tables and signatures. Words never become markup.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from docx import Document
from docx.shared import Cm, Pt
from PIL import Image, ImageDraw

from zhikong.hospital.functions.complaints.rules_disputes_sealing import SCALE, paths_of
from zhikong.web import paper, typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders

LAYOUT = Path(__file__).with_name("dispute_paper.typ")
PEN = (360, 120)  # pixels of a drawn signature in Word


@dataclass(frozen=True)
class Table:
    heads: tuple[str, ...]
    widths: tuple[float, ...]  # centimetres, 15.8 in all
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class Signature:
    """Who signs as what; strokes None: room to sign by hand."""

    label: str
    name: str = ""
    at: str = ""
    strokes: list[list[int]] | None = None


@dataclass(frozen=True)
class Section:
    title: str
    lines: tuple[tuple[str, str], ...] = ()  # (label, text); an empty label is a paragraph
    table: Table | None = None
    signatures: tuple[Signature, ...] = ()
    empty: str = ""  # what to say when there is nothing


@dataclass(frozen=True)
class Content:
    hospital: str
    title: str
    number: str
    day: str
    trail: str
    sections: tuple[Section, ...]
    index: bool = False
    secret: str = ""
    words: dict[str, str] = field(default_factory=dict)


def word(content: Content) -> bytes:
    """The paper as Word."""
    document = Document()
    paper.lay_out(document)
    document.core_properties.title = content.title
    paper.centred(document, content.hospital, paper.HEADING, 14)
    paper.centred(document, content.title, paper.TITLE, 20)
    _line(document, "", "　".join(filter(None, (content.number, content.day, content.secret))))
    if content.index:
        _index(document, content)
    for section in content.sections:
        _section(document, section)
    trail = document.add_paragraph()
    paper.set_font(trail.add_run(content.trail), paper.BODY, 9, paper.GREY)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _index(document, content: Content) -> None:
    rows = [[str(n), one.title, _amount(one, content)] for n, one in enumerate(content.sections, 1)]
    heads = (content.words["number"], content.words["part"], content.words["amount"])
    paper.add_table(document, heads, (1.6, 10.4, 3.8), rows, right=())


def _amount(section: Section, content: Content) -> str:
    if section.table is not None and section.table.rows:
        return content.words["rows"] % {"n": len(section.table.rows)}
    return content.words["there"] if section.lines or section.signatures else content.words["none"]


def _section(document, section: Section) -> None:
    document.add_heading(section.title, level=1)
    for label, text in section.lines:
        _line(document, label, text)
    if section.table is not None and section.table.rows:
        table = section.table
        paper.add_table(document, table.heads, table.widths, table.rows, right=table.right)
    elif section.empty and not section.lines:
        _line(document, "", section.empty)
    for one in section.signatures:
        _sign(document, one)


def _line(document, label: str, text: str) -> None:
    paragraph = document.add_paragraph()
    if label:
        paper.set_font(paragraph.add_run(f"{label}："), paper.HEADING, 12)
    for number, part in enumerate(text.split("\n")):
        run = paragraph.add_run(part)
        if number:
            run.add_break()
        paper.set_font(run, paper.BODY, 12)


def _sign(document, one: Signature) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(6)
    paper.set_font(paragraph.add_run(f"{one.label}："), paper.HEADING, 12)
    if one.strokes:
        paragraph.add_run().add_picture(BytesIO(picture(one.strokes)), height=Cm(1.2))
    said = f" {one.name}　{one.at}" if one.name else "＿＿＿＿＿＿＿＿　　　　年　　月　　日"
    paper.set_font(paragraph.add_run(said), paper.BODY, 12)


def picture(strokes: list[list[int]]) -> bytes:
    """A drawn signature as a PNG, black on white."""
    width, height = PEN
    image = Image.new("L", PEN, 255)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [
            (stroke[n] * (width - 1) // SCALE, stroke[n + 1] * (height - 1) // SCALE)
            for n in range(0, len(stroke), 2)
        ]
        pen.line(points, fill=20, width=3, joint="curve")
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def pdf(content: Content) -> bytes:
    """The paper as PDF, with the pages of its parts in the index."""
    with TemporaryDirectory(prefix="zhikong-dispute-") as name:
        file = Path(name, "paper.typ")
        file.write_bytes(LAYOUT.read_bytes())
        data = _data(content, Path(name))
        return typesetting.compile(
            str(file), root=name, font_paths=[str(path) for path in folders()], ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf",
        )  # fmt: skip


def _data(content: Content, folder: Path) -> dict[str, Any]:
    sections = []
    for s, one in enumerate(content.sections):
        marks = []
        for n, signature in enumerate(one.signatures):
            drawn = ""
            if signature.strokes:
                drawn = f"sign-{s}-{n}.svg"
                Path(folder, drawn).write_text(_svg(signature.strokes), encoding="utf-8")
            marks.append([signature.label, signature.name, signature.at, drawn])
        table = one.table if one.table and one.table.rows else None
        sections.append(
            {
                "title": one.title, "lines": one.lines, "signatures": marks,
                "empty": one.empty if not one.lines and table is None else "",
                "heads": table.heads if table else [], "widths": table.widths if table else [],
                "rows": table.rows if table else [], "right": table.right if table else [],
            }
        )  # fmt: skip
    return {
        "hospital": content.hospital, "title": content.title, "number": content.number, "day": content.day,
        "trail": content.trail, "index": content.index, "secret": content.secret, "sections": sections,
        "words": content.words, "fonts": {"sans": SANS, "serif": SERIF},
    }  # fmt: skip


def _svg(strokes: list[list[int]]) -> str:
    lines = "".join(
        f'<polyline points="{path}" fill="none" stroke="#141414" stroke-width="10" stroke-linecap="round"/>'
        for path in paths_of(strokes)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SCALE} {SCALE}" width="300" height="100" preserveAspectRatio="none">{lines}</svg>'


def workbook(found) -> bytes:
    """A year (queries.disputes.figures.Year) as two sheets: the formulas with both their numbers, and the departments."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    first = book.add_worksheet("指标")
    first.set_column(0, 7, 18)
    for column, head in enumerate(("指标", "分子", "分母", "结果", "单位", "目标", "是否达标", "说明")):
        first.write_string(0, column, head, bold)
    for row, one in enumerate(found.figures, 1):
        _figure_row(first, row, one)
    second = book.add_worksheet("科室")
    second.set_column(0, 30, 14)
    heads = ("科室", "纠纷", "已结案", "沟通不良", "赔偿（元）", *found.classes, *found.grades)
    for column, head in enumerate(heads):
        second.write_string(0, column, head, bold)
    for row, one in enumerate((*found.rows, found.total), 1):
        second.write_string(row, 0, one.department)
        for column, value in enumerate((one.received, one.closed, one.communication), 1):
            second.write_number(row, column, value)
        second.write_number(row, 4, one.paid_fen / 100, money)
        for column, value in enumerate((*one.by_class, *one.by_grade), 5):
            second.write_number(row, column, value)
    book.close()
    return buffer.getvalue()


def _figure_row(sheet, row: int, one) -> None:
    limit = "" if one.limit is None else f"{'≤' if one.at_most else '≥'}{one.limit}"
    met = {True: "达标", False: "未达标", None: ""}[one.met]
    sheet.write_string(row, 0, one.title)
    for column, value in ((1, one.top), (2, one.bottom)):
        if value is None:
            sheet.write_string(row, column, "")
        else:
            sheet.write_number(row, column, value)
    for column, text in ((3, one.shown()), (4, one.unit), (5, limit), (6, met), (7, one.why)):
        sheet.write_string(row, column, text)
