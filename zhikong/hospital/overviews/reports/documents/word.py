"""The brief as Word, from a template that a hospital may edit in Word; its tags are filled in a sandbox."""

from io import BytesIO
from pathlib import Path

from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2.sandbox import SandboxedEnvironment

from zhikong.hospital.overviews.reports.documents.content import Content, Piece, content
from zhikong.hospital.overviews.reports.documents.drawing import picture

TEMPLATE = Path(__file__).with_name("brief.docx")
TONES = {"missed": "B3261E", "alert": "8A5200", "met": "14694A"}
GREY = "4D5A6A"
CHART_WIDTH = Cm(15.5)
CELL = 21  # half points


def make(brief) -> bytes:
    """Word bytes."""
    made = content(brief)
    template = DocxTemplate(TEMPLATE)
    template.render(_context(template, made), SandboxedEnvironment(), autoescape=True)
    template.docx.core_properties.title = f"{made.institution}{made.title}"
    saved = BytesIO()
    template.save(saved)
    return saved.getvalue()


def _context(template: DocxTemplate, made: Content) -> dict:
    first, table, *rest = made.sections
    return {
        "institution": made.institution,
        "title": made.title,
        "line": made.line,
        "first": _section(first),
        "table_title": table.title,
        "rows": [_row(row) for row in made.rows],
        "charts": [_chart(template, index, chart) for index, chart in enumerate(made.charts, 1)],
        "rest": [_section(section) for section in rest],
        "notes_head": made.notes_head,
        "notes": [{"number": note.number, "text": note.text} for note in made.notes],
        "footer": made.footer,
    }


def _section(section) -> dict:
    paragraphs = [_rich(parts) for parts in section.paragraphs] or [RichText("（无）", color=GREY)]
    return {"title": section.title, "paragraphs": paragraphs}


def _rich(parts: list[Piece]) -> RichText:
    text = RichText()
    for part in parts:
        if part.number is None:
            text.add(part.words)
        else:
            text.add(f"[{part.number}]", superscript=True, color=GREY)
    return text


def _row(row: dict) -> dict:
    name = RichText(row["name"], size=CELL)
    name.add(f"[{row['number']}]", superscript=True, color=GREY, size=CELL)
    word = RichText(row["word"], color=TONES.get(row["state"], GREY), size=CELL)
    return row | {"name": name, "word": word}


def _chart(template: DocxTemplate, index: int, chart: dict) -> dict:
    image = InlineImage(template, BytesIO(picture(chart, "png")), width=CHART_WIDTH)
    caption = RichText(f"图 {index}　{chart['caption']}", size=CELL)
    caption.add(f"[{chart['number']}]", superscript=True, color=GREY, size=CELL)
    return {"image": image, "caption": caption}
