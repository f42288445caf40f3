"""The form of one step, made from its contents: fields, and tables whose rows keep their ids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.improvements.rules_projects_contents import Contents, Field, Table, rows

SPARE = 3
ROW_ID = re.compile(r"[a-z]{1,3}\d{1,4}")
Choices = Mapping[str, Sequence[tuple[str, str]]]


def widget_of(field: Field, *, cell: bool) -> forms.Widget:
    label = {"aria-label": field.label} if cell else {}
    if field.kind == "text":
        return forms.Textarea(attrs={"rows": 2 if cell else 3, **label})
    if field.kind == "date":
        return forms.DateInput(attrs={"type": "date", **label}, format="%Y-%m-%d")
    if field.kind == "month":
        return forms.TextInput(
            attrs={"placeholder": "2026-10", "maxlength": 7, "inputmode": "numeric", **label}
        )
    if field.kind == "choice":
        return forms.Select(attrs=label)
    if field.kind == "yes":
        return forms.CheckboxInput(attrs=label)
    if field.kind in ("whole", "number"):
        return forms.NumberInput(
            attrs={"inputmode": "numeric" if field.kind == "whole" else "decimal", **label}
        )
    return forms.TextInput(attrs=label)


def form_field(field: Field, choices: Sequence[tuple[str, str]], *, cell: bool = False) -> forms.Field:
    """One field; nothing is required here, because the checks say what is missing and why."""
    given: dict[str, Any] = {
        "label": field.label, "required": False, "help_text": "" if cell else field.help, "widget": widget_of(field, cell=cell)
    }  # fmt: skip
    if field.kind == "whole":
        return forms.IntegerField(min_value=0, max_value=10_000_000, **given)
    if field.kind == "number":
        return forms.DecimalField(max_digits=12, decimal_places=4, **given)
    if field.kind == "date":
        return forms.DateField(**given)
    if field.kind == "month":
        return forms.RegexField(
            r"^\d{4}-(0[1-9]|1[0-2])$", error_messages={"invalid": _("月份请写成 2026-10 这样。")}, **given
        )
    if field.kind == "yes":
        return forms.BooleanField(**given)
    if field.kind == "choice":
        return forms.ChoiceField(choices=choices or field.choices or (("", _("请选择")),), **given)
    return forms.CharField(max_length=4000 if field.kind == "text" else 200, **given)


def plain(value: Any) -> Any:
    """A clean value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if value is not None else ""


@dataclass
class Row:
    """One row of a table: its id and its form."""

    id: str
    form: forms.Form


@dataclass
class TableBox:
    """A table with its rows, those that are kept and some that are empty."""

    table: Table
    rows: list[Row]

    @property
    def heads(self) -> list[Field]:
        return list(self.table.columns)


class StepForm:
    """The whole form of a step. choices: of fields and columns whose choices depend on the content."""

    def __init__(
        self, contents: Contents, content: Mapping[str, Any], *, data=None, choices: Choices | None = None
    ):
        self.contents, self.content, self.data = contents, content, data
        self.choices = choices or {}
        self.fields = self._form("f", contents.fields, content)
        self.tables = [TableBox(table, self._rows(table)) for table in contents.tables]

    def _form(self, prefix: str, fields: Sequence[Field], values: Mapping[str, Any], *, cell: bool = False):
        made = {one.id: form_field(one, self.choices.get(one.id, ()), cell=cell) for one in fields}
        form_class = type("OfStep", (forms.Form,), made)
        initial = {one.id: values.get(one.id) for one in fields}
        return form_class(
            self.data, prefix=prefix, initial=initial, auto_id="id_%s", use_required_attribute=False
        )

    def _rows(self, table: Table) -> list[Row]:
        known = {one["id"]: one for one in rows(self.content, table.id)}
        ids = self._posted(table) if self.data is not None else [*known, *self._new(table, list(known))]
        return [
            Row(pk, self._form(f"{table.id}-{pk}", table.columns, known.get(pk, {}), cell=True)) for pk in ids
        ]

    def _posted(self, table: Table) -> list[str]:
        """Row ids as the page sent them; anything else than an id is left out."""
        sent = self.data.getlist(f"{table.id}-rows")
        return list(dict.fromkeys(pk for pk in sent if ROW_ID.fullmatch(pk)))

    def _new(self, table: Table, known: list[str]) -> list[str]:
        letter = re.sub(r"[^a-z]", "", table.id)[:2] or "r"
        used = max((int(re.sub(r"\D", "", pk) or 0) for pk in known), default=0)
        spare = max(SPARE, table.least - len(known))
        return [f"{letter}{used + index}" for index in range(1, spare + 1)]

    def is_valid(self) -> bool:
        forms_ = [self.fields, *(row.form for box in self.tables for row in box.rows)]
        return all([one.is_valid() for one in forms_])

    def clean(self) -> dict[str, Any]:
        """The content as it is kept: empty rows are left out."""
        found: dict[str, Any] = {key: plain(value) for key, value in self.fields.cleaned_data.items()}
        for box in self.tables:
            found[box.table.id] = [
                {"id": row.id, **{key: plain(value) for key, value in row.form.cleaned_data.items()}}
                for row in box.rows
                if any(value not in (None, "", False) for value in row.form.cleaned_data.values())
            ]
        return found
