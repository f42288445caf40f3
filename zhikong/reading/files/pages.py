"""Lines of pages as paragraphs: page numbers and running heads go, lines that the margin broke are joined again."""

from __future__ import annotations

import re
from collections import Counter

_PAGE = re.compile(
    r"^\s*[-—–]*\s*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?\s*[-—–]*\s*$"
)
_OPENS = re.compile(
    r"\s*(?:第[一二三四五六七八九十百\d]+[章节条部分篇]|[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}|\d{1,2}[、.．](?!\d)|[①-⑳⑴-⒇]|[-•·●◆■▪√]|附[件表：:]|(?:1[0-2]|[1-9])月(?:份)?[:：])"
)
_ENDS = re.compile(r"[。！？!?；;：:]\s*$")
_FULL = 0.88  # of the widest lines of a document: such a line was broken by the margin
_LEAST = 12  # a document whose lines are shorter is a list


def without_margins(pages: list[list[str]]) -> list[str]:
    """All lines in order without lone page numbers; a line at the top or foot of most pages stays on the first only."""
    ends = Counter(sign for page in pages for sign in {_sign(one) for one in _edges(page)})
    often = {one for one, count in ends.items() if one and count >= max(3, 0.5 * len(pages))}
    found, said = [], set()
    for page in pages:
        edges = {id(one) for one in _edges(page)}
        for line in page:
            sign = _sign(line)
            if _PAGE.match(line) or (id(line) in edges and sign in often and sign in said):
                continue
            said.add(sign)
            found.append(line)
    return found


def _edges(page: list[str]) -> list[str]:
    filled = [one for one in page if one.strip() and not _PAGE.match(one)]
    return [*filled[:1], *filled[-1:]] if len(filled) > 2 else []


def _sign(line: str) -> str:
    return re.sub(r"[\s\d]+", "", line)


def joined(lines: list[str]) -> str:
    """The lines as paragraphs: a full line that ends inside a sentence goes on in the next one."""
    wide = sorted(_width(one) for one in lines if one.strip())
    full = wide[int(len(wide) * 0.9)] * _FULL if wide else 0
    found: list[str] = []
    broken = False
    for line in lines:
        if (
            broken
            and line.strip()
            and not _OPENS.match(line)
            and not line.startswith(("\u3000\u3000", "    "))
        ):
            found[-1] = _together(found[-1], line)
        else:
            found.append(line.rstrip())
        broken = full >= _LEAST and _width(line) >= full and not _ENDS.search(line)
    return "\n".join(found)


def _together(first: str, second: str) -> str:
    """Two parts of a line; Latin words keep a blank between them."""
    first, second = first.rstrip(), second.strip()
    latin = first[-1:].isascii() and first[-1:].isalpha() and second[:1].isascii() and second[:1].isalpha()
    return f"{first} {second}" if latin else first + second


def _width(line: str) -> float:
    """In widths of a Chinese character."""
    return sum(0.5 if one.isascii() else 1.0 for one in line.strip())
