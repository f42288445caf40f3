"""How Word documents of the house look: an A4 page, the fonts of official papers, tables with strong lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

# The fonts that official papers use; they exist on hospital computers and are named, not carried.
BODY, HEADING, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
RED, BLUE, GREY = RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x15, 0x57, 0xB0), RGBColor(0x4D, 0x5A, 0x6A)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def lay_out(document) -> None:
    """Page, margins and styles."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    for name, font, size, colour in (("Normal", BODY, 12, None), ("Heading 1", HEADING, 14, BLUE)):
        _style(document.styles[name], font, size, colour)
    heading = document.styles["Heading 1"].paragraph_format
    heading.space_before, heading.space_after, heading.keep_with_next = Pt(12), Pt(4), True
    document.styles["Normal"].paragraph_format.line_spacing = 1.35
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _style(style, font: str, size: float, colour: RGBColor | None) -> None:
    style.font.size, style.font.bold, style.font.name = Pt(size), False, "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    if colour is not None:
        style.font.color.rgb = colour


def set_font(run, font: str, size: float, colour: RGBColor | None = None) -> None:
    """Font, size in points and colour of one run."""
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def centred(document, text: str, font: str, size: float, colour: RGBColor | None = None):
    """A centred line, such as one of the title; gives the paragraph."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run(text), font, size, colour)
    return paragraph


def add_table(
    document, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[object]],
    *, right: Collection[int] | None = None,
) -> None:  # fmt: skip
    """A table with its head on each page. widths: centimetres. right: columns that stand right; None: all but the first."""
    aligned = range(1, len(heads)) if right is None else right
    table = document.add_table(rows=1, cols=len(heads))
    table.autofit = False
    rule(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for index, head in enumerate(heads):
        set_cell(table.rows[0].cells[index], head, HEADING, right=index in aligned, width=widths[index])
    repeat(table.rows[0])
    for row in rows:
        added = table.add_row()
        keep_whole(added)
        for index, (cell, value) in enumerate(zip(added.cells, row, strict=True)):
            set_cell(cell, str(value), BODY, right=index in aligned, width=widths[index])
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def rule(table) -> None:
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


def set_cell(cell, text: str, font: str, *, right: bool = False, width: float | None = None) -> None:
    """The text of a cell. width: centimetres."""
    if width is not None:
        cell.width = Cm(width)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = 1
    set_font(paragraph.add_run(text), font, 10.5)


def keep_whole(row) -> None:
    """A row never breaks over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat(row) -> None:
    """The head row stands again on each page."""
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(header)
