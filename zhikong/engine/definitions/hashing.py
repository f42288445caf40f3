"""The hash of a definition: equal when, and only when, the same rows give the same number and unit."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.kinds import AbsentPart, Kind, NoRows, NumeratorOf, Rank
from zhikong.engine.definitions.model import Definition, Exclusion, Measure, Per
from zhikong.engine.definitions.nodes import Node

UNSAID: dict[str, Any] = {
    "exceptions": (),
    "numerator_of": NumeratorOf.AFTER_EXCLUSIONS,
    "no_rows": NoRows.NO_DATA,
    "percentile": None,
    "rank": Rank.N_PLUS_1,
    "per": None,
    "rule": None,
    "parts": (),
    "absent_part": AbsentPart.CANNOT_COMPUTE,
    "growth": None,
}
"""What later fields mean when nothing is said: they enter only when more is said, so that older hashes stand."""


def _text(node: Node | None) -> str | None:
    return None if node is None else canonical.text(node)


def _measure(measure: Measure | None) -> list[str | None] | None:
    if measure is None:
        return None
    where = [] if measure.where is None else [_text(measure.where)]
    return [measure.how, _text(measure.expression), *where]


def _exclusions(exclusions: tuple[Exclusion, ...]) -> list[str]:
    return sorted({canonical.text(e.when) for e in exclusions})


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
    **further: Any,
) -> str:
    """Sixteen hex digits over the canonical meaning. Names, prose, owners and targets do not enter."""
    meaning = {
        "language": 1,  # raise when an expression's meaning changes, so that old results stay apart
        "table": table,
        "date": _text(date),
        "department": _text(department),
        "kind": kind,
        "population": _text(population),
        "exclusions": _exclusions(exclusions),
        "numerator": _measure(numerator),
        "denominator": _measure(denominator),
        "multiplier": _plain(multiplier),
        "unit": unit,
    }
    said = {name: value for name, value in further.items() if value != UNSAID[name]}
    if kind == Kind.PERCENTILE:
        said["rank"] = further.get("rank", Rank.N_PLUS_1)
    meaning |= {name: _meaning(value) for name, value in said.items()}
    return canonical.digest(json.dumps(meaning, sort_keys=True, ensure_ascii=False))


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _meaning(value: Any) -> Any:
    """A field's meaning as plain values; another definition or rule stands by its own hash."""
    if isinstance(value, Definition) or hasattr(value, "hash"):
        return value.hash
    if isinstance(value, Per):
        parts = [value.table, _text(value.date), _text(value.department), _measure(value.measure)]
        return [*parts, _text(value.population), _exclusions(value.exclusions)]
    if isinstance(value, tuple) and value and isinstance(value[0], Exclusion):
        return _exclusions(value)
    if isinstance(value, (tuple, list)):
        return [_meaning(item) for item in value]
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {f.name: _meaning(getattr(value, f.name)) for f in fields(value)}
    return value
