"""A form as the phone needs it: plain JSON, with the condition of an item as a tree that asks no parser of the phone.

Points stay text, so that no digit is lost on the way. What the phone computes from this is shown while filling; the
server judges and scores every answer again.
"""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from zhikong.engine.definitions.nodes import Node, Ref, Value
from zhikong.engine.tables import Type
from zhikong.foundation.forms import scoring
from zhikong.foundation.forms.definition.model import FormDefinition, Item, Section
from zhikong.foundation.forms.policies.model import GradePolicy


def form_json(form: FormDefinition, policy: GradePolicy | None = None) -> dict[str, Any]:
    """The definition of one version of a form: sections, items, conditions, points, vetoes, grades."""
    return {
        "id": form.id,
        "version": form.version,
        "title": form.title,
        "purpose": form.purpose,
        "full_score": _number(form.full_score),
        "pass_score": _number(form.pass_score),
        "grades": [{"at_least": str(grade.at_least), "name": grade.name} for grade in form.grades],
        "policy": None if policy is None else _policy(policy),
        "sections": [_section(section, policy) for section in form.sections],
    }


def _section(section: Section, policy: GradePolicy | None) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "help": section.help,
        "cap": _number(section.cap),
        "scoring": str(section.scoring),
        "items": [_item(item, policy) for item in section.items],
    }


def _item(item: Item, policy: GradePolicy | None) -> dict[str, Any]:
    points = item.points
    return {
        "id": item.id,
        "type": str(item.type),
        "text": item.text,
        "help": item.help,
        "required": item.required,
        "clause": item.clause,
        "severity": str(item.severity or ""),
        "check": str(item.check or ""),
        "evidence": str(item.evidence),
        "show_if": None if item.condition is None else tree(item.condition.node),
        "points": None
        if points is None
        else {"full": str(points.full), "when_no": str(points.when_no), "each": _number(points.each)},
        "veto": _veto(item, policy),
        "options": [{"code": o.code, "text": o.text, "score": _number(o.score)} for o in item.options],
        "unit": item.unit,
        "min": _number(item.min),
        "max": _number(item.max),
        "decimals": item.decimals,
        "of": item.of,
        "columns": [_item(column, policy) for column in item.columns],
        "rows_min": item.rows_min,
        "rows_max": item.rows_max,
        "fixed": list(item.fixed),
    }


def _veto(item: Item, policy: GradePolicy | None) -> dict[str, Any] | None:
    if not item.veto:
        return None
    return {
        "effect": str(item.veto.effect),
        "points": _number(item.veto.points),
        "list": item.veto_list,
        "sentence": scoring.veto_sentence(item, policy),
    }


def _policy(policy: GradePolicy) -> dict[str, Any]:
    return {
        "grades": [{"at_least": str(grade.at_least), "name": grade.name} for grade in policy.grades],
        "vetoes": [
            {
                "at_least": rule.at_least,
                "list": rule.list,
                "deduct": _number(rule.deduct),
                "cap": _number(rule.cap),
                "grade": rule.grade,
            }
            for rule in policy.vetoes
        ],
    }


def tree(node: Node) -> dict[str, Any]:
    """A condition as nested JSON: `node` names the kind, the rest are its parts."""
    if isinstance(node, Value):
        return {
            "node": "Value",
            "value": float(node.value) if isinstance(node.value, Decimal) else node.value,
        }
    if isinstance(node, Ref):
        return {"node": "Ref", "name": node.column, "date": node.of is Type.DATE}
    found: dict[str, Any] = {"node": type(node).__name__}
    for field in fields(node):
        found[field.name] = _part(getattr(node, field.name))
    return found


def _part(value: Any) -> Any:
    if isinstance(value, Node):
        return tree(value)
    return [_part(one) for one in value] if isinstance(value, tuple) else value


def _number(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
