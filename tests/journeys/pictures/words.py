"""What a page says of itself: headings, buttons, labels, table heads and menu, without numbers and without data."""

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from zhikong.simulator import hospital

PRODUCT = Path(__file__).resolve().parents[3] / "zhikong"
SOURCES = ("web", "foundation", "hospital", "site")
SPEAKING = {"h1", "h2", "h3", "button", "label", "legend", "th", "summary"}
VOID = {"input", "img", "br", "hr", "meta", "link", "path", "circle", "rect", "line"}


class _Reader(HTMLParser):
    """Collects the text of speaking elements; a link counts when it is a button, a tab or an entry of the menu.

    passing: of these, what stands in a table's rows or in the cards of a home page: they come and go with the day's data.
    """

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, list[str] | None]] = []
        self.changing: list[bool] = []
        self.found: list[str] = []
        self.passing: list[str] = []
        self.hrefs: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.hrefs.append(given["href"])
        if tag in VOID:
            return
        self.open.append((tag, [] if self._speaks(tag, given) else None))
        self.changing.append(tag == "tbody" or "cards" in (given.get("class") or "").split())

    def _speaks(self, tag, given):
        inside_menu = any(name == "nav" for name, _ in self.open)
        return tag in SPEAKING or (tag == "a" and ("button" in (given.get("class") or "") or inside_menu))

    def handle_data(self, data):
        for _tag, words in self.open:
            if words is not None:
                words.append(data)

    def handle_endtag(self, tag):
        while self.open:
            name, words = self.open.pop()
            if words is not None:
                (self.passing if any(self.changing) else self.found).append("".join(words))
            self.changing.pop()
            if name == tag:
                return


@dataclass(frozen=True)
class Said:
    """The page's own words: those that stand in the product's sources, numbers taken out."""

    always: frozenset[str]
    passing: frozenset[str]


def said(html: str, *, whole: bool = True) -> Said:
    """whole: with the menu and the bar above; otherwise what stands in <main>."""
    if not whole:
        html = html[html.index("<main") : html.index("</main>")]
    reader = _Reader()
    reader.feed(re.sub(r"<(script|style|select|svg).*?</\1>", "", html, flags=re.S))
    always = _words(reader.found)
    return Said(always=always, passing=_words(reader.passing) - always)


def _words(texts: list[str]) -> frozenset[str]:
    return frozenset(text for text in map(_clean, texts) if is_word(text))


def hrefs(html: str) -> list[str]:
    """All addresses that the page links to, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.hrefs


def is_word(text: str) -> bool:
    """Whether the product itself says this, rather than its data."""
    return len(text) > 1 and text not in _departments() and f"\0{text}\0" in _literals()


def _clean(text: str) -> str:
    return re.sub(r"[\d\s ]+", "", text).strip("·：:，。（）()%")


@cache
def _departments() -> frozenset[str]:
    return frozenset(department.name for department in hospital.departments())


@cache
def _literals() -> str:
    """Every Chinese string in templates and code, cleaned alike, between zero bytes."""
    found: set[str] = set()
    for folder in SOURCES:
        for file in sorted((PRODUCT / folder).rglob("*")):
            if (
                file.suffix in {".html", ".py"}
                and "migrations" not in file.parts
                and "demo" not in file.parts
            ):
                found |= _of_file(file.read_text("utf-8"), file.suffix)
    return "\0" + "\0".join(sorted(found)) + "\0"


def _is_story(file: Path) -> bool:
    """What the demo hospital's people say is data."""
    return "migrations" in file.parts or "demo" in file.parts or file.name.startswith("demo")


def _of_file(text: str, suffix: str) -> set[str]:
    quoted = re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'", text)
    pieces = {one or other for one, other in quoted}
    if suffix == ".html":
        pieces |= set(re.findall(r"%}([^{}%<>]+)\{", text)) | set(re.findall(r">([^<>{}]+)<", text))
    return {
        cleaned for piece in pieces if (cleaned := _clean(piece)) and re.search(r"[\u4e00-\u9fff]", cleaned)
    }
