"""The names that a show-if may use: the items above it, and today. The engine's language judges them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from zhikong.engine.conditions import Name
from zhikong.engine.tables import Type
from zhikong.foundation.forms.definition.model import YES_NO, Item, ItemType

TODAY = "today"
PLAIN = {
    ItemType.TEXT: Type.TEXT,
    ItemType.LONG_TEXT: Type.TEXT,
    ItemType.DATE: Type.DATE,
    ItemType.TIME: Type.TEXT,
    ItemType.DATETIME: Type.TIMESTAMP,
    ItemType.PERSON: Type.INT,
    ItemType.DEPARTMENT: Type.INT,
}


def names_of(items: Iterable[Item]) -> dict[str, Name]:
    """Names of the given items and of what is built in, with their types and choices."""
    found = {TODAY: Name(Type.DATE, "今天")}
    for item in items:
        found |= _names(item)
    return found


def _names(item: Item) -> dict[str, Name]:
    if item.type in YES_NO:
        codes = ("yes", "no", "na") if item.type is ItemType.YES_NO_NA else ("yes", "no")
        return {item.id: Name(Type.TEXT, item.text, codes)}
    if item.type is ItemType.CHOICE:
        return {item.id: Name(Type.TEXT, item.text, tuple(o.code for o in item.options))}
    if item.type is ItemType.CHOICES:
        return {f"{item.id}__{o.code}": Name(Type.BOOL, o.text) for o in item.options}
    if item.type is ItemType.NUMBER:
        return {item.id: Name(Type.FLOAT if item.decimals else Type.INT, item.text)}
    if item.type is ItemType.OBSERVATION:
        return {f"{item.id}__{part}": Name(Type.INT, item.text) for part in ("n", "m")}
    return {item.id: Name(PLAIN[item.type], item.text)} if item.type in PLAIN else {}


def values_of(items: Iterable[Item], answers: Mapping[str, Any], today: date | None) -> dict[str, Any]:
    """Clean answers as values for a condition; what is not answered is left out and so unknown."""
    found: dict[str, Any] = {TODAY: today}
    for item in items:
        if item.id in answers:
            found |= _values(item, answers[item.id])
    return found


def _values(item: Item, answer: Any) -> dict[str, Any]:
    if item.type is ItemType.CHOICES:
        return {f"{item.id}__{o.code}": o.code in answer for o in item.options}
    if item.type is ItemType.OBSERVATION:
        return {f"{item.id}__n": answer["n"], f"{item.id}__m": answer["m"]}
    if item.type is ItemType.DATE:
        return {item.id: date.fromisoformat(answer)}
    if item.type is ItemType.DATETIME:
        return {item.id: datetime.fromisoformat(answer)}
    return {item.id: answer} if item.type in _BARE else {}


_BARE = {*YES_NO, ItemType.CHOICE, ItemType.NUMBER, *PLAIN}
