"""Word documents (docx, docm): paragraphs with their numbers, tables, notes, text boxes, headers. Macros, fields' codes,
deleted and hidden text are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from zhikong.reading.files.docx_numbers import Numbers
from zhikong.reading.files.docx_parts import Parts, W, opened
from zhikong.reading.files.refusing import NotReadable

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HOLDERS = {f"{W}{one}" for one in ("sdt", "sdtContent", "ins", "customXml", "moveTo", "smartTag")}
_SKIPPED = {f"{W}{one}" for one in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "txbxContent")}
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_SYMBOLS = {0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0x6D: "μ", 0xB0: "°", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞"}
_PAGE = re.compile(r"^[\s\d/第页共之—–-]*$")
MOST_REPEATED = 30  # characters of a cell over several rows that are said again in each of them
MOST_SPAN = 60


def read(path: Path) -> str:
    """The text: headers, the main part with notes after their paragraph and text boxes after theirs, footers."""
    return opened(path, _whole)


def _whole(parts: Parts) -> str:
    body = parts.body().find(f"{W}body")
    if body is None:
        raise NotReadable("Word 文件里没有正文。", "请用 Word 打开后另存一份。")
    pages = _Pages(parts)
    lines = list(pages.lines(body))
    return "\n".join([*pages.margins("header", lines), *lines, *pages.margins("footer", lines)])


class _Pages:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._numbers = Numbers(parts.tree("numbering.xml"), parts.tree("styles.xml"))
        self._notes = {
            kind: {one.get(f"{W}id"): one for one in root.iter(f"{W}{kind}") if not one.get(f"{W}type")}
            for kind in ("footnote", "endnote")
            if (root := parts.tree(f"{kind}s.xml")) is not None
        }

    def lines(self, part) -> Iterator[str]:
        """Paragraphs and rows of a body, a cell or a text box, in order."""
        for one in part:
            if one.tag == f"{W}p":
                yield from self._paragraph(one)
            elif one.tag == f"{W}tbl":
                yield from self._table(one)
            elif one.tag in _HOLDERS:
                yield from self.lines(one)

    def margins(self, kind: str, said: list[str]) -> Iterator[str]:
        """Headers or footers, each line once, without page numbers and what the text says anyway."""
        known = {one.strip() for one in said}
        for name in self._parts.names(kind):
            for line in self.lines(self._parts.tree(name)):
                if line.strip() not in known and not _PAGE.match(line):
                    known.add(line.strip())
                    yield line

    def _paragraph(self, paragraph) -> Iterator[str]:
        text = _text(paragraph)
        yield (self._numbers.mark(paragraph) + text) if text.strip() else text
        for kind, notes in self._notes.items():
            for mark in paragraph.iter(f"{W}{kind}Reference"):
                if (note := notes.get(mark.get(f"{W}id"))) is not None:
                    yield "注：" + " ".join(filter(None, map(str.strip, self.lines(note))))
        for box in paragraph.iter(f"{W}txbxContent"):
            if not _second_form(box, paragraph):
                yield from self.lines(box)

    def _table(self, table) -> Iterator[str]:
        above: dict[int, str] = {}
        for row in _children(table, f"{W}tr"):
            cells: list[str] = []
            inner: list[str] = []
            for cell in _children(row, f"{W}tc"):
                text, deeper = self._cell(cell)
                inner += deeper
                place = len(cells)
                if _goes_down(cell):
                    text = text or above.get(place, "")
                else:
                    above[place] = text if len(text) <= MOST_REPEATED else ""
                cells += [text, *[""] * (_span(cell) - 1)]
            yield "\t".join(cells)
            yield from inner

    def _cell(self, cell) -> tuple[str, list[str]]:
        """(the cell's paragraphs on one line, the rows of tables inside it)."""
        own, inner = [], []
        for one in _children(cell, f"{W}p", f"{W}tbl"):
            if one.tag == f"{W}tbl":
                inner += self._table(one)
            else:
                own += [re.sub(r"\s*[\t\n]\s*", " ", line).strip() for line in self._paragraph(one)]
        return " ".join(filter(None, own)), inner


def _children(part, *tags: str) -> Iterator:
    """Children of some tags, also where revisions or content controls hold them."""
    for one in part:
        if one.tag in tags:
            yield one
        elif one.tag in _HOLDERS:
            yield from _children(one, *tags)


def _goes_down(cell) -> bool:
    """Whether the cell is the rest of one that began in a row above."""
    merged = cell.find(f"{W}tcPr/{W}vMerge")
    return merged is not None and merged.get(f"{W}val", "continue") != "restart"


def _span(cell) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    said = span.get(f"{W}val", "1") if span is not None else "1"
    return min(max(int(said), 1), MOST_SPAN) if re.fullmatch(r"\d{1,4}", said) else 1


def _second_form(box, paragraph) -> bool:
    """Word writes a text box twice, for new and for old programs; and a box inside a box is read with the outer one."""
    for one in box.iterancestors():
        if one is paragraph:
            return False
        if one.tag == f"{W}txbxContent":
            return True
        if one.tag == f"{_CHOICE}Fallback" and one.getprevious() is not None:
            return True
    return False


def _text(part) -> str:
    found: list[str] = []
    stack = list(reversed(part))
    while stack:
        one = stack.pop()
        if one.tag in (f"{W}t", _MATH):
            found.append(one.text or "")
        elif one.tag in _SIGNS:
            found.append(_SIGNS[one.tag])
        elif one.tag == f"{W}sym":
            found.append(_symbol(one.get(f"{W}char", "")))
        elif one.tag not in _SKIPPED and not _hidden(one):
            stack += reversed(one)
    return "".join(found)


def _hidden(run) -> bool:
    if run.tag == f"{_CHOICE}Fallback":
        return run.getprevious() is not None
    if run.tag != f"{W}r":
        return False
    sign = run.find(f"{W}rPr/{W}vanish")
    return sign is not None and sign.get(f"{W}val", "1") not in ("0", "false", "off")


def _symbol(code: str) -> str:
    """Word keeps ≥ of the font Symbol as a number of its private area."""
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", code):
        return ""
    number = int(code, 16)
    return _SYMBOLS.get(number & 0xFF, "") if number >= 0xF000 or number < 0x100 else chr(number)
