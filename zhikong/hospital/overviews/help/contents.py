"""Which guides there are, in which order, for whom; where they lie; what their headings are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import yaml

from zhikong.hospital.overviews.help.reading import Block, blocks, plain

PACKAGED = Path(__file__).with_name("guide")
TREE = Path(__file__).resolve().parents[4] / "docs"


@dataclass(frozen=True)
class Page:
    """One guide. name: its path without .md; roles: codes of the roles whose daily work it tells; printed: in the manual."""

    name: str
    title: str
    about: str
    roles: tuple[str, ...] = ()
    printed: bool = True

    @property
    def blocks(self) -> tuple[Block, ...]:
        return _blocks(self.name)


@dataclass(frozen=True)
class Chapter:
    """A heading of the contents with its pages."""

    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Heading:
    """A place that the search finds."""

    page: Page
    title: str
    anchor: str


def folder() -> Path:
    """The folder that holds guide/ and pictures/jobs/: inside an installed package, or docs/ of a working tree."""
    return PACKAGED if PACKAGED.is_dir() else TREE


@cache
def chapters() -> tuple[Chapter, ...]:
    """The contents, as contents.yaml lists them."""
    listed = yaml.safe_load((folder() / "guide" / "contents.yaml").read_text("utf-8"))
    return tuple(Chapter(one["title"], tuple(_page(page) for page in one["pages"])) for one in listed)


def _page(listed: dict) -> Page:
    roles = tuple(listed.get("roles", ()))
    first = next(block for block in _blocks(listed["name"]) if block.kind == "heading")
    return Page(listed["name"], plain(first.spans), listed["about"], roles, listed.get("printed", True))


@cache
def _blocks(name: str) -> tuple[Block, ...]:
    return tuple(blocks((folder() / "guide" / f"{name}.md").read_text("utf-8")))


def pages() -> Iterator[Page]:
    for chapter in chapters():
        yield from chapter.pages


def page_named(name: str) -> Page | None:
    """The guide of this name; None when there is none: only listed names are ever opened as files."""
    return next((page for page in pages() if page.name == name), None)


def page_of_role(code: str) -> Page | None:
    """The daily work of a role."""
    return next((page for page in pages() if code in page.roles), None)


@cache
def headings() -> tuple[Heading, ...]:
    """Every heading of every guide below its title."""
    return tuple(
        Heading(page, plain(block.spans), block.anchor)
        for page in pages()
        for block in page.blocks
        if block.kind == "heading" and block.level > 1
    )


def found(words: str) -> list[Heading]:
    """Headings that hold every one of the words; a page's title counts for its headings' words too."""
    asked = words.lower().split()
    titles = [Heading(page, page.title, "") for page in pages()]
    return [one for one in (*titles, *headings()) if asked and _holds(one, asked)]


def _holds(one: Heading, asked: list[str]) -> bool:
    own, above = one.title.lower(), one.page.title.lower()
    return any(word in own for word in asked) and all(word in own or word in above for word in asked)


def picture(name: str) -> Path | None:
    """The file of a picture, when a guide shows one of this name."""
    file = folder() / "pictures" / "jobs" / f"{name}.png"
    return file if name.replace("-", "").replace("_", "").isalnum() and file.is_file() else None


def resolved(inside: Page, link: str) -> str:
    """Where a link of a page leads, from the folder of all guides: ../install.md in jobs/nurse → install.md."""
    parts: list[str] = []
    for part in (*PurePosixPath(inside.name).parent.parts, *PurePosixPath(link).parts):
        if part != "..":
            parts.append(part)
        elif parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append("..")
    return "/".join(part for part in parts if part != ".")
