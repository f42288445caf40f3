"""What the definition language means: every paragraph of the manual holds on every backend."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.spec.chapters import contents
from tests.spec.drawn import Paragraph
from tests.spec.running import number, of_paragraph, run, truth

BACKENDS = ("reference", "duckdb", "vector")
PARAGRAPHS = [p for chapter in contents.CHAPTERS for p in chapter.paragraphs]
BY_EXPRESSION = [p for p in PARAGRAPHS if p.expression]
BY_DEFINITION = [p for p in PARAGRAPHS if p.definition]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("paragraph", BY_EXPRESSION, ids=lambda p: p.title)
def test_expression(paragraph: Paragraph, backend: str) -> None:
    expected = paragraph.expected()
    evaluate = truth if set(expected) <= {"是", "否"} else number
    assert evaluate(paragraph, backend) == expected


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("paragraph", BY_DEFINITION, ids=lambda p: p.title)
def test_definition(paragraph: Paragraph, backend: str) -> None:
    results = run(of_paragraph(paragraph), paragraph, backend)
    (found,) = [r for r in results if (r.department, r.stratum) == (paragraph.department, paragraph.stratum)]
    gives = {k: v for k, v in paragraph.gives.items() if k != "missing"}
    for name, expected in gives.items():
        got = found.reason and found.reason.kind if name == "reason" else getattr(found, name)
        assert got == (Decimal(expected) if name == "value" and expected else expected), name
    if "reason" not in gives:
        assert found.reason is None


def test_every_paragraph_proves_something() -> None:
    assert all(bool(p.expression) != bool(p.definition) for p in PARAGRAPHS)
    assert all(p.gives for p in BY_DEFINITION)
    assert all(any(p.expected()) for p in BY_EXPRESSION)
    titles = [p.title for p in PARAGRAPHS]
    assert len(set(titles)) == len(titles)
