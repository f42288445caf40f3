"""Web pages: block elements become lines, cells are parted by tabs; scripts and styles are left out."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import html

from zhikong.reading.files import texts
from zhikong.reading.files.refusing import NotReadable

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "title",
        "blockquote",
        "dt",
        "dd",
        "pre",
        "caption",
        "figcaption",
        "hr",
    ]
)
_HIDDEN = {"script", "style", "noscript", "template", "head", "select", "textarea", "iframe", "object", "svg"}
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_TAB, _CELL = "\t", ("td", "th")
MOST_SPAN = 60


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with < is a web page and not a text that opens with a bracket."""
    return bool(re.search(rb"<(?:!doctype\s+html|html|head|body|p|div|table|meta)\b", head[:2048], re.I))


def read(path: Path) -> str:
    """The visible text; cells of a row are parted by tabs, a cell over several columns leaves the others empty."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", texts.decoded(path.read_bytes(), declared=True).lstrip("\ufeff"))
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=False))
    except (ValueError, html.etree.ParserError, html.etree.XMLSyntaxError) as error:
        raise NotReadable("网页文件无法读取。", "请另存为 Word 或纯文本后再上传。") from error
    found: list[str] = []
    _collect(root, found)
    lines = (one.strip(" \xa0\u3000") for one in "".join(found).split("\n"))
    return "\n".join(one.rstrip(_TAB) for one in lines if one.strip())


def _collect(root, found: list[str]) -> None:
    """Iterative: a hostile page nests deeper than Python may recurse."""
    stack = [(root, False, False)]
    while stack:
        one, leaving, inside = stack.pop()
        if leaving:
            found.append(_after(one, inside) + _plain(one.tail))
            continue
        stack.append((one, True, inside))
        if not isinstance(one.tag, str) or one.tag in _HIDDEN or _UNSEEN.search(one.get("style", "")):
            continue
        found.append(_before(one, inside) + _plain(one.text))
        deeper = inside or one.tag in _CELL
        stack += [(child, False, deeper) for child in reversed(one)]


def _before(one, inside: bool) -> str:
    """A paragraph inside a cell does not break the row; a row does."""
    if one.tag == "tr" or (one.tag in _BLOCKS and not inside):
        return "\n"
    return " " if one.tag in _BLOCKS else ""


def _after(one, inside: bool) -> str:
    if one.tag in _CELL:
        said = one.get("colspan", "1")
        return _TAB * (min(max(int(said), 1), MOST_SPAN) if re.fullmatch(r"\d{1,4}", said) else 1)
    if one.tag == "table" or one.tag == "tr" or (one.tag in _BLOCKS and not inside):
        return "\n"
    return ""


def _plain(text: str | None) -> str:
    return re.sub(r"\s*[\n\t]\s*", "", text or "")
