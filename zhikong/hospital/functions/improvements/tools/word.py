"""Pictures in a Word document: heading, picture, what it says, the figures as a table, the footnote."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from zhikong.hospital.functions.improvements.tools.showing import Shown, shown
from zhikong.web.paper import BODY, GREY, RED, TITLE, add_table, centred, lay_out, set_font

WIDTH, TALLEST = 15.6, 16.0  # centimetres of a picture at most
MOST_ROWS = 60


def document_of(tools: Iterable, *, institution: str, title: str, line: str = "") -> bytes:
    """A Word file of several saved pictures, or of one."""
    document = Document()
    lay_out(document)
    heads = ((institution, TITLE, 16, RED), (title, TITLE, 22, None), (line, BODY, 11, GREY))
    for text, font, size, colour in heads:
        if text:
            centred(document, text, font, size, colour)
    for number, tool in enumerate(tools, 1):
        add_tool(document, tool, number)
    document.core_properties.title = title
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def add_tool(document, tool, number: int | None = None) -> None:
    """One picture in somebody's document. tool: a SavedTool or Shown. number: of the picture in the document."""
    one = tool if isinstance(tool, Shown) else shown(tool)
    label = _("图 %(n)d　") % {"n": number} if number and one.kind not in ("affinity", "relation") else ""
    document.add_paragraph(f"{label}{one.named}", style="Heading 1")
    if (drawn := one.png()) is not None:
        _picture(document, drawn, one.alt)
    for text in (*one.sentences, *filter(None, one.note.splitlines())):
        document.add_paragraph(text).paragraph_format.first_line_indent = Pt(24)
    _table(document, one.told.heads, one.told.rows, one.told.numeric)
    for text in one.footnote:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(0), 1.1
        set_font(paragraph.add_run(text), BODY, 9, GREY)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in px, as the PNG's head says."""
    return struct.unpack(">II", png[16:24])


def _picture(document, drawn: bytes, alt: str) -> None:
    """As wide as the page allows, and no taller than leaves room for its words; alt: for who does not see it."""
    width, height = size_of(drawn)
    wide = min(WIDTH, TALLEST * width / height)
    picture = document.add_picture(BytesIO(drawn), width=Cm(wide))
    picture._inline.docPr.set("descr", alt)
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.keep_with_next = True


def _table(document, heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int]) -> None:
    if not rows:
        return
    add_table(document, heads, widths(heads, rows), rows[:MOST_ROWS], right=numeric)
    if len(rows) > MOST_ROWS:
        document.add_paragraph(_("另有 %(n)d 行，见系统。") % {"n": len(rows) - MOST_ROWS})


def widths(heads: Sequence[str], rows: Sequence[Sequence[str]], *, total: float = 15.8) -> list[float]:
    """Centimetres of each column, in proportion to its words, none too narrow to read."""
    longest = [max(min(len(str(cell)), 22) for cell in (head, *(row[i] for row in rows[:MOST_ROWS]))) for i, head in enumerate(heads)]  # fmt: skip
    wished = [max(one, 4) for one in longest]
    return [total * one / sum(wished) for one in wished]


def blank_sheet(one: Shown, *, institution: str) -> bytes:
    """A check sheet to print, tick by hand and sign: wide cells, lines for place, day and who."""
    document = Document()
    lay_out(document)
    centred(document, institution, TITLE, 14, RED)
    centred(document, one.named, TITLE, 20)
    document.add_paragraph(_("科室：____________　日期：____________　检查人：____________"))
    figures = one.drawn.snapshot["figures"]  # type: ignore[attr-defined]
    columns = [*figures["columns"], _("合计")]
    rows = [(name, *[""] * len(columns)) for name in (*figures["categories"], "", _("合计"))]
    rest = (15.8 - 4.6) / len(columns)
    add_table(document, [figures["by"], *columns], [4.6, *[rest] * len(columns)], rows)
    for row in document.tables[0].rows[1:]:
        row.height = Cm(1.15)
    document.add_paragraph(_("每出现一次画一笔，满五笔成一个“正”字；“合计”写数字。"))
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()
