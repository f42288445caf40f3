"""Everything that leaves the training site says so."""

import io

import openpyxl
import pytest
import xlsxwriter
from django.http import FileResponse, HttpResponse
from docx import Document
from pptx import Presentation

from zhikong.site.training import marks
from zhikong.web import typesetting


def _workbook():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("达标率")
    sheet.write_row(0, 0, ["科室", "值"])
    sheet.write_row(1, 0, ["心内科", 98.5])
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": [sheet.name, 1, 1, 1, 1]})
    book.add_worksheet("图").insert_chart("A1", chart)
    book.close()
    return target.getvalue()


def test_a_word_file_says_so_in_every_section():
    document = Document()
    document.add_paragraph("正文")
    document.add_section()
    content = io.BytesIO()
    document.save(content)
    marked = Document(io.BytesIO(marks.word(content.getvalue())))
    assert marks.WORDS in "".join(p.text for p in marked.sections[0].header.paragraphs)
    assert [p.text for p in marked.paragraphs if p.text] == ["正文"]


def test_a_first_page_of_its_own_is_marked_too():
    document = Document()
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = "封面"
    content = io.BytesIO()
    document.save(content)
    marked = Document(io.BytesIO(marks.word(content.getvalue())))
    told = [p.text for p in marked.sections[0].first_page_header.paragraphs]
    assert told == ["封面", marks.WORDS]


def test_a_workbook_keeps_its_cells_and_charts():
    marked = marks.workbook(_workbook())
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book.sheetnames == ["演练-达标率", "图"]
    assert [c.value for c in book["演练-达标率"][2]] == ["心内科", 98.5]
    assert marks.WORDS in book["图"].oddHeader.center.text
    assert len(book["图"]._charts) == 1


def test_every_slide_says_so():
    shown = Presentation()
    for _ in range(2):
        shown.slides.add_slide(shown.slide_layouts[6])
    content = io.BytesIO()
    shown.save(content)
    marked = Presentation(io.BytesIO(marks.slides(content.getvalue())))
    assert [[s.text_frame.text for s in slide.shapes] for slide in marked.slides] == [[marks.WORDS]] * 2


@pytest.mark.parametrize("training", [True, False])
def test_a_pdf_is_marked_where_it_is_set(tmp_path, settings, training):
    import pypdfium2

    from zhikong.web.charts.fonts import folders

    settings.TRAINING = training
    rows = " ".join(
        f"[行 {n}]," for n in range(90)
    )  # a table over several pages, in a paper for screen readers
    (tmp_path / "a.typ").write_text(
        '#set document(title: "题")\n#set page(width: 20cm, height: 20cm)\n#set text(font: "Noto Sans SC", lang: "zh")\n'
        f"正文\n#table({rows})",
        "utf-8",
    )
    content = typesetting.compile(
        tmp_path / "a.typ", font_paths=[str(one) for one in folders()], ignore_system_fonts=True, format="pdf",
        pdf_standards=["ua-1"],
    )  # fmt: skip
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)]
    assert "正文" in pages[0]
    assert len(pages) > 1
    assert ["演练数据" in text.replace("\r\n", "") for text in pages] == [training] * len(pages)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (
            "attachment; filename*=utf-8''%E7%AE%80%E6%8A%A5.docx",
            "%E6%BC%94%E7%BB%83-%E7%AE%80%E6%8A%A5.docx",
        ),
        ('attachment; filename="brief.pdf"', "%E6%BC%94%E7%BB%83-brief.pdf"),
        ("inline; filename=brief.pdf", "%E6%BC%94%E7%BB%83-brief.pdf"),
    ],
)
def test_a_download_has_a_name_that_says_so(header, name):
    assert marks.renamed(header) == f"{header.partition(';')[0]}; filename*=utf-8''{name}"


def test_what_has_no_name_stays():
    assert marks.renamed("attachment") == "attachment"


@pytest.mark.parametrize("streamed", [True, False])
def test_the_middleware_replaces_content_length_and_name(streamed):
    content = _workbook()
    made = FileResponse(io.BytesIO(content)) if streamed else HttpResponse(content)
    made["Content-Type"], made["Content-Disposition"] = marks.EXCEL, 'attachment; filename="a.xlsx"'
    made["Content-Length"] = str(len(content))
    response = marks.MarkingMiddleware(lambda request: made)(None)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response["Content-Length"] == str(len(body))
    assert openpyxl.load_workbook(io.BytesIO(body)).sheetnames[0] == "演练-达标率"
    assert "%E6%BC%94%E7%BB%83-a.xlsx" in response["Content-Disposition"]


def test_pages_and_refusals_are_left_to_the_template():
    page = HttpResponse("<p>页</p>")
    assert marks.MarkingMiddleware(lambda request: page)(None).content == "<p>页</p>".encode()
    refused = HttpResponse("no", status=403, content_type=marks.WORD)
    assert marks.MarkingMiddleware(lambda request: refused)(None).content == b"no"
