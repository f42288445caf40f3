"""A definition as YAML again: what the builder saves and an export carries. Reading it gives the same form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import yaml

from zhikong.foundation.forms.definition.model import (
    SCORABLE,
    Effect,
    Evidence,
    FormDefinition,
    Item,
    ItemType,
    Option,
    Scoring,
    Section,
    Veto,
)

Data = dict[str, Any]


def to_text(form: FormDefinition) -> str:
    """The form as YAML, keys in the order of the manual; comments of the file it came from are lost."""
    return yaml.safe_dump(to_data(form), allow_unicode=True, sort_keys=False, width=110)


def to_data(form: FormDefinition) -> Data:
    """The form as plain values; what stands at its default is left out."""
    return _without_nothing(
        {
            "id": form.id,
            "version": form.version,
            "kind": str(form.kind),
            "title": dict(form.titles),
            "purpose": form.purpose,
            "source": _without_nothing(
                {"document": form.source.document, "clause": form.source.clause, "mark": form.source.mark}
            ),
            "owner": form.owner,
            "checker": form.checker,
            "next_review": form.next_review,
            "subject": str(form.subject),
            "fill": list(form.fill),
            "number": form.number,
            "notes": form.notes,
            "full_score": _number(form.full_score),
            "pass_score": _number(form.pass_score),
            "grades": [{"at_least": _number(g.at_least), "name": g.name} for g in form.grades],
            "sections": [_section(section) for section in form.sections],
        }
    )


def _section(section: Section) -> Data:
    return _without_nothing(
        {
            "id": section.id,
            "title": section.title,
            "help": section.help,
            "cap": _number(section.cap),
            "scoring": "" if section.scoring is Scoring.DEDUCT else str(section.scoring),
            "part": str(section.part or ""),
            "items": [item_data(item) for item in section.items],
        }
    )


def item_data(item: Item) -> Data:
    """One item as plain values."""
    default = item.type in SCORABLE and item.is_scored
    rows = {"min": item.rows_min, "max": item.rows_max}
    return _without_nothing(
        {
            "id": item.id,
            "type": str(item.type),
            "text": item.text,
            "help": item.help,
            "required": None if item.required == default else item.required,
            "score": _points(item),
            "veto": _veto(item.veto),
            "veto_list": item.veto_list,
            "rules": list(item.rules),
            "evidence": "" if item.evidence is Evidence.NEVER else str(item.evidence),
            "clause": item.clause,
            "severity": str(item.severity or ""),
            "check": str(item.check or ""),
            "mark": item.mark,
            "show_if": item.show_if,
            "options": [_option(option) for option in item.options],
            "unit": item.unit,
            "min": _number(item.min),
            "max": _number(item.max),
            "decimals": item.decimals or None,
            "of": item.of,
            "columns": [item_data(column) for column in item.columns],
            "rows": rows if item.type is ItemType.TABLE and rows != {"min": 0, "max": 50} else None,
            "fixed": list(item.fixed),
        }
    )


def _option(option: Option) -> Data:
    return _without_nothing({"code": option.code, "text": option.text, "score": _number(option.score)})


def _points(item: Item) -> Data | None:
    if item.points is None:
        return None
    points = item.points
    return _without_nothing(
        {
            "full": _number(points.full),
            "when_no": _number(points.when_no) or None,
            "each": _number(points.each),
        }
    )


def _veto(veto: Veto) -> str | Data | None:
    if veto.effect is Effect.NONE:
        return None
    return str(veto.effect) if veto.points is None else {str(veto.effect): _number(veto.points)}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _without_nothing(data: Data) -> Data:
    return {key: value for key, value in data.items() if value is not None and value not in ("", [], {})}
