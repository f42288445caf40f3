"""Each item of a checklist is an indicator: the definition that counts it, made from the form.

Conforming of applicable answers of the contract's table inspection_answers. The same text serves the clause's own
page, the drill-down to rows, and, when somebody wants it watched for good, a draft in the pack store. Pure.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from zhikong.engine.definitions import Definition
from zhikong.engine.definitions.loading import definition_of_text
from zhikong.foundation.forms.definition.model import FormDefinition, Item, ItemType

LONGEST = 60
PACK = "hospital"


def indicator_id(form_id: str, item: str) -> str:
    """check_<form>_<item>; what would be too long is shortened and told apart by a digest."""
    name = f"check_{form_id}_{item}".lower()
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: LONGEST - 9].rstrip('_')}_{digest}"


def clause_text(form: FormDefinition, item_id: str) -> str:
    """The definition as the pack store takes it. Raises LookupError for an item that the form does not have."""
    item = form.item(item_id)
    if item is None:
        raise LookupError(f"{form.id}:{item_id}")
    name = f"{form.title}：{item.text}"[:80]
    said = {
        "id": indicator_id(form.id, item.id), "version": 1, "status": "published", "name": {"zh": name, "en": name},
        "why": f"检查条款“{item.text}”做到的情况。"[:200],
        "source": {
            "document": form.source.document, "clause": item.clause or form.source.clause or item.id,
            "mark": form.source.mark,
        },
        "owner": form.owner, "checker": form.checker, "next_review": form.next_review,
        "table": "inspection_answers", "date": "inspected_on", "department": "department", "kind": "ratio",
        "population": f"form = '{form.id}' and item = '{item.id}'",
        "numerator": {"sum": "conforming"}, "denominator": {"sum": "applicable"},
        "multiplier": 100, "unit": "%", "direction": "up", "strata": ["department"], "chart": "auto",
        "minimum_denominator": 30 if item.type is ItemType.OBSERVATION else 10,
        "notes": _notes(form, item),
    }  # fmt: skip
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1000)


def _notes(form: FormDefinition, item: Item) -> str:
    counted = (
        "做到的例数÷观察的例数" if item.type is ItemType.OBSERVATION else "符合的项次÷符合与不符合的项次"
    )
    return (
        f"由检查表“{form.title}”第 {form.version} 版的条款 {item.id} 生成：{counted}；不适用、未检查的不计。"
    )


def clause_definition(form: FormDefinition, item_id: str) -> Definition:
    """The same as the engine counts it. Raises LookupError, and ValueError when the engine refuses the text."""
    text = clause_text(form, item_id)
    file = Path(f"{indicator_id(form.id, item_id)}.yaml")
    found = definition_of_text(text, file=file, pack=PACK, codes={})
    if isinstance(found, list):
        raise ValueError("；".join(str(problem) for problem in found))
    return found
