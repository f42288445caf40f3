"""A typed form as fields of a page: what stands in them, what is wrong. The language and the judge are foundation/forms'.

Its answers never become a sheet of the foundation: they are sealed with the incident (see models.reporting).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhikong.foundation.forms import presenting
from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType

KINDS = frozenset(
    {
        *YES_NO, ItemType.CHOICE, ItemType.CHOICES, ItemType.NUMBER, ItemType.TEXT, ItemType.LONG_TEXT,
        ItemType.DATE, ItemType.TIME, ItemType.DATETIME, ItemType.TABLE, ItemType.NOTE,
    }
)  # fmt: skip
"""Types that such a form may use: people, patients, photos and signatures would lead out of the sealed room."""
INPUTS = {ItemType.DATE: "date", ItemType.TIME: "time", ItemType.DATETIME: "datetime-local"}
FEW, SHORT = 5, 6


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool
    note: str = ""


@dataclass(frozen=True)
class Field:
    """One control, as forms/_control.html draws it."""

    item: Item
    name: str
    value: Any
    choices: tuple[Choice, ...] = ()
    is_picked: bool = False

    @property
    def kind(self) -> str:
        return "yes_no" if self.item.type in YES_NO else str(self.item.type)

    @property
    def id(self) -> str:
        return "id_" + self.name.replace(".", "-")

    @property
    def input_type(self) -> str:
        return INPUTS.get(self.item.type, "text")

    @property
    def is_pills(self) -> bool:
        few = self.item.type is ItemType.CHOICE and len(self.choices) <= FEW
        return "." not in self.name and (self.item.type in YES_NO or few)

    @property
    def is_long(self) -> bool:
        return any(len(choice.label) > SHORT for choice in self.choices)


@dataclass(frozen=True)
class Asked:
    """One item of the form on the page."""

    item: Item
    number: str = ""
    field: Field | None = None
    rows: tuple[tuple[Field, ...], ...] = ()
    error: str = ""

    @property
    def has_group(self) -> bool:
        """Drawn as a group with a legend; everything else has one label."""
        several = self.item.type in (ItemType.CHOICES, ItemType.TABLE)
        return several or (self.field is not None and self.field.is_pills)


@dataclass
class Part:
    """A section with the items that are shown."""

    title: str
    items: list[Asked] = field(default_factory=list)


def foreign_items(form: FormDefinition) -> list[Item]:
    """Items of a type that a typed form may not have, also in its tables."""
    items = [one for item in form.items() for one in (item, *item.columns)]
    return [item for item in items if item.type not in KINDS]


def parts(
    form: FormDefinition, values: Mapping[str, Any], visible: frozenset[str], errors: Mapping[str, str]
) -> list[Part]:
    """The form's sections with what stands in their fields; values: stored, or as they were typed."""
    found, number = [], 0
    for section in form.sections:
        part = Part(section.title)
        for item in section.items:
            number += item.has_answer
            if item.id in visible:
                part.items.append(_asked(item, str(number), values.get(item.id), errors.get(item.id, "")))
        if part.items:
            found.append(part)
    return found


def _asked(item: Item, number: str, value: Any, error: str) -> Asked:
    if item.type is ItemType.TABLE:
        rows = value if isinstance(value, list) else []
        wanted = min(max(len(rows) + 1, item.rows_min, 1), item.rows_max)
        rows = [*rows, *({} for _ in range(wanted - len(rows)))]
        cells = tuple(
            tuple(_field(c, f"{item.id}.{n}.{c.id}", row.get(c.id)) for c in item.columns)
            for n, row in enumerate(rows)
        )
        return Asked(item, number, rows=cells, error=error)
    if not item.has_answer:
        return Asked(item)
    return Asked(item, number, field=_field(item, item.id, value), error=error)


def _field(item: Item, name: str, value: Any) -> Field:
    if item.type in YES_NO:
        codes = ("yes", "no", "na") if item.type is ItemType.YES_NO_NA else ("yes", "no")
        words = presenting.YES_NO_WORDS
        return Field(item, name, value, tuple(Choice(c, words[c], value == c) for c in codes))
    chosen = [value] if isinstance(value, str) else (value or [])
    if item.options:
        return Field(item, name, value, tuple(Choice(o.code, o.text, o.code in chosen) for o in item.options))
    return Field(item, name, "" if value is None else value)


@dataclass(frozen=True)
class Line:
    """One answer in words."""

    text: str
    words: str


def lines(form: FormDefinition, values: Mapping[str, Any]) -> list[Line]:
    """What was answered, in the form's order; items without an answer are left out."""
    return [
        Line(item.text, presenting.words(item, values[item.id], {}))
        for item in form.items()
        if item.id in values and item.has_answer
    ]
