"""What the language of clock rules means: every paragraph of its manual holds on every evaluator."""

from __future__ import annotations

import pytest

from tests.spec.clocks.contents import CHAPTERS
from tests.spec.clocks.paragraphs import Paragraph, moment, rule_of
from zhikong.engine.record_rules import Override
from zhikong.engine.record_rules.checking import check, tally

PARAGRAPHS = [paragraph for paragraphs in CHAPTERS.values() for paragraph in paragraphs]


def how(paragraph: Paragraph, backend: str) -> dict:
    return {
        "now": moment(paragraph.now),
        "undelivered": frozenset(paragraph.missing),
        "shift_hours": paragraph.shift_hours,
        "settings": {"manual-rule": Override(limit=paragraph.limit)} if paragraph.limit else {},
        "backend": backend,
    }


@pytest.mark.parametrize("backend", ["reference", "vector"])
@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=lambda p: p.title)
def test_paragraph(paragraph: Paragraph, backend: str) -> None:
    rows = check([rule_of(paragraph)], paragraph.source(), **how(paragraph, backend)).to_pylist()
    found = {row["encounter"]: row for row in rows}
    assert {stay: row["verdict"] for stay, row in found.items()} == paragraph.expected()
    for stay, told in paragraph.tells.items():
        for name, wanted in told.items():
            if name == "reason":
                assert wanted in found[stay]["reason"]
            else:
                assert found[stay][name] == moment(wanted)


@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=lambda p: p.title)
def test_counts_without_rows_are_the_same(paragraph: Paragraph) -> None:
    counts = tally([rule_of(paragraph)], paragraph.source(), **how(paragraph, "vector"))["manual-rule"]
    expected = list(paragraph.expected().values())
    assert dict(counts) == {word: expected.count(word) for word in set(expected)}


def test_paragraphs_have_names_of_their_own() -> None:
    titles = [paragraph.title for paragraph in PARAGRAPHS]
    assert len(set(titles)) == len(titles)
