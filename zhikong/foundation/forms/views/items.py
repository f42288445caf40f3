"""One item as the fill page shows it: fields with what stands in them, the error, what is saved, what was lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.files.queries import files
from zhikong.foundation.forms import presenting, queries, references, scoring
from zhikong.foundation.forms.answers import FILES, files_of
from zhikong.foundation.forms.definition.model import (
    YES_NO,
    Evidence,
    FormDefinition,
    Item,
    ItemType,
)
from zhikong.foundation.forms.models import Sheet, SheetEdit
from zhikong.foundation.forms.presenting import Labels

FILE_PURPOSE = "forms.sheet"
PICKED = frozenset({ItemType.PERSON, ItemType.DEPARTMENT, ItemType.PATIENT})
TYPED = frozenset({ItemType.TEXT, ItemType.LONG_TEXT, ItemType.NUMBER, ItemType.OBSERVATION, ItemType.TABLE})
GROUPS = frozenset(
    {ItemType.CHOICES, ItemType.OBSERVATION, ItemType.PHOTO, ItemType.TABLE, ItemType.SIGNATURE}
)
FEW = 5  # options that fit beside each other
SHORT = 6  # characters
INPUT_TYPES = {
    ItemType.DATE: "date",
    ItemType.TIME: "time",
    ItemType.DATETIME: "datetime-local",
}


@dataclass(slots=True)
class Choice:
    value: str
    label: str
    chosen: bool
    note: str = ""


@dataclass(slots=True)
class Field:
    """One control: an item without nesting, or one cell of a table."""

    item: Item
    name: str
    value: Any
    choices: Sequence[Choice] = ()
    search_url: str = ""

    @property
    def kind(self) -> str:
        return "yes_no" if self.item.type in YES_NO else str(self.item.type)

    @property
    def is_pills(self) -> bool:
        """Large buttons side by side; in a table, and with many options, a list is easier to find one's way in."""
        few = self.item.type is ItemType.CHOICE and len(self.choices) <= FEW
        return "." not in self.name and (self.item.type in YES_NO or few)

    @property
    def is_long(self) -> bool:
        """Options that need a line each on a phone."""
        return any(len(choice.label) > SHORT for choice in self.choices)

    @property
    def id(self) -> str:
        return "id_" + self.name.replace(".", "-")

    @property
    def input_type(self) -> str:
        return INPUT_TYPES.get(self.item.type, "text")

    @property
    def is_picked(self) -> bool:
        return self.item.type in PICKED


@dataclass(slots=True)
class Row:
    number: int
    heading: str
    cells: list[Field]


@dataclass(slots=True)
class ItemView:
    """Everything that the template of one item needs; hidden items have nothing but their id."""

    item: Item
    shown: bool
    number: str = ""
    revision: int = 0
    field: Field | None = None
    rows: list[Row] = dataclasses.field(default_factory=list)
    files: list[Any] = dataclasses.field(default_factory=list)
    wants_files: bool = False
    files_required: bool = False
    error: str = ""
    saved: SheetEdit | None = None
    lost: str = ""
    veto: str = ""
    conflict: SheetEdit | None = None
    conflict_words: str = ""
    signature: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        return self.item.id

    @property
    def has_group(self) -> bool:
        """Drawn as a fieldset with a legend; everything else has one label."""
        return self.item.type in GROUPS or (self.field is not None and self.field.is_pills)

    @property
    def trigger(self) -> str:
        """When htmx saves: at once for what is tapped, after a pause for what is typed."""
        if self.item.type in TYPED:
            return "change, input delay:1500ms, retry, counted"
        return "change, attach:changed, retry, cleared"


@dataclass(slots=True)
class Showing:
    """What the views of all items of one page share. sheet None: a preview that stores nothing."""

    form: FormDefinition
    sheet: Sheet | None
    values: Mapping[str, Any]
    visible: frozenset[str]
    by: Any
    now: datetime
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    errors: Mapping[str, str] = dataclasses.field(default_factory=dict)
    conflicts: Mapping[str, SheetEdit] = dataclasses.field(default_factory=dict)
    saved: Mapping[str, SheetEdit] = dataclasses.field(default_factory=dict)
    labels: Labels = dataclasses.field(default_factory=dict)
    offers: dict[ItemType, list[references.Choice]] = dataclasses.field(default_factory=dict)
    patients_listed: bool = False

    def view(self, item: Item, number: str = "") -> ItemView:
        """The view of one item: what was typed if that could not be stored, else what is stored."""
        if item.id not in self.visible:
            return ItemView(item, shown=False)
        value = self.raw.get(item.id, self.values.get(item.id))
        found = ItemView(item, shown=True, number=number, revision=self.sheet.revision if self.sheet else 0)
        found.error = self.errors.get(item.id, "") or self.errors.get(item.id + FILES, "")
        edits = [edit for name in (item.id, item.id + FILES) if (edit := self.saved.get(name))]
        found.saved = max(edits, key=lambda edit: edit.pk, default=None)
        self._answer(found, value)
        self._files(found, value)
        self._judgement(found)
        self._conflict(found)
        return found

    def _answer(self, found: ItemView, value: Any) -> None:
        item = found.item
        if item.type is ItemType.TABLE:
            found.rows = self._rows(item, value if isinstance(value, list) else [])
        elif item.type is ItemType.SIGNATURE:
            found.signature = self.values.get(item.id)
        elif item.has_answer:
            found.field = self._field(item, item.id, value)

    def _rows(self, item: Item, value: list) -> list[Row]:
        least = len(item.fixed) if item.fixed else max(item.rows_min, 1)
        rows = [*value, *({} for _ in range(least - len(value)))]
        return [
            Row(n, item.fixed[n] if n < len(item.fixed) else "", [
                self._field(column, f"{item.id}.{n}.{column.id}", row.get(column.id)) for column in item.columns
            ])
            for n, row in enumerate(rows)
        ]  # fmt: skip

    def _field(self, item: Item, name: str, value: Any) -> Field:
        if item.type in PICKED:
            return Field(item, name, value, self._picks(item, value), self._search_url(item))
        if item.type in YES_NO:
            codes = ("yes", "no", "na") if item.type is ItemType.YES_NO_NA else ("yes", "no")
            return Field(
                item, name, value, [Choice(c, presenting.YES_NO_WORDS[c], value == c) for c in codes]
            )
        chosen = [value] if isinstance(value, str) else (value or [])
        if item.options:
            return Field(item, name, value, [
                Choice(o.code, o.text, o.code in chosen, presenting.points(o.score) if o.score is not None else "")
                for o in item.options
            ])  # fmt: skip
        return Field(item, name, "" if value is None else value)

    def _search_url(self, item: Item) -> str:
        return reverse("forms:pick", args=[self.sheet.pk, str(item.type)]) if self.sheet else ""

    def _picks(self, item: Item, value: Any) -> list[Choice]:
        """The chosen one first, then what a picker offers before anything is typed."""
        picked = "" if value is None else str(value)
        known = self.labels.get((item.type, picked), "")
        first = [Choice(picked, known or _("已选"), True)] if picked else []
        return first + [
            Choice(c.value, c.label, False, c.note) for c in self._offered(item.type) if c.value != picked
        ]

    def _offered(self, kind: ItemType) -> list[references.Choice]:
        """Patients are listed only when asked for: each list of clear names is a logged look."""
        if self.sheet is None or (kind is ItemType.PATIENT and not self.patients_listed):
            return []
        if kind not in self.offers:
            self.offers[kind] = references.choices(
                kind, text="", department_id=self.sheet.department_id, by=self.by, now=self.now
            )
        return self.offers[kind]

    def _files(self, found: ItemView, value: Any) -> None:
        item = found.item
        when_no = item.evidence is Evidence.WHEN_NO and value == "no"
        found.wants_files = item.type is ItemType.PHOTO or item.evidence is Evidence.ALWAYS or when_no
        found.files_required = found.wants_files and item.type is not ItemType.PHOTO
        if found.wants_files and self.sheet is not None:
            found.files = files(files_of(item, self.values))

    def _judgement(self, found: ItemView) -> None:
        loss = scoring.loss_of(found.item, self.values)
        found.lost = presenting.points(loss.points) if loss else ""
        if found.item.veto and self.values.get(found.id) == "no":
            policy = queries.policy_of(self.sheet) if self.sheet is not None else None
            found.veto = scoring.veto_sentence(found.item, policy)

    def _conflict(self, found: ItemView) -> None:
        found.conflict = self.conflicts.get(found.id) or self.conflicts.get(found.id + FILES)
        if found.conflict is not None and found.conflict.item == found.id:
            found.conflict_words = presenting.words(found.item, found.conflict.value, self.labels)
