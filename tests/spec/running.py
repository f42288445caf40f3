"""Runs a paragraph on a backend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.spec.drawn import Paragraph
from zhikong.engine.backends.source import Source
from zhikong.engine.compute import Result, compute
from zhikong.engine.definitions.building import build
from zhikong.engine.definitions.checks import problems_of
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import FIELDS
from zhikong.engine.definitions.functions import code_range
from zhikong.engine.definitions.kinds import DERIVED, Kind
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.model import Definition
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.record_rules.model import RecordRule
from zhikong.engine.record_rules.reading import rule_of
from zhikong.engine.tables import TABLES

USUAL = {
    "version": 1,
    "status": "draft",
    "name": {"zh": "例"},
    "why": "例",
    "source": {"document": "手册", "mark": "memory"},
    "owner": "quality_office",
    "checker": "medical_affairs",
    "next_review": date(2100, 1, 1),
    "table": "stays",
    "date": "discharged_at",
    "department": "discharge_department",
    "kind": "ratio",
    "numerator": {"rows": True},
    "denominator": {"rows": True},
    "multiplier": 1,
    "unit": "例",
    "direction": "monitor",
}
HEART = (code_range("I20-I25"), code_range("I50"))
CODES = {"heart": HEART, "heart@2011": HEART, "heart@2002": (code_range("I20-I25"),)}


RULE = {
    "version": 1,
    "status": "draft",
    "kind": "row",
    "title": "例",
    "why": "例",
    "source": {"document": "手册", "mark": "memory"},
    "owner": "quality_office",
    "checker": "medical_affairs",
    "next_review": date(2100, 1, 1),
    "severity": "error",
    "points": 1,
    "message": "例",
}
OF_RESULTS = {"multiplier", *(name for name, field in FIELDS.items() if Kind.COMPOSITE not in field.kinds)}


def define(*, indicators: Mapping[str, Definition] | None = None, rules: Mapping[str, RecordRule] | None = None,
           **said: Any) -> Definition:  # fmt: skip
    """A definition with the usual fields where nothing else is said. A field given as None is left out."""
    usual = {k: v for k, v in USUAL.items() if k not in OF_RESULTS or said.get("kind") not in DERIVED}
    data = {"id": "example"} | usual | said
    data = {key: value for key, value in data.items() if value is not None or key == "department"}
    draft = Draft(Located(Path(f"{data['id']}.yaml"), data), "manual", CODES, rules or {}, indicators or {})
    problems = problems_of(draft)
    assert problems == [], [str(p) for p in problems]
    return build(draft)


def of_paragraph(paragraph: Paragraph) -> Definition:
    """The paragraph's definition with what it stands on."""
    indicators = {said["id"]: define(**said) for said in paragraph.beside}
    rules = {said["id"]: rule(**said) for said in paragraph.rules}
    return define(indicators=indicators, rules=rules, **paragraph.definition)


def rule(**said: Any) -> RecordRule:
    """A record rule with the usual fields where nothing else is said."""
    found = rule_of(Located(Path(f"{said['id']}.yaml"), RULE | said), CODES)
    assert isinstance(found, RecordRule), [str(p) for p in found]
    return found


def run(definition: Definition, paragraph: Paragraph, backend: str) -> list[Result]:
    """All results of the paragraph's month. Tables that are read but not drawn are empty."""
    tables = {name: [] for name in needs_of(definition)} if not paragraph.gives.get("missing") else {}
    return compute(
        [definition],
        source=Source.of_rows(tables | paragraph.tables()),
        months=(paragraph.month, paragraph.month),
        now=datetime(2026, 11, 1, tzinfo=UTC),
        data_version="spec",
        backend=backend,
        stratum=paragraph.split_by,
    ).rows


def truth(paragraph: Paragraph, backend: str) -> list[str]:
    """What a condition gives for each row of the first table: 是 or 否.

    Each row is made its own group, by taking its key for its department.
    """
    first = next(iter(paragraph.tables()))
    definition = define(
        kind="count", numerator={"count": paragraph.expression}, denominator=None, **_apart(first)
    )
    found = {r.department: r.numerator for r in run(definition, paragraph, backend)}
    return ["是" if found[key] else "否" for key in _keys(paragraph, first)]


def number(paragraph: Paragraph, backend: str) -> list[str]:
    """What a whole-number expression gives for each row; empty for unknown."""
    first = next(iter(paragraph.tables()))
    definition = define(kind="mean", numerator={"sum": paragraph.expression}, **_apart(first))
    found = {r.department: r for r in run(definition, paragraph, backend)}
    shown = (found[key] for key in _keys(paragraph, first))
    return ["" if r.reason else str(r.numerator) for r in shown]


def _apart(table: str) -> dict[str, str]:
    if TABLES[table].child_of:
        return {"table": table, "date": "stay.discharged_at", "department": _key(table)}
    return {"table": table, "department": _key(table)}


def _key(table: str) -> str:
    return {"stays": "stay_id", "results": "item", "documents": "document_id"}[table]


def _keys(paragraph: Paragraph, table: str) -> list[str]:
    return [row[_key(table)] for row in paragraph.tables()[table]]
