"""Builds brief.docx, the Word template that ships with the product. Run it after changing the layout:

python -m zhikong.hospital.overviews.reports.documents.word_template
"""

from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from zhikong.web.paper import (
    BODY,
    GREY,
    HEADING,
    RED,
    TITLE,
    centred,
    keep_whole,
    lay_out,
    repeat,
    rule,
    set_cell,
    set_font,
)  # fmt: skip

COLUMNS = (
    (Cm(6.6), "指标名称"),
    (Cm(2.6), "目标值"),
    (Cm(2.6), "本月值"),
    (Cm(1.9), "环比"),
    (Cm(2.0), "结论"),
)
CELLS = ("{{r row.name }}", "{{ row.target }}", "{{ row.value }}", "{{ row.change }}", "{{r row.word }}")


def build(path: Path) -> None:
    document = Document()
    lay_out(document)
    _footer(document)
    _head(document)
    _paragraph(document, "{{ first.title }}", "Heading 1")
    _loop(document, "{%p for text in first.paragraphs %}", "{{r text }}")
    _paragraph(document, "{{ table_title }}", "Heading 1")
    _table(document)
    _charts(document)
    _rest(document)
    _notes(document)
    document.save(path)


def _footer(document) -> None:
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run("{{ footer }}　第 ")
    _field(footer, "PAGE")
    footer.add_run(" 页 / 共 ")
    _field(footer, "NUMPAGES")
    footer.add_run(" 页")
    for run in footer.runs:
        set_font(run, BODY, 9, GREY)


def _field(paragraph, code: str) -> None:
    """A field that Word computes, in runs of its own so that its result has the footer's size."""
    for kind, text in (("begin", None), (None, code), ("separate", None), ("shown", "1"), ("end", None)):
        run = paragraph.add_run(text if kind == "shown" else "")
        if kind == "shown":
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _head(document) -> None:
    for text, font, size, colour in (
        ("{{ institution }}", TITLE, 16, RED),
        ("{{ title }}", TITLE, 30, RED),
        ("{{ line }}", BODY, 11, GREY),
    ):
        paragraph = centred(document, text, font, size, colour)
    _rule(paragraph)


def _rule(paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "B3261E")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _paragraph(document, text: str, style: str = "Normal", indent: bool = False):
    paragraph = document.add_paragraph(text, style=style)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(24)
    return paragraph


def _loop(document, start: str, body: str) -> None:
    _paragraph(document, start)
    _paragraph(document, body, indent=True)
    _paragraph(document, "{%p endfor %}")


def _table(document) -> None:
    table = document.add_table(rows=4, cols=len(COLUMNS))
    rule(table)
    table.autofit = False
    for column, (width, _title) in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for row in table.rows:
        for cell, (width, _title) in zip(row.cells, COLUMNS, strict=True):
            cell.width = width
        keep_whole(row)
    for index, (cell, (_width, title)) in enumerate(zip(table.rows[0].cells, COLUMNS, strict=True)):
        set_cell(cell, title, HEADING, right=0 < index < 4)
        _shade(cell)
    table.rows[1].cells[0].text = "{%tr for row in rows %}"
    for index, (cell, text) in enumerate(zip(table.rows[2].cells, CELLS, strict=True)):
        set_cell(cell, text, BODY, right=0 < index < 4)
    table.rows[3].cells[0].text = "{%tr endfor %}"
    repeat(table.rows[0])


def _shade(cell) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", "F3F5F8")):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _charts(document) -> None:
    _paragraph(document, "")
    _paragraph(document, "{%p for chart in charts %}")
    for text in ("{{ chart.image }}", "{{r chart.caption }}"):
        _paragraph(document, text).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _paragraph(document, "{%p endfor %}")


def _rest(document) -> None:
    _paragraph(document, "{%p for section in rest %}")
    _paragraph(document, "{{ section.title }}", "Heading 1")
    _loop(document, "{%p for text in section.paragraphs %}", "{{r text }}")
    _paragraph(document, "{%p endfor %}")


def _notes(document) -> None:
    _paragraph(document, "数据来源与口径", "Heading 1")
    _small(document, "{{ notes_head }}")
    _paragraph(document, "{%p for note in notes %}")
    _small(document, "[{{ note.number }}] {{ note.text }}")
    _paragraph(document, "{%p endfor %}")


def _small(document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.1
    set_font(paragraph.add_run(text), BODY, 9, GREY)


if __name__ == "__main__":
    build(Path(__file__).with_name("brief.docx"))
