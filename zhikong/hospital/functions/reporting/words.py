"""The monthly quality record as a Word document: the same data as the PDF, for hospitals that file Word."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

LATIN, CHINESE = "Times New Roman", "宋体"


def docx(content: dict[str, Any]) -> bytes:
    """content: what printing.data gives."""
    book = Document()
    _page(book)
    for size, text, bold in ((12, content["hospital"], False), (18, content["title"], True)):
        line = book.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(line, text, size, bold)
    book.add_paragraph("　　".join(f"{name}：{value}" for name, value in content["meta"]))
    for block in content["blocks"]:
        _block(book, block)
    book.add_paragraph()
    for name, value in content["signatures"]:
        book.add_paragraph(f"{name}：{value or '＿＿＿＿＿＿＿＿　＿＿＿＿ 年 ＿＿ 月 ＿＿ 日'}")
    book.sections[0].footer.paragraphs[0].text = content["footer"]
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _page(book) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    style = book.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(10.5)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE)


def _run(paragraph, text: str, size: float, bold: bool) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold


def _block(book, block: dict[str, Any]) -> None:
    head = book.add_paragraph()
    _run(head, block["title"], 11, True)
    if block["text"]:
        book.add_paragraph(block["text"])
    if block["heads"]:
        _table(book, [block["heads"], *block["rows"]], block["widths"], header=True)
    if block["pairs"]:
        _table(book, block["pairs"], [1, 5], header=False)


def _table(book, rows: list[list[str]], widths: list[float], *, header: bool) -> None:
    table = book.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    table.autofit = False
    unit = 17 / sum(widths)
    for number, row in enumerate(rows):
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.width = Cm(width * unit)
            _run(cell.paragraphs[0], str(text), 9.5, header and number == 0)
