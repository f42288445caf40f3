"""Pictures as PowerPoint: a slide a picture with its finding as the title, native tables that can be edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from zhikong.hospital.functions.improvements.tools.showing import Shown, shown
from zhikong.hospital.functions.improvements.tools.word import size_of

FONT = "Microsoft YaHei"  # named, not carried: it exists on the computers that show the slides
WIDE, TALL = Inches(13.333), Inches(7.5)
LEFT, INNER = Inches(0.6), Inches(12.13)
NAVY, BRAND, TEXT, GREY = (RGBColor.from_string(one) for one in ("10233F", "1557B0", "1B2430", "4D5A6A"))
PALE = RGBColor.from_string("F3F5F8")
BESIDE_ROWS, BESIDE_COLUMNS, ROWS = 9, 4, 13  # of a table beside the picture; of one on a slide of its own
TITLE_ONLY = 5
MOST_TABLE_SLIDES = 3


def deck(title: str, subtitle: str, tools: Iterable, *, slides: Sequence[tuple[str, Sequence[str]]] = ()) -> bytes:  # fmt: skip
    """A presentation: cover, slides of words ((title, lines), …), then a slide or more for each picture.

    tools: SavedTool or Shown.
    """
    made = Presentation()
    made.slide_width, made.slide_height = WIDE, TALL
    _cover(made, title, subtitle)
    for head, lines in slides:
        slide = _slide(made, head)
        _words(slide, lines, LEFT, Inches(1.5), INNER, Inches(5.2), size=20)
    for tool in tools:
        _tool(made, tool if isinstance(tool, Shown) else shown(tool))
    made.core_properties.title = title
    saved = BytesIO()
    made.save(saved)
    return saved.getvalue()


def _cover(made, title: str, subtitle: str) -> None:
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = NAVY
    _place(slide.shapes.title, LEFT, Inches(2.5), INNER, Inches(1.6))
    _write(slide.shapes.title.text_frame, title, 40, RGBColor(255, 255, 255), bold=True)
    box = slide.shapes.add_textbox(LEFT, Inches(4.2), INNER, Inches(1))
    _write(box.text_frame, subtitle, 20, RGBColor.from_string("DDE3EA"))


def _slide(made, title: str):
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    _place(slide.shapes.title, LEFT, Inches(0.35), INNER, Inches(0.95))
    size = 26 if len(title) <= 36 else 20
    _write(slide.shapes.title.text_frame, title, size, NAVY, bold=True)
    slide.shapes.title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    rule = slide.shapes.add_shape(1, LEFT, Inches(1.32), INNER, Emu(22_000))
    rule.fill.solid()
    rule.fill.fore_color.rgb = BRAND
    rule.line.fill.background()
    return slide


def _tool(made, one: Shown) -> None:
    told, drawn = one.told, one.png()
    beside = bool(told.rows) and len(told.rows) <= BESIDE_ROWS and len(told.heads) <= BESIDE_COLUMNS
    slide = _slide(made, one.named)
    top, tall = Inches(1.5), Inches(4.6)
    if drawn is None:
        beside = bool(told.rows) and len(told.rows) <= ROWS - 1
        if beside:
            _table(slide, told.heads, told.rows, told.numeric, LEFT, top, INNER)
    else:
        beside = beside and _is_narrow(drawn)
        right = _fitted(slide, drawn, LEFT, top, Inches(7.4) if beside else INNER, tall, one.alt)
        if beside:
            _table(slide, told.heads, told.rows, told.numeric, right + Inches(0.3), top, LEFT + INNER - right - Inches(0.3))  # fmt: skip
    lines = [*one.sentences[:3], *one.note.splitlines()[:1]]
    _words(slide, lines, LEFT, Inches(6.15), INNER, Inches(0.85), size=13)
    _words(slide, [" ".join(one.footnote)], LEFT, Inches(7.05), INNER, Inches(0.35), size=9, colour=GREY)
    if told.rows and not beside:
        _tables(made, one)


def _tables(made, one: Shown) -> None:
    """The figures on slides of their own, a page of rows each; of very long ones the first pages."""
    told = one.told
    pages = [told.rows[i : i + ROWS] for i in range(0, len(told.rows), ROWS)]
    for number, rows in enumerate(pages[:MOST_TABLE_SLIDES], 1):
        page = f"（{number}/{len(pages)}）" if len(pages) > 1 else ""
        slide = _slide(made, _("%(title)s：图中数据%(page)s") % {"title": one.kind_title, "page": page})
        _table(slide, told.heads, rows, told.numeric, LEFT, Inches(1.5), INNER)
        if number == MOST_TABLE_SLIDES and len(pages) > number:
            left = len(told.rows) - number * ROWS
            _words(slide, [_("另有 %(n)d 行，见系统。") % {"n": left}], LEFT, Inches(7.0), INNER, Inches(0.4), size=11, colour=GREY)  # fmt: skip


def _is_narrow(png: bytes) -> bool:
    """Whether a picture leaves room for a table beside it."""
    width, height = size_of(png)
    return width / height < 2.2


def _fitted(slide, png: bytes, left, top, width, height, alt: str):
    """The picture as large as fits, centred; gives its right edge."""
    wide, tall = size_of(png)
    factor = min(width / wide, height / tall)
    size = Emu(int(wide * factor)), Emu(int(tall * factor))
    x = left if width != INNER else left + (width - size[0]) // 2
    picture = slide.shapes.add_picture(BytesIO(png), x, top + (height - size[1]) // 2, *size)
    picture._element.nvPicPr.cNvPr.set("descr", alt)
    return x + size[0]


def _table(slide, heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int], left, top, width) -> None:  # fmt: skip
    """A native table: figures can be edited, copied, and made a chart of."""
    size = 12 if len(heads) <= 7 else 10 if len(heads) <= 11 else 8
    shape = slide.shapes.add_table(len(rows) + 1, len(heads), left, top, width, Inches(0.36) * (len(rows) + 1))  # fmt: skip
    table = shape.table
    longest = [max(min(len(str(row[i])), 20) for row in (heads, *rows)) for i in range(len(heads))]
    wished = [max(one, 6) for one in longest]
    for column, one in zip(table.columns, wished, strict=True):
        column.width = Emu(int(width * one / sum(wished)))
    for r, row in enumerate((heads, *rows)):
        for c, value in enumerate(row):
            cell = table.cell(r, c)
            cell.fill.solid()
            cell.fill.fore_color.rgb = BRAND if r == 0 else PALE if r % 2 == 0 else RGBColor(255, 255, 255)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            colour = RGBColor(255, 255, 255) if r == 0 else TEXT
            _write(cell.text_frame, str(value), size, colour, bold=r == 0, right=c in numeric)


def _words(slide, lines: Sequence[str], left, top, width, height, *, size: float, colour=TEXT) -> None:
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _run(paragraph, line, size, colour)


def _write(frame, text: str, size: float, colour, *, bold: bool = False, right: bool = False) -> None:
    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _run(paragraph, text, size, colour, bold=bold)


def _run(paragraph, text: str, size: float, colour, *, bold: bool = False) -> None:
    """A run in the deck's font, for Chinese characters as well, which have a font setting of their own."""
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = colour
    properties = run._r.get_or_add_rPr()
    for tag in ("a:ea", "a:cs"):
        font = properties.find(qn(tag))
        font = properties.makeelement(qn(tag), {}) if font is None else font
        font.set("typeface", FONT)
        properties.append(font)


def _place(shape, left, top, width, height) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height
