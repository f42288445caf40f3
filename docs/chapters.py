"""Prints the paragraphs that tests/spec proves on every backend: what the language means, with the rows that show it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.spec.chapters import contents
from tests.spec.drawn import Chapter, Paragraph

RESULTS = {"numerator": "分子", "denominator": "分母", "value": "值"}


def lines() -> Iterator[str]:
    """All chapters as Markdown, one section each."""
    for chapter in contents.CHAPTERS:
        yield from _chapter(chapter)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield from (f"## {chapter.title}", "", chapter.text, "")
    for paragraph in chapter.paragraphs:
        yield from (f"### {paragraph.title}", "", paragraph.text, "")
        yield from _asked(paragraph)
        for block in paragraph.drawing.strip().split("\n\n"):
            yield from _table(block)
        if paragraph.gives:
            yield from (f"得到：{_gives(paragraph)}。", "")


def _asked(paragraph: Paragraph) -> Iterator[str]:
    if paragraph.expression:
        yield from ("```text", paragraph.expression, "```", "")
    for said in (*paragraph.rules, *paragraph.beside):
        beside = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100).rstrip("\n")
        yield from ("其中：", "", "```yaml", beside, "```", "")
    if paragraph.definition:
        written = yaml.safe_dump(paragraph.definition, allow_unicode=True, sort_keys=False, width=100)
        yield from ("```yaml", written.rstrip("\n"), "```", "")


def _table(block: str) -> Iterator[str]:
    """One drawn table; its column `=` is what the expression gives for the row."""
    name, header, *rows = (line.strip() for line in block.strip().splitlines())
    yield from (f"`{name}`", "")
    yield _row("结果" if cell == "=" else cell for cell in _cells(header))
    yield "|" + "---|" * len(_cells(header))
    yield from (_row(_cells(row)) for row in rows)
    yield ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _row(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def _gives(paragraph: Paragraph) -> str:
    where = [f"科室 {paragraph.department}"] if paragraph.department else []
    where += [f"按 {paragraph.split_by} 分层，取值 {paragraph.stratum}"] if paragraph.split_by else []
    numbers = [
        f"{RESULTS[name]} {told}"
        for name, told in paragraph.gives.items()
        if name in RESULTS and told is not None
    ]
    reason = paragraph.gives.get("reason")
    return "，".join([*where, *numbers, *([f"不能计算（`{reason}`）"] if reason else [])])
