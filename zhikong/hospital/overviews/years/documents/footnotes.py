"""Real Word footnotes, which python-docx does not write: a part of their own, its two separators, and the references."""

from __future__ import annotations

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from lxml import etree

from zhikong.web.paper import BODY, GREY

SEPARATORS = (("-1", "separator"), ("0", "continuationSeparator"))
SIZE = 8.5  # points of a note


class Footnotes:
    """The notes of one document. A second reference to the same number repeats the first one's mark, linked to it."""

    def __init__(self, document):
        self.document = document
        self._root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
        self._known: dict[object, str] = {}
        _styles(document)
        for number, kind in SEPARATORS:
            self._root.append(_separator(number, kind))

    def refer(self, paragraph, key: object, text: str) -> None:
        """Put a mark at the end of a paragraph for the note of `key`."""
        if key in self._known:
            _repeat(paragraph, self._known[key])
            return
        number = len(self._known) + 1
        self._known[key] = bookmark = f"_note{number}"
        self._root.append(_note(number, text))
        _mark(paragraph, number, bookmark)

    def finish(self) -> None:
        """Add the part to the document, once all notes are known."""
        blob = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)
        package = self.document.part.package
        part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        _settings(self.document)

    def __len__(self) -> int:
        return len(self._known)


def _styles(document) -> None:
    styles = document.styles
    text = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style, text.font.size = styles["Normal"], Pt(SIZE)
    text.paragraph_format.space_after, text.paragraph_format.line_spacing = Pt(0), 1.0
    text.element.rPr.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    mark = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    mark.font.superscript, mark.font.color.rgb = True, GREY


def _separator(number: str, kind: str):
    words = f'<w:footnote {nsdecls("w")} w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
    return parse_xml(words)


def _note(number: int, text: str):
    """Words are set as text, never as markup."""
    note = parse_xml(
        f'<w:footnote {nsdecls("w")} w:id="{number}"><w:p><w:pPr><w:pStyle w:val="footnotetext"/></w:pPr>'
        '<w:r><w:rPr><w:rStyle w:val="footnotereference"/></w:rPr><w:footnoteRef/></w:r>'
        '<w:r><w:t xml:space="preserve"> </w:t></w:r><w:r><w:t xml:space="preserve"/></w:r></w:p></w:footnote>'
    )
    note.findall(".//" + qn("w:t"))[1].text = text
    return note


def _mark(paragraph, number: int, bookmark: str) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(1000 + number))
    start.set(qn("w:name"), bookmark)
    run = paragraph.add_run()
    run.style = "footnote reference"
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), str(number))
    run._r.append(reference)
    run._r.addprevious(start)
    run._r.addnext(end)


def _repeat(paragraph, bookmark: str) -> None:
    """The number of an earlier note, as a field that Word keeps right."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" NOTEREF {bookmark} \\f \\h ")
    run = paragraph.add_run(bookmark.removeprefix("_note"))
    run.style = "footnote reference"
    run._r.addprevious(field)
    field.append(run._r)


def _settings(document) -> None:
    """The document names its separators, as Word expects."""
    root = document.settings.element
    said = parse_xml(
        f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
    )
    for name in (
        "w:compat",
        "w:rsids",
        "w:themeFontLang",
        "w:clrSchemeMapping",
        "w:decimalSymbol",
        "w:listSeparator",
    ):
        after = root.find(qn(name))
        if after is not None:
            after.addprevious(said)
            return
    root.append(said)
