"""A checked draft becomes a Definition."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.hashing import definition_hash
from zhikong.engine.definitions.model import (
    Definition,
    Direction,
    Exclusion,
    Mark,
    Measure,
    Origin,
    Status,
)
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.definitions.targets import target_of


def build(draft: Draft) -> Definition:
    """The definition of a draft in which the checks found nothing."""
    data = draft.data
    meaning = _meaning(draft)
    return Definition(
        id=data["id"],
        version=data["version"],
        status=Status(data["status"]),
        hash=definition_hash(**meaning),
        name=dict(data["name"]),
        why=data["why"].strip(),
        source=origin(data["source"]),
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        direction=Direction(data["direction"]),
        strata=tuple(data.get("strata") or ()),
        targets=_targets(data),
        chart=data.get("chart", "auto"),
        minimum_denominator=data.get("minimum_denominator"),
        notes=data.get("notes", "").strip(),
        population_text=data.get("population") or "",
        file=draft.located.file,
        pack=draft.pack,
        **meaning,
    )


def _meaning(draft: Draft) -> dict[str, Any]:
    """The fields that decide the number: the arguments of `definition_hash`."""
    data = draft.data
    return {
        "table": data["table"],
        "date": draft.column("date"),
        "department": None if data["department"] is None else draft.column("department"),
        "kind": draft.kind,
        "population": _population(draft),
        "exclusions": _exclusions(draft),
        "numerator": _required(draft.measure("numerator")),
        "denominator": draft.measure("denominator"),
        "multiplier": Decimal(str(data["multiplier"])),
        "unit": data["unit"].strip(),
    }


def _required(measure: Measure | None) -> Measure:
    if measure is None:
        raise ValueError("a checked draft has a numerator")
    return measure


def _population(draft: Draft) -> Node | None:
    text = draft.data.get("population")
    return None if text is None else expressions.condition(text, draft.scope)


def _exclusions(draft: Draft) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(expressions.condition(item["when"], draft.scope), item["when"], item["why"].strip())
        for item in draft.data.get("exclusions") or ()
    )


def origin(raw: dict[str, Any]) -> Origin:
    """The source of a definition or preset."""
    return Origin(raw["document"], str(raw.get("clause", "")), Mark(raw["mark"]))


def _targets(data: dict[str, Any]) -> dict[str, Any]:
    read = {level: target_of(raw) for level, raw in (data.get("targets") or {}).items()}
    return {level: target for level, target in read.items() if target is not None}
