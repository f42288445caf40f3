"""A checked draft becomes a Definition."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions.checks.rates import COUNTED, per_scope
from zhikong.engine.definitions.draft import Draft, bound_column, bound_measure
from zhikong.engine.definitions.goals import Change, Score
from zhikong.engine.definitions.hashing import definition_hash
from zhikong.engine.definitions.kinds import (
    AbsentPart,
    Direction,
    How,
    Kind,
    Mark,
    NoRows,
    NumeratorOf,
    Rank,
    Status,
)
from zhikong.engine.definitions.model import (
    Definition,
    Exclusion,
    Growth,
    Measure,
    Origin,
    Part,
    Per,
    Stratum,
)
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.definitions.scores import score_of
from zhikong.engine.definitions.strata import OWN, bound_stratum
from zhikong.engine.definitions.targets import target_of


def build(draft: Draft) -> Definition:
    """The definition of a draft in which the checks found nothing."""
    data = draft.data
    meaning = _derived(draft) if draft.derived else _counted(draft)
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
        strata_of=_strata(draft),
        **meaning,
    )


def _counted(draft: Draft) -> dict[str, Any]:
    """The fields that decide the number: the arguments of `definition_hash`."""
    data = draft.data
    return {
        "table": data["table"],
        "date": draft.column("date"),
        "department": None if data["department"] is None else draft.column("department"),
        "kind": draft.kind,
        "population": _population(draft),
        "exclusions": _exclusions(data.get("exclusions"), draft.scope),
        "exceptions": _exclusions(data.get("exceptions"), draft.scope),
        "numerator": _required(draft.measure("numerator")),
        "denominator": draft.measure("denominator"),
        "numerator_of": NumeratorOf(data.get("numerator_of", NumeratorOf.AFTER_EXCLUSIONS)),
        "no_rows": NoRows(data.get("no_rows", NoRows.NO_DATA)),
        "percentile": Decimal(str(data["percentile"])) if draft.kind is Kind.PERCENTILE else None,
        "rank": Rank(data.get("rank", Rank.N_PLUS_1)),
        "per": _per(draft),
        "rule": draft.rules[draft.passes] if draft.passes else None,
        "multiplier": Decimal(str(data["multiplier"])),
        "unit": data["unit"].strip(),
    }


def _derived(draft: Draft) -> dict[str, Any]:
    """The same for a composite or a growth: table, date and department are those of its first indicator."""
    data = draft.data
    parts, growth = _parts(draft), _growth(draft)
    first = growth.of if growth else parts[0].of
    return {
        "table": first.table,
        "date": first.date,
        "department": first.department,
        "kind": draft.kind,
        "population": None,
        "exclusions": (),
        "numerator": Measure(How.RESULTS),
        "denominator": None,
        "parts": parts,
        "absent_part": AbsentPart(data.get("missing_part", AbsentPart.CANNOT_COMPUTE)),
        "growth": growth,
        "multiplier": Decimal(str(data.get("multiplier", 1))),
        "unit": data["unit"].strip(),
    }


def _parts(draft: Draft) -> tuple[Part, ...]:
    return tuple(
        Part(draft.indicators[p["indicator"]], Decimal(str(p["weight"])), _scored(p["score"]))
        for p in draft.data.get("parts") or ()
    )


def _scored(raw: Any) -> Score:
    score = score_of(raw)
    if score is None:
        raise ValueError("a checked draft has scores")
    return score


def _growth(draft: Draft) -> Growth | None:
    if draft.kind is not Kind.GROWTH:
        return None
    data = draft.data
    return Growth(draft.indicators[data["of"]], Change(data["change"]), **data["against"])


def _per(draft: Draft) -> Per | None:
    if draft.kind is not Kind.RATE:
        return None
    raw, scope = draft.data["per"], per_scope(draft)
    department = raw.get("department")
    how = next(key for key in raw if key in COUNTED)
    return Per(
        table=raw["table"],
        date=bound_column(raw["date"], "date", scope),
        department=None if department is None else bound_column(department, "department", scope),
        measure=_required(bound_measure({how: raw[how]}, scope)),
        population=_condition(raw.get("population"), scope),
        exclusions=_exclusions(raw.get("exclusions"), scope),
        population_text=raw.get("population") or "",
    )


def _strata(draft: Draft) -> tuple[Stratum, ...]:
    names = () if draft.derived else draft.data.get("strata") or ()
    return tuple(Stratum(name, bound_stratum(name, draft.scope)) for name in names if name != OWN)


def _required(measure: Measure | None) -> Measure:
    if measure is None:
        raise ValueError("a checked draft has a numerator")
    return measure


def _population(draft: Draft) -> Node | None:
    return _condition(draft.data.get("population"), draft.scope)


def _condition(text: str | None, scope: expressions.Scope) -> Node | None:
    return None if text is None else expressions.condition(text, scope)


def _exclusions(items: list[dict[str, str]] | None, scope: expressions.Scope) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(expressions.condition(item["when"], scope), item["when"], item["why"].strip())
        for item in items or ()
    )


def origin(raw: dict[str, Any]) -> Origin:
    """The source of a definition or preset."""
    return Origin(raw["document"], str(raw.get("clause", "")), Mark(raw["mark"]))


def _targets(data: dict[str, Any]) -> dict[str, Any]:
    read = {level: target_of(raw) for level, raw in (data.get("targets") or {}).items()}
    return {level: target for level, target in read.items() if target is not None}
