"""Builds brief.docx, the Word template that ships with the product. Run it after changing the layout:

python -m zhikong.hospital.overviews.reports.documents.word_template
"""

from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

# The fonts that official papers use; they exist on hospital computers and are named, not carried.
BODY, HEADING, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
RED, BLUE, GREY = RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x15, 0x57, 0xB0), RGBColor(0x4D, 0x5A, 0x6A)
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
    _page(document)
    _styles(document)
    _head(document)
    _paragraph(document, "{{ first.title }}", "Heading 1")
    _loop(document, "{%p for text in first.paragraphs %}", "{{r text }}")
    _paragraph(document, "{{ table_title }}", "Heading 1")
    _table(document)
    _charts(document)
    _rest(document)
    _notes(document)
    document.save(path)


def _page(document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    footer = section.footer.paragraphs[0]
    footer.add_run("{{ footer }}　第 ")
    _field(footer, "PAGE")
    footer.add_run(" 页 / 共 ")
    _field(footer, "NUMPAGES")
    footer.add_run(" 页")
    for run in footer.runs:
        _font(run, BODY, 9, GREY)


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


def _styles(document) -> None:
    for name, font, size, colour in (("Normal", BODY, 12, None), ("Heading 1", HEADING, 14, BLUE)):
        style = document.styles[name]
        style.font.size, style.font.bold = Pt(size), False
        style.font.name = "Times New Roman"
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
        if colour is not None:
            style.font.color.rgb = colour
    heading = document.styles["Heading 1"].paragraph_format
    heading.space_before, heading.space_after = Pt(12), Pt(4)
    document.styles["Normal"].paragraph_format.line_spacing = 1.35
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _font(run, font: str, size: float, colour: RGBColor | None = None) -> None:
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def _head(document) -> None:
    for text, font, size, colour in (
        ("{{ institution }}", TITLE, 16, RED),
        ("{{ title }}", TITLE, 30, RED),
        ("{{ line }}", BODY, 11, GREY),
    ):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(paragraph.add_run(text), font, size, colour)
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
    _lines(table)
    table.autofit = False
    for column, (width, _title) in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for row in table.rows:
        for cell, (width, _title) in zip(row.cells, COLUMNS, strict=True):
            cell.width = width
        _whole(row)
    for index, (cell, (_width, title)) in enumerate(zip(table.rows[0].cells, COLUMNS, strict=True)):
        _cell(cell, title, HEADING, right=0 < index < 4)
        _shade(cell)
    table.rows[1].cells[0].text = "{%tr for row in rows %}"
    for index, (cell, text) in enumerate(zip(table.rows[2].cells, CELLS, strict=True)):
        _cell(cell, text, BODY, right=0 < index < 4)
    table.rows[3].cells[0].text = "{%tr endfor %}"
    _repeat(table.rows[0])


def _lines(table) -> None:
    """Strong lines above and below, thin ones between rows, none between columns."""
    borders = OxmlElement("w:tblBorders")
    for name, size, colour in (
        ("top", "12", "1B2430"),
        ("bottom", "12", "1B2430"),
        ("insideH", "4", "DDE3EA"),
    ):
        line = OxmlElement(f"w:{name}")
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", colour)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _shade(cell) -> None:
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", "F3F5F8")):
        shading.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _cell(cell, text: str, font: str, *, right: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = 1
    _font(paragraph.add_run(text), font, 10.5)


def _whole(row) -> None:
    """A row never breaks over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row) -> None:
    """The head row stands again on each page."""
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(header)


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
    _font(paragraph.add_run(text), BODY, 9, GREY)


if __name__ == "__main__":
    build(Path(__file__).with_name("brief.docx"))
