"""The form that belongs to an act, asked on the page of the act itself.

Plain items become fields here and are judged by the form when the act is taken. A form with items that need their own
page (photos, signatures, tables …) is filled there first; the act then takes the sheet that was handed in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from zhikong.foundation.flows import sheets
from zhikong.foundation.forms.answers import clean
from zhikong.foundation.forms.definition import FormDefinition, Item, ItemType
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import departments, in_force

PREFIX = "item_"
REDRAW = "redraw"  # posted instead of an act: only the fields are wanted again
YES = [("yes", _("是")), ("no", _("否"))]
WIDGETS = {
    ItemType.DATE: lambda: forms.DateInput(attrs={"type": "date"}),
    ItemType.TIME: lambda: forms.TimeInput(attrs={"type": "time"}),
    ItemType.DATETIME: lambda: forms.DateTimeInput(attrs={"type": "datetime-local"}),
    ItemType.LONG_TEXT: lambda: forms.Textarea(attrs={"rows": 3}),
}
PLAIN = {ItemType.TEXT, ItemType.NUMBER, *WIDGETS}
CHOSEN = {ItemType.YES_NO, ItemType.YES_NO_NA, ItemType.CHOICE}
HERE = PLAIN | CHOSEN | {ItemType.CHOICES, ItemType.DEPARTMENT, ItemType.PERSON, ItemType.NOTE}


@dataclass
class Asked:
    """What a form asks on this page, or the sheet that was filled on its own page."""

    form: FormDefinition | None = None
    fields: forms.Form | None = None
    sheet: Sheet | None = None
    draft: Sheet | None = None

    @classmethod
    def of(
        cls, form_id: str, request, *, url: str, prefix: str = "", case=None, source_key: str = ""
    ) -> Asked:
        """The form's own part of a page; empty when the act has no form. url: where the act is sent."""
        form = sheets.form_of(form_id) if form_id else None
        if form is None:
            return cls()
        if all(item.type in HERE and not _needs_file(item) for item in form.items()):
            data = request.POST if request.method == "POST" else None
            people = _people(case, form)
            fields = ItemsForm(data, definition=form, people=people, url=url, prefix=prefix or None)
            return cls(form, fields)
        found = sheets.begun(
            form_id, user=request.user, case_id=case.pk if case else None, source_key=source_key
        )
        ready = found if found is not None and found.state in sheets.HANDED_IN else None
        return cls(form, None, ready, None if ready else found)

    def is_complete(self, act_form: forms.Form) -> bool:
        """False, with the reason on the act's own form, while the form's page has still to be filled."""
        if self.form is not None and self.fields is None and self.sheet is None:
            act_form.add_error(None, _("请先填完并提交“%(form)s”。") % {"form": self.form.title})
            return False
        return True

    @property
    def area(self) -> str:
        """The id of the part of the page that is drawn anew when an answer shows or hides other items."""
        return f"asked-{self.fields.prefix or 'open'}" if self.fields is not None else ""

    @property
    def elsewhere(self) -> bool:
        """True when the form has a page of its own and was not handed in yet."""
        return self.form is not None and self.fields is None and self.sheet is None

    @property
    def answers(self) -> dict[str, Any] | None:
        """What was typed, by item; the form judges it. None when nothing is asked here."""
        if self.fields is None:
            return None
        self.fields.is_valid()
        typed = {name.removeprefix(PREFIX): value for name, value in self.fields.cleaned_data.items()}
        return {item: value for item, value in typed.items() if value not in ("", None, [])}

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Put the form's own sentences beside their fields."""
        for item, sentence in errors.items():
            if self.fields is not None and f"{PREFIX}{item}" in self.fields.fields:
                self.fields.add_error(f"{PREFIX}{item}", sentence)


class ItemsForm(forms.Form):
    """Fields of a form's items; what they may hold is judged by the form itself, not here.

    Items with a condition are there only while it holds. An answer on which conditions hang has the page ask for the
    fields again (``redraw``), so that what it shows or hides comes and goes; without script they come with the errors.
    """

    def __init__(self, *args, definition: FormDefinition, url: str, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        conditions = " ".join(item.show_if for item in definition.items() if item.show_if)
        shown = self._shown(definition) if conditions else {item.id for item in definition.items()}
        for item in definition.items():
            if item.type is ItemType.NOTE or item.id not in shown:
                continue
            field = self.fields[f"{PREFIX}{item.id}"] = _field(item, people)
            if re.search(rf"\b{re.escape(item.id)}(__\w+)?\b", conditions):
                field.widget.attrs |= {"hx-post": url, "hx-trigger": "change"}

    def _shown(self, definition: FormDefinition) -> frozenset[str]:
        """The items that the answers so far make visible."""
        typed = {}
        for item in definition.items():
            name = self.add_prefix(f"{PREFIX}{item.id}")
            several = item.type is ItemType.CHOICES
            typed[item.id] = (
                (self.data.getlist(name) if several else self.data.get(name)) if self.is_bound else None
            )
        given = {key: value for key, value in typed.items() if value not in ("", None, [])}
        return clean(definition, given, final=False, today=timezone.localdate()).visible


class _Judged:
    """Shows that an answer is needed; whether one is right is judged by the form itself, not here."""

    def validate(self, value) -> None:
        pass


class _Text(_Judged, forms.CharField):
    pass


class _Choice(_Judged, forms.ChoiceField):
    pass


class _Choices(_Judged, forms.MultipleChoiceField):
    pass


def _field(item: Item, people) -> forms.Field:
    common = {"label": item.text, "required": item.required and not item.show_if, "help_text": _help(item)}
    if item.type in CHOSEN:
        return _Choice(choices=[("", _("请选择")), *_choices(item)], **common)
    if item.type is ItemType.CHOICES:
        options = [(option.code, option.text) for option in item.options]
        return _Choices(choices=options, widget=forms.CheckboxSelectMultiple, **common)
    if item.type is ItemType.PERSON:
        return _Choice(choices=[("", _("请选择")), *people], **common)
    if item.type is ItemType.DEPARTMENT:
        known = [(d.id, d.name) for d in departments(on=timezone.localdate())]
        return _Choice(choices=[("", _("请选择")), *known], **common)
    return _Text(widget=WIDGETS[item.type]() if item.type in WIDGETS else forms.TextInput(), **common)


def _people(case, form: FormDefinition) -> list[tuple[int, str]]:
    """Who holds a post today in the case's department, or anywhere when it has none."""
    if not any(item.type is ItemType.PERSON for item in form.items()):
        return []
    posts = Appointment.objects.filter(in_force(timezone.localdate()))
    if case is not None and case.department_id:
        posts = posts.filter(department_id=case.department_id)
    found = Person.objects.filter(pk__in=posts.values("person_id")).order_by("name")
    return list(found.values_list("pk", "name"))


def _choices(item: Item) -> list[tuple[str, Any]]:
    if item.type is ItemType.CHOICE:
        return [(option.code, option.text) for option in item.options]
    return [*YES, ("na", _("不适用"))] if item.type is ItemType.YES_NO_NA else YES


def _help(item: Item) -> str:
    said = [_("视前面的回答而定，不适用的不填") if item.show_if else "", item.help]
    said.append(f"{_('单位')}：{item.unit}" if item.unit else "")
    return "；".join(escape(part) for part in said if part)


def _needs_file(item: Item) -> bool:
    return str(item.evidence or "never") != "never"


def files_department(request, department_id: int | None) -> int | None:
    """Whose files they will be: the case's department, or the person's own where they do not reach it."""
    if request.scope.covers(department_id):
        return department_id
    return min(request.scope.departments or (), default=None)
