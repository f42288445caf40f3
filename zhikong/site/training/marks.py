"""Marks everything that leaves the training site: names of downloads, and the faces of Word, Excel and PowerPoint files.

PDF files are marked where they are set (``web/typesetting.py``), pages by their template.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

WORDS = "演练数据，不得用于实际工作"
PREFIX = "演练-"
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, EXCEL, SLIDES = (
    f"{OFFICE}wordprocessingml.document",
    f"{OFFICE}spreadsheetml.sheet",
    f"{OFFICE}presentationml.presentation",
)
NAMED = re.compile(r"filename\*=utf-8''([^;]+)", re.IGNORECASE)
PLAINLY_NAMED = re.compile(r'filename="?([^";]+)"?')


class MarkingMiddleware:
    """Stands in the settings of the training site alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Disposition"):
            response["Content-Disposition"] = renamed(response["Content-Disposition"])
        mark = MARKS.get(response.get("Content-Type", "").partition(";")[0])
        if mark and response.status_code == 200:
            _replace(response, mark(_whole(response)))
        return response


def renamed(disposition: str) -> str:
    """The header of a download with 演练- before the file's name; without a name it stays as it is."""
    from urllib.parse import unquote

    kind = disposition.partition(";")[0]
    found = NAMED.search(disposition) or PLAINLY_NAMED.search(disposition)
    if found is None:
        return disposition
    return f"{kind}; filename*=utf-8''{quote(PREFIX + unquote(found[1]))}"


def word(content: bytes) -> bytes:
    """A line in the header of every page."""
    from docx import Document
    from docx.shared import Pt, RGBColor

    document = Document(io.BytesIO(content))
    for section in document.sections:
        for header in (section.header, section.first_page_header, section.even_page_header):
            if header.is_linked_to_previous and header is not section.header:
                continue
            run = header.add_paragraph().add_run(WORDS)
            run.bold, run.font.size, run.font.color.rgb = True, Pt(12), RGBColor(0xBE, 0x1E, 0x2D)
    return _saved(document)


def slides(content: bytes) -> bytes:
    """A line at the top of every slide."""
    from pptx import Presentation
    from pptx.util import Cm, Pt

    shown = Presentation(io.BytesIO(content))
    for slide in shown.slides:
        box = slide.shapes.add_textbox(Cm(0.3), Cm(0.1), Cm(12), Cm(0.8))
        box.text_frame.text = WORDS
        box.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
    return _saved(shown)


def workbook(content: bytes) -> bytes:
    """The header of every printed sheet, and the name of the first one: cells stay where readers expect them."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for item in source.infolist():
            body = source.read(item)
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", item.filename):
                body = _with_header(body.decode("utf-8")).encode("utf-8")
            elif item.filename == "xl/workbook.xml":
                body = _first_sheet_named(body.decode("utf-8")).encode("utf-8")
            out.writestr(item, body)
    return target.getvalue()


# what may follow the header in a sheet, by the order that the format demands
AFTER = (
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip


def _with_header(sheet: str) -> str:
    header = f"<headerFooter><oddHeader>&amp;C&amp;B{WORDS}</oddHeader></headerFooter>"
    sheet = re.sub(r"<headerFooter.*?</headerFooter>|<headerFooter[^>]*/>", "", sheet, flags=re.DOTALL)
    following = re.search("|".join(f"<{name}[ />]" for name in AFTER), sheet)
    at = following.start() if following else sheet.rindex("</worksheet>")
    return sheet[:at] + header + sheet[at:]


def _first_sheet_named(book: str) -> str:
    """Only when nothing in the book refers to the sheet by its name."""
    found = re.search(r'<sheet [^>]*?name="([^"]*)"', book)
    if found is None or "<definedName" in book:
        return book
    return book[: found.start(1)] + (PREFIX + found[1])[:31] + book[found.end(1) :]


MARKS = {WORD: word, EXCEL: workbook, SLIDES: slides}


def _saved(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _whole(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _replace(response: HttpResponse, content: bytes) -> None:
    if response.streaming:
        response.streaming_content = iter([content])
    else:
        response.content = content
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(content))
