"""The hash of a definition: equal when, and only when, the same rows give the same number and unit."""

from __future__ import annotations

import json
from decimal import Decimal

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.model import Exclusion, Measure
from zhikong.engine.definitions.nodes import Node


def _text(node: Node | None) -> str | None:
    return None if node is None else canonical.text(node)


def _measure(measure: Measure | None) -> list[str | None] | None:
    return None if measure is None else [measure.how, _text(measure.expression)]


def definition_hash(
    *,
    table: str,
    date: Node,
    department: Node | None,
    kind: str,
    population: Node | None,
    exclusions: tuple[Exclusion, ...],
    numerator: Measure,
    denominator: Measure | None,
    multiplier: Decimal,
    unit: str,
) -> str:
    """Sixteen hex digits over the canonical meaning. Names, prose, owners and targets do not enter."""
    meaning = {
        "language": 1,  # raise when an expression's meaning changes, so that old results stay apart
        "table": table,
        "date": _text(date),
        "department": _text(department),
        "kind": kind,
        "population": _text(population),
        "exclusions": sorted({canonical.text(e.when) for e in exclusions}),
        "numerator": _measure(numerator),
        "denominator": _measure(denominator),
        "multiplier": format(multiplier.normalize(), "f"),
        "unit": unit,
    }
    return canonical.digest(json.dumps(meaning, sort_keys=True, ensure_ascii=False))
