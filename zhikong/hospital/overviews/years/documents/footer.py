"""The foot of a page: a line of words and “第 n 页 / 共 m 页”, which Word counts."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from zhikong.web.paper import BODY, GREY, set_font


def footer(document, words: str) -> None:
    """Set the footer of every section."""
    for section in document.sections:
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(f"{words}　第 " if words else "第 ")
        field(paragraph, "PAGE")
        paragraph.add_run(" 页 / 共 ")
        field(paragraph, "NUMPAGES")
        paragraph.add_run(" 页")
        for run in paragraph.runs:
            set_font(run, BODY, 9, GREY)


def field(paragraph, code: str) -> None:
    """A field that Word computes; its parts are runs of their own, so that the result has the paragraph's font."""
    for kind in ("begin", code, "separate", None, "end"):
        run = paragraph.add_run("1" if kind is None else "")
        if kind is None:
            continue
        element = OxmlElement("w:instrText" if kind == code else "w:fldChar")
        if kind == code:
            element.text = code
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
