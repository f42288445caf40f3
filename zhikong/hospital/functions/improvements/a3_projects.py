"""The one-page report of a project on a lying A3: Word to edit, PDF to hang up."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from tempfile import TemporaryDirectory

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Cm, Pt

from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.pictures_projects import PICTURES
from zhikong.hospital.functions.improvements.queries.projects.facts import facts
from zhikong.hospital.functions.improvements.report_data_projects import (
    Block,
    blocks,
    figures,
    head,
    hospital,
)
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts
from zhikong.web import typesetting
from zhikong.web.charts import render as draw
from zhikong.web.charts.fonts import SANS, SERIF, folders
from zhikong.web.paper import (
    BLUE,
    BODY,
    GREY,
    HEADING,
    RED,
    TITLE,
    centred,
    keep_whole,
    lay_out,
    rule,
    set_cell,
    set_font,
)

LAYOUT = Path(__file__).with_name("a3.typ")
COLUMN, TALLEST = 18.4, 5.2  # centimetres


def pdf(project: Project) -> bytes:
    """One lying A3 page as PDF."""
    known = facts(project)
    left, right = blocks(project, known)
    data = {
        "hospital": hospital(), "title": project.title, "head": head(project), "figures": figures(project, known),
        "left": [_plain(one) for one in left], "right": [_plain(one) for one in right],
        "fonts": {"sans": SANS, "serif": SERIF}, "kind": "A3 改进报告",
    }  # fmt: skip
    names = {name for one in (*left, *right) for name in one.pictures}
    with TemporaryDirectory(prefix="zhikong-a3-") as folder:
        Path(folder, "a3.typ").write_bytes(LAYOUT.read_bytes())
        for name in names:
            Path(folder, f"{name}.png").write_bytes(_png(project, known, name))
        return typesetting.compile(
            str(Path(folder, "a3.typ")), root=folder, font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf",
        )  # fmt: skip


def _plain(block: Block) -> dict:
    return {
        "title": block.title, "lines": list(block.lines), "heads": list(block.heads), "rows": [list(one) for one in block.rows],
        "pictures": [f"{name}.png" for name in block.pictures],
    }  # fmt: skip


def _png(project: Project, known: Facts, name: str) -> bytes:
    made = PICTURES[name](project, known)
    if made is None:
        raise ValueError(f"{name} cannot be drawn for {project.number}")
    return draw(made, "png")


def word(project: Project) -> bytes:
    """The same page in Word: a head, and two columns of blocks."""
    known = facts(project)
    document = _page()
    centred(document, f"{hospital()}　改进项目 A3 报告", HEADING, 11, RED)
    centred(document, project.title, TITLE, 20)
    line = "　".join(f"{name}：{value}" for name, value in (*head(project), *figures(project, known)))
    centred(document, line, BODY, 9.5, GREY)
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    for cell, column in zip(table.rows[0].cells, blocks(project, known), strict=True):
        cell.width = Cm(COLUMN + 0.6)
        for index, block in enumerate(column):
            _block(cell, block, project, known, first=index == 0)
    document.core_properties.title = f"A3 报告 {project.title}"
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _page():
    document = Document()
    lay_out(document)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(42), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.6)
    section.top_margin = section.bottom_margin = Cm(1.2)
    document.styles["Normal"].paragraph_format.line_spacing = 1.1
    document.styles["Normal"].paragraph_format.space_after = Pt(2)
    return document


def _block(cell, block: Block, project: Project, known: Facts, *, first: bool) -> None:
    title = cell.paragraphs[0] if first else cell.add_paragraph()
    title.paragraph_format.space_before = Pt(0 if first else 6)
    set_font(title.add_run(block.title), HEADING, 12, BLUE)
    for text in block.lines:
        set_font(cell.add_paragraph().add_run(text), BODY, 10)
    if block.pictures:
        line = cell.add_paragraph().add_run()
        for name in block.pictures:
            drawn = _png(project, known, name)
            width, height = struct.unpack(">II", drawn[16:24])
            room = COLUMN if len(block.pictures) == 1 else (COLUMN - 1) / len(block.pictures)
            wide = min(room, TALLEST * width / height)
            line.add_picture(io.BytesIO(drawn), width=Cm(wide))
    if block.rows:
        _rows(cell, block)


def _rows(cell, block: Block) -> None:
    """A table inside the column, its columns by what stands in them."""
    table = cell.add_table(rows=1, cols=len(block.heads))
    table.autofit = False
    rule(table)
    weights = [
        min(20, max(len(head), *(len(row[index]) for row in block.rows)))
        for index, head in enumerate(block.heads)
    ]
    widths = [COLUMN * weight / sum(weights) for weight in weights]
    for index, name in enumerate(block.heads):
        set_cell(table.rows[0].cells[index], name, HEADING, width=widths[index])
    for row in block.rows:
        added = table.add_row()
        keep_whole(added)
        for index, value in enumerate(row):
            set_cell(added.cells[index], value, BODY, width=widths[index])
