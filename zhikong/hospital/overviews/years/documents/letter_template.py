"""The Word template of a responsibility letter: the product's own, and the trial of one that a hospital brings."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from docx import Document
from docx.shared import Cm, Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError

from zhikong.hospital.overviews.years.documents.footer import footer
from zhikong.web import paper

LARGEST, UNPACKED = 2_000_000, 30_000_000  # bytes
COLUMNS = ((Cm(1.4), "序号"), (Cm(6.6), "指标"), (Cm(3.8), "目标值"), (Cm(3.8), "上一年结果"))
CELLS = ("{{ row.number }}", "{{ row.name }}", "{{ row.target }}", "{{ row.past }}")
SAMPLE = {
    "institution": "医院甲", "title": "科室丙责任状乙", "year": 2026, "department": "科室丙", "opening": "科室丙开头丁",
    "targets": [{"number": 1, "name": "指标戊", "target": "≥ 90 %", "past": "91 %"}],
    "parts": [{"title": "一、职责", "lines": [{"number": 2, "text": "职责己"}]}],
    "leader": "院领导庚", "head": "科主任辛", "digest": "校验码壬", "footer": "脚注",
}  # fmt: skip
NEEDED = ("科室丙", "指标戊", "职责己", "院领导庚", "科主任辛", "校验码壬")


@cache
def own() -> bytes:
    """The product's template, as a file that a hospital may take as its beginning."""
    document = Document()
    paper.lay_out(document)
    footer(document, "{{ footer }}")
    paper.centred(document, "{{ institution }}", paper.HEADING, 15)
    paper.centred(document, "{{ title }}", paper.TITLE, 22)
    _indented(document, "{{ opening }}")
    document.add_paragraph("{%p if targets %}")
    document.add_heading("一、质量目标", level=1)
    _table(document)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p for part in parts %}")
    document.add_heading("{{ part.title }}", level=1)
    document.add_paragraph("{%p for line in part.lines %}")
    _indented(document, "{{ line.number }}. {{ line.text }}")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")
    _signatures(document)
    _small(document, "内容校验码 {{ digest }}。双方的签署以系统记录为准，内容有任何改动校验码即不同。")
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _indented(document, text: str) -> None:
    paragraph = document.add_paragraph(text)
    paragraph.paragraph_format.first_line_indent = Pt(24)


def _table(document) -> None:
    table = document.add_table(rows=4, cols=len(COLUMNS))
    paper.rule(table)
    table.autofit = False
    for column, (width, _title) in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for row in table.rows:
        paper.keep_whole(row)
        for cell, (width, _title) in zip(row.cells, COLUMNS, strict=True):
            cell.width = width
    for index, (cell, (_width, title)) in enumerate(zip(table.rows[0].cells, COLUMNS, strict=True)):
        paper.set_cell(cell, title, paper.HEADING, right=index > 1)
    table.rows[1].cells[0].text = "{%tr for row in targets %}"
    for index, (cell, text) in enumerate(zip(table.rows[2].cells, CELLS, strict=True)):
        paper.set_cell(cell, text, paper.BODY, right=index > 1)
    table.rows[3].cells[0].text = "{%tr endfor %}"
    paper.repeat(table.rows[0])
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _signatures(document) -> None:
    """Both sides beside each other, kept on one page."""
    document.add_paragraph().paragraph_format.keep_with_next = True
    table = document.add_table(rows=2, cols=2)
    table.autofit = False
    for row, cells in zip(
        table.rows, (("医院（盖章）", "科室"), ("{{ leader }}", "{{ head }}")), strict=True
    ):
        paper.keep_whole(row)
        for cell, text in zip(row.cells, cells, strict=True):
            paper.set_cell(
                cell, text, paper.HEADING if cells[0].startswith("医院") else paper.BODY, width=7.8
            )
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _small(document, text: str) -> None:
    paper.set_font(document.add_paragraph().add_run(text), paper.BODY, 9, paper.GREY)


def fill(template: bytes, context: dict) -> bytes:
    """The template with its tags filled in a sandbox. Raises the errors of jinja2 and docx."""
    document = DocxTemplate(BytesIO(template))
    document.render(context, SandboxedEnvironment(), autoescape=True)
    document.docx.core_properties.title = str(context["title"])
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def check(content: bytes) -> None:
    """Try a template out. Raises ValidationError with what is wrong or missing."""
    _check_file(content)
    try:
        made = fill(content, SAMPLE)
        words = text_of(made)
    except (
        TemplateError,
        XMLSyntaxError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
    ) as error:
        raise ValidationError(
            _("模板不能填写：%(why)s。请对照产品自带的模板检查标签。") % {"why": error}
        ) from error
    lacking = [word for word in NEEDED if word not in words]
    if lacking:
        names = dict(zip(NEEDED, ("department", "targets", "parts", "leader", "head", "digest"), strict=True))
        raise ValidationError(
            _("模板缺少：%(tags)s。科室、目标、职责、双方签署和校验码都要有。")
            % {"tags": "、".join(names[w] for w in lacking)}
        )


def _check_file(content: bytes) -> None:
    if len(content) > LARGEST:
        raise ValidationError(_("模板不能超过 2 MB。"))
    try:
        with ZipFile(BytesIO(content)) as packed:
            names, size = packed.namelist(), sum(one.file_size for one in packed.infolist())
    except BadZipFile as error:
        raise ValidationError(_("请上传 Word 文件（.docx）。")) from error
    if "word/document.xml" not in names or size > UNPACKED:
        raise ValidationError(_("请上传 Word 文件（.docx）。"))
    if any("vbaProject" in name or "embeddings/" in name for name in names):
        raise ValidationError(_("模板不能带宏或嵌入的文件。"))


def text_of(content: bytes) -> str:
    """All words of a document, also those in tables."""
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
