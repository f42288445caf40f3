"""A draft in which the checks of shape found nothing becomes a FormDefinition; conditions are bound last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from zhikong.engine import conditions
from zhikong.foundation.forms.definition.draft import Draft, Raw
from zhikong.foundation.forms.definition.model import (
    SCORABLE,
    Effect,
    Evidence,
    FormDefinition,
    FormKind,
    Grade,
    Item,
    ItemType,
    Look,
    Option,
    Part,
    Points,
    Scoring,
    Section,
    Severity,
    Source,
    Subject,
    Veto,
)
from zhikong.foundation.forms.definition.names import names_of


def build(draft: Draft) -> FormDefinition:
    """The definition of a checked draft. Raises ExpressionError when a condition was not checked before."""
    data = draft.data
    return FormDefinition(
        id=data["id"],
        version=data["version"],
        kind=FormKind(data["kind"]),
        titles=dict(data["title"]),
        purpose=data["purpose"].strip(),
        source=Source(**data["source"]),
        owner=data["owner"],
        checker=data["checker"],
        next_review=data["next_review"],
        sections=_bound(section(raw) for raw in data["sections"]),
        subject=Subject(data.get("subject", Subject.DEPARTMENT)),
        fill=tuple(data.get("fill") or ()),
        full_score=number(data.get("full_score")),
        pass_score=number(data.get("pass_score")),
        grades=tuple(Grade(number(g["at_least"]), g["name"]) for g in data.get("grades") or ()),
        number=data.get("number", ""),
        notes=(data.get("notes") or "").strip(),
    )


def number(value: float | None) -> Decimal | None:
    """The exact decimal that was written; a float's own digits would show its binary rest."""
    return None if value is None else Decimal(str(value))


def section(raw: Raw) -> Section:
    return Section(
        id=raw["id"],
        title=raw["title"].strip(),
        items=tuple(item(one) for one in raw["items"]),
        help=raw.get("help", ""),
        cap=number(raw.get("cap")),
        scoring=Scoring(raw.get("scoring", Scoring.DEDUCT)),
        part=Part(raw["part"]) if raw.get("part") else None,
    )


def item(raw: Raw) -> Item:
    """One item without its bound condition."""
    points, options = _points(raw), tuple(_option(o) for o in raw.get("options") or ())
    kind = ItemType(raw["type"])
    scored = kind in SCORABLE and (points is not None or any(o.score is not None for o in options))
    rows = raw.get("rows") or {}
    return Item(
        id=raw["id"],
        type=kind,
        text=raw["text"].strip(),
        help=raw.get("help", ""),
        required=raw.get("required", scored),
        points=points,
        veto=veto(raw.get("veto")),
        veto_list=raw.get("veto_list", ""),
        rules=tuple(str(one) for one in raw.get("rules") or ()),
        evidence=Evidence(raw.get("evidence", Evidence.NEVER)),
        clause=raw.get("clause", ""),
        severity=Severity(raw["severity"]) if raw.get("severity") else None,
        check=Look(raw["check"]) if raw.get("check") else None,
        mark=raw.get("mark", ""),
        show_if=raw.get("show_if", "").strip(),
        options=options,
        unit=raw.get("unit", ""),
        min=number(raw.get("min")),
        max=number(raw.get("max")),
        decimals=raw.get("decimals", 0),
        of=raw.get("of"),
        columns=tuple(item(column) for column in raw.get("columns") or ()),
        rows_min=rows.get("min", 0),
        rows_max=rows.get("max", 50),
        fixed=tuple(str(name) for name in raw.get("fixed") or ()),
    )


def _option(raw: Raw) -> Option:
    return Option(raw["code"], raw["text"].strip(), number(raw.get("score")))


def _points(raw: Raw) -> Points | None:
    score = raw.get("score")
    if score is None:
        return None
    return Points(number(score["full"]), number(score.get("when_no", 0)), number(score.get("each")))


def veto(raw: Any) -> Veto:
    """`fail`, or `{cap: 60}` and `{deduct: 10}`."""
    if not raw:
        return Veto()
    if isinstance(raw, str):
        return Veto(Effect(raw))
    ((effect, points),) = raw.items()
    return Veto(Effect(effect), number(points))


def _bound(sections: Iterable[Section]) -> tuple[Section, ...]:
    above: list[Item] = []
    found = []
    for one in sections:
        items = []
        for entry in one.items:
            items.append(_with_condition(entry, above))
            above.append(entry)
        found.append(replace(one, items=tuple(items)))
    return tuple(found)


def _with_condition(entry: Item, above: list[Item]) -> Item:
    if not entry.show_if:
        return entry
    return replace(entry, condition=conditions.read(entry.show_if, names_of(above)))
