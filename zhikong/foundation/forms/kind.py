"""Tells the pack store what a form is: where its files lie, how they are read, what a new version would change."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms import effect, examples, starter
from zhikong.foundation.forms.building import differences
from zhikong.foundation.forms.definition import FormDefinition, read, to_data
from zhikong.foundation.forms.rules import FORM
from zhikong.foundation.packstore import kinds


def register() -> None:
    kinds.register(
        kinds.Kind(
            code=FORM,
            folder=("forms", "checklists", "score_sheets"),
            title=_("表单"),
            parse=read,
            title_of=lambda form: form.title,
            preview=preview,
            editor_url="forms:build",
            effect=_effect,
            fields=fields,
            starter=starter.TEXT,
            examples=examples.problems,
        )
    )


def preview(request, form: FormDefinition) -> str:
    """The form as those who fill it will see it, without anything being stored."""
    from zhikong.foundation.forms.views import page  # views need the whole app; this is read at start-up

    return render_to_string("forms/_preview.html", page.preview_context(form), request=request)


def _effect(old: FormDefinition | None, new: FormDefinition, *, now: datetime) -> list[str]:
    """The changes one by one, as the reviewer reads them; for a first version, what it is."""
    told = differences.sentences(to_data(old), to_data(new)) if old else []
    return told or effect.sentences(old, new)


def fields(form: FormDefinition) -> dict[str, object]:
    """Every field under a dotted name that uses ids instead of positions, so that a moved item stays the same item."""
    data = to_data(form)
    found: dict[str, object] = {}
    for section in data.pop("sections"):
        items = section.pop("items")
        _flatten(f"sections.{section['id']}", section, found)
        for item in items:
            _flatten(f"items.{item['id']}", item | {"section": section["id"]}, found)
    _flatten("", data, found)
    return found


def _flatten(prefix: str, value: object, found: dict[str, object]) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            _flatten(f"{prefix}.{key}" if prefix else key, entry, found)
    else:
        found[prefix] = value
