"""Words of checklists: what a clause says, in the version that was filled or the one in force."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from zhikong.foundation.access.scope import once
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition.model import FormDefinition, Item
from zhikong.hospital.functions.inspections.rules_results import can_be_wrong


@dataclass(frozen=True)
class Clause:
    """One item of a checklist as pages name it. key: ``form:item``."""

    form_id: str
    item: str
    text: str
    form_title: str
    section: str
    section_title: str
    clause: str
    counted: bool
    severity: str = ""

    @property
    def key(self) -> str:
        return f"{self.form_id}:{self.item}"


def known_forms() -> dict[str, FormDefinition]:
    """Forms in force today by their id."""
    return once("inspections.known_forms", _forms)


def _forms() -> dict[str, FormDefinition]:
    return {found.obj.id: found.obj for found in forms.forms(on=timezone.localdate())}


def form_title(form_id: str) -> str:
    found = known_forms().get(form_id)
    return found.title if found else form_id


def clauses(form_id: str) -> list[Clause]:
    """The items of a form in force that can be right or wrong, in the order of the paper."""
    form = known_forms().get(form_id)
    if form is None:
        return []
    return [
        _clause(form, section, item)
        for section in form.sections
        for item in section.items
        if can_be_wrong(item)
    ]


def clause(form_id: str, item: str) -> Clause:
    """One clause; an item that is no longer in the form is named by its id."""
    form = known_forms().get(form_id)
    found = form.item(item) if form else None
    if form is None or found is None:
        return Clause(form_id, item, item, form_title(form_id), "", "", "", False)
    return _clause(form, form.section_of(item), found)


def _clause(form: FormDefinition, section, item: Item) -> Clause:
    return Clause(
        form.id, item.id, item.text, form.title, section.id, section.title, item.clause,
        item.type.value == "observation", item.severity,
    )  # fmt: skip
