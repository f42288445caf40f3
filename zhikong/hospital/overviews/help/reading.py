"""Reads the small Markdown that the guides are written in: what is not listed here is an error, not a surprise on paper.

Blocks: headings, paragraphs, lists (one level inside another), tables, fenced code, quotes, a picture on a line of its
own. Within a line: **strong**, `code`, [link](address). No HTML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


class NotUnderstood(ValueError):
    """A line that is no part of the small Markdown; the message names the line."""


@dataclass(frozen=True)
class Span:
    """A piece of a line: kind is text, strong, code or link; to: where a link leads."""

    kind: str
    text: str
    to: str = ""


@dataclass
class Block:
    """A piece of a page. Only the fields of its kind are filled.

    kind: heading, paragraph, list, table, code, quote, picture. level: of a heading, or 1 for a numbered list.
    anchor: the name that a heading is linked by. rows: cells of a table, the head first. items: what a list holds.
    """

    kind: str
    spans: tuple[Span, ...] = ()
    level: int = 0
    anchor: str = ""
    text: str = ""
    info: str = ""
    to: str = ""
    rows: list[list[tuple[Span, ...]]] = field(default_factory=list)
    items: list[list["Block"]] = field(default_factory=list)


SPANS = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|(?<!!)\[(?P<label>[^\]]+)\]\((?P<to>[^)\s]+)\)"
)
PICTURE = re.compile(r"!\[(?P<says>[^\]]*)\]\((?P<to>[^)\s]+)\)$")
HEADING = re.compile(r"(?P<marks>#{1,4}) (?P<text>.+)$")
ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*]|\d+\.) +(?P<text>.*)$")
RULER = re.compile(r"\|(\s*:?-+:?\s*\|)+$")
FENCE = "```"


def spans(text: str) -> tuple[Span, ...]:
    """The pieces of one line, in order."""
    return tuple(_spans(text))


def _spans(text: str) -> Iterator[Span]:
    at = 0
    for found in SPANS.finditer(text):
        if found.start() > at:
            yield Span("text", text[at : found.start()])
        yield _span(found)
        at = found.end()
    if at < len(text):
        yield Span("text", text[at:])


def _span(found: re.Match) -> Span:
    if found["code"]:
        return Span("code", found["code"].replace("\\|", "|"))
    if found["strong"]:
        return Span("strong", found["strong"])
    return Span("link", found["label"].replace("`", ""), found["to"])


def plain(pieces: tuple[Span, ...]) -> str:
    """The words of a line without marks."""
    return "".join(piece.text for piece in pieces)


def anchor_of(title: str) -> str:
    """The name that a heading is linked by, made as code forges make it: 一、先看什么？ → 一先看什么."""
    kept = re.sub(r"[^\w\- ]", "", title.strip().lower())
    return kept.replace(" ", "-")


def blocks(text: str) -> list[Block]:
    """A whole page. Raises NotUnderstood with the line's number."""
    return list(_Reader(text.split("\n")).read())


class _Reader:
    """Walks over the lines; every method takes what belongs to its block and leaves the rest."""

    def __init__(self, lines: list[str], first: int = 1):
        self.lines, self.at, self.first = lines, 0, first

    def read(self) -> Iterator[Block]:
        while self.at < len(self.lines):
            if not self.lines[self.at].strip():
                self.at += 1
                continue
            yield self._block()

    def _block(self) -> Block:
        line = self.lines[self.at]
        if line.startswith(FENCE):
            return self._code()
        if line.startswith("|"):
            return self._table()
        if line.startswith(">"):
            return self._quote()
        if ITEM.match(line):
            return self._list()
        if line.startswith(("<", "    ", "\t", "---", "===")):
            raise NotUnderstood(f"第 {self.first + self.at} 行：这里不用 HTML、缩进代码和分隔线。")
        return self._heading() or self._picture() or self._paragraph()

    def _heading(self) -> Block | None:
        found = HEADING.match(self.lines[self.at])
        if found is None:
            return None
        self.at += 1
        pieces = spans(found["text"].strip())
        return Block("heading", pieces, len(found["marks"]), anchor_of(plain(pieces)))

    def _picture(self) -> Block | None:
        found = PICTURE.match(self.lines[self.at].strip())
        if found is None:
            return None
        self.at += 1
        return Block("picture", text=found["says"], to=found["to"])

    def _paragraph(self) -> Block:
        taken = []
        while self.at < len(self.lines) and self._goes_on(self.lines[self.at]):
            taken.append(self.lines[self.at].strip())
            self.at += 1
        return Block("paragraph", spans(_joined(taken)))

    def _goes_on(self, line: str) -> bool:
        starts = line.startswith((FENCE, "|", ">", "#")) or ITEM.match(line) or PICTURE.match(line.strip())
        return bool(line.strip()) and not starts

    def _code(self) -> Block:
        started, info = self.at, self.lines[self.at][len(FENCE) :].strip()
        end = next((n for n in range(started + 1, len(self.lines)) if self.lines[n].startswith(FENCE)), None)
        if end is None:
            raise NotUnderstood(f"第 {self.first + started} 行：代码块没有结束。")
        self.at = end + 1
        return Block("code", text="\n".join(self.lines[started + 1 : end]), info=info)

    def _table(self) -> Block:
        taken = self._while("|")
        if len(taken) < 2 or not RULER.match(taken[1].strip()):
            raise NotUnderstood(f"第 {self.first + self.at - len(taken)} 行：表格的第二行应是 |---|。")
        rows = [_cells(line) for line in (taken[0], *taken[2:])]
        if len({len(row) for row in rows}) > 1:
            raise NotUnderstood(f"第 {self.first + self.at - len(taken)} 行：表格各行的格数不同。")
        return Block("table", rows=rows)

    def _quote(self) -> Block:
        started = self.at
        inner = [line.lstrip(">").removeprefix(" ") for line in self._while(">")]
        return Block("quote", items=[list(_Reader(inner, self.first + started).read())])

    def _while(self, mark: str) -> list[str]:
        started = self.at
        while self.at < len(self.lines) and self.lines[self.at].startswith(mark):
            self.at += 1
        return self.lines[started : self.at]

    def _list(self) -> Block:
        numbered = ITEM.match(self.lines[self.at])["mark"][0].isdigit()
        items = []
        while self.at < len(self.lines):
            found = ITEM.match(self.lines[self.at])
            if found is None or found["indent"] or found["mark"][0].isdigit() != numbered:
                break
            items.append(self._item(found))
            self._skip_to_item()
        if not items:
            raise NotUnderstood(f"第 {self.first + self.at} 行：列表不从行首开始。")
        return Block("list", level=int(numbered), items=items)

    def _skip_to_item(self) -> None:
        """Empty lines between two items do not end the list."""
        after = next((n for n in range(self.at, len(self.lines)) if self.lines[n].strip()), None)
        if after is not None and ITEM.match(self.lines[after]):
            self.at = after

    def _item(self, found: re.Match) -> list[Block]:
        """The item's own line and every deeper line after it, an empty line in between allowed."""
        started, deep = self.at, len(found["mark"]) + 1
        self.at += 1
        while self.at < len(self.lines) and self._is_inside(deep):
            self.at += 1
        rest = [
            line[min(deep, len(line) - len(line.lstrip(" "))) :] for line in self.lines[started + 1 : self.at]
        ]
        return list(_Reader([found["text"], *rest], self.first + started).read())

    def _is_inside(self, deep: int) -> bool:
        line = self.lines[self.at]
        if line.strip():
            return line.startswith(" " * min(deep, 2))
        return self.at + 1 < len(self.lines) and self.lines[self.at + 1].startswith(" " * min(deep, 2))


def _cells(line: str) -> list[tuple[Span, ...]]:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|") if not line.strip().endswith("\\|") else line)
    return [spans(cell.strip().replace("\\|", "|")) for cell in cells]


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph: no space between two Chinese characters that a line end stood between."""
    text = ""
    for line in lines:
        wide = text and ord(text[-1]) > 0x2E80 and ord(line[0]) > 0x2E80
        text += line if not text or wide else f" {line}"
    return text


def walk(page: list[Block]) -> Iterator[Block]:
    """Every block, those inside lists and quotes too."""
    for block in page:
        yield block
        for item in block.items:
            yield from walk(item)


def all_spans(page: list[Block]) -> Iterator[Span]:
    """Every piece of every line of a page."""
    for block in walk(page):
        yield from block.spans
        for row in block.rows:
            for cell in row:
                yield from cell
