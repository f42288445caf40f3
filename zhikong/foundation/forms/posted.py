"""From the fields of a posted page to raw answers by item; the names of the fields are made here too.

A yes/no, choice, text … is one field with the item's id; choices and files repeat it; an observation is `id__n` and
`id__m`; a table is `id.row.column`, rows from 0. The judging itself is answers.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from zhikong.foundation.forms.answers import FILES
from zhikong.foundation.forms.definition.model import Evidence, FormDefinition, Item, ItemType

REVISION = "revision__"
SEVERAL = frozenset({ItemType.CHOICES, ItemType.PHOTO})


class Posted(Protocol):
    """What Django's QueryDict can do and this module needs."""

    def get(self, name: str, default: Any = None) -> Any: ...
    def getlist(self, name: str) -> list[str]: ...
    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Any: ...


def answers(form: FormDefinition, posted: Posted, shown: frozenset[str]) -> dict[str, Any]:
    """Raw answers of the items that the page showed; an empty field takes an answer away."""
    found: dict[str, Any] = {}
    for item in form.items():
        if item.id in shown:
            found |= answer(item, posted)
    return found


def answer(item: Item, posted: Posted) -> dict[str, Any]:
    """The raw answer of one item, and its evidence under `<item>__files`."""
    found: dict[str, Any] = {}
    if item.has_answer and item.type is not ItemType.SIGNATURE:
        found[item.id] = _raw(item, posted)
    if item.evidence is not Evidence.NEVER:
        found[item.id + FILES] = _several(posted, item.id + FILES)
    return found


def _raw(item: Item, posted: Posted) -> Any:
    if item.type in SEVERAL:
        return _several(posted, item.id)
    if item.type is ItemType.OBSERVATION:
        n, m = posted.get(f"{item.id}__n", ""), posted.get(f"{item.id}__m", "")
        return {"n": n, "m": m} if n.strip() or m.strip() else ""
    if item.type is ItemType.TABLE:
        return table(item, posted)
    if item.type is ItemType.DATETIME:
        return posted.get(item.id, "").replace("T", " ")
    return posted.get(item.id, "")


def _several(posted: Posted, name: str) -> list[str]:
    removed = set(posted.getlist(f"{name}_remove"))
    return [value for value in posted.getlist(name) if value and value not in removed]


def table(item: Item, posted: Posted) -> list[dict[str, Any]]:
    """The rows of a table as they stood on the page, also the empty ones."""
    start, rows = f"{item.id}.", {}
    for name in posted:
        if not name.startswith(start):
            continue
        number, _, column = name.removeprefix(start).partition(".")
        if number.isdigit() and int(number) < 1000:
            rows.setdefault(int(number), {})[column] = _cell(item, column, name, posted)
    return [rows[number] for number in sorted(rows)]


def _cell(item: Item, column_id: str, name: str, posted: Posted) -> Any:
    column = next((c for c in item.columns if c.id == column_id), None)
    if column is not None and column.type is ItemType.CHOICES:
        return posted.getlist(name)
    return posted.get(name, "")


def revisions(posted: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, int]:
    """On which revision each answer was typed; the evidence of an item goes with its item."""
    found = {}
    for name in names:
        said = str(posted.get(REVISION + name.removesuffix(FILES), ""))
        if said.isdigit():
            found[name] = int(said)
    return found
