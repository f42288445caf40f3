"""The part of a half-written draft that can be shown already: what still has problems is left out and counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.foundation.forms.building import documents, problems
from zhikong.foundation.forms.building.documents import Data
from zhikong.foundation.forms.building.outline import items
from zhikong.foundation.forms.building.scores import with_full_score
from zhikong.foundation.packstore import kinds

ROUNDS = 8
STAND_INS: Data = {
    "kind": "checklist",
    "version": 1,
    "title": {"zh": "（未命名）"},
    "purpose": "（用途未写）",
    "source": {"document": "本院制度", "mark": "memory"},
    "owner": "quality_office",
    "checker": "medical_affairs",
    "next_review": date(2099, 12, 31),
    "subject": "department",
}


@dataclass(frozen=True)
class Presentable:
    """form: a FormDefinition to draw, or None; left_out: how many items are missing from it."""

    form: Any | None
    left_out: int = 0


def of(definition_id: str, text: str, data: Data) -> Presentable:
    """Leave out, round by round, the items and sections that the reading finds fault with."""
    whole = kinds.read("form", definition_id, text)
    if whole.obj is not None:
        return Presentable(whole.obj)
    total = sum(1 for _ in items(data))
    for _round in range(ROUNDS):
        data = with_full_score({**data, "sections": [s for s in data["sections"] if s["items"]]})
        text = documents.write(data)
        reading = kinds.read("form", definition_id, text)
        if reading.obj is not None:
            return Presentable(reading.obj, total - sum(1 for _ in items(data)))
        places = {shown.at for shown in problems.shown(text, data, reading.problems)}
        data = _without(data, places)
    return Presentable(None, total)


def _without(data: Data, places: set[str]) -> Data:
    kept = []
    for section in data["sections"]:
        if f"s.{section.get('id')}" in places:
            section = {"id": section["id"], "title": documents.chinese(section.get("title")) or "（未命名）",
                       "items": section["items"]}  # fmt: skip
        kept.append({**section, "items": [i for i in section["items"] if f"i.{i.get('id')}" not in places]})
    data = {**data, "sections": kept}
    if problems.FORM in places:
        data = {"id": data.get("id"), **STAND_INS, "sections": kept}
    return data
