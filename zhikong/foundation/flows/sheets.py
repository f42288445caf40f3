"""The seam to forms: which names a form gives to guards, and the sheets that are filled with an act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.engine.conditions import Name
from zhikong.foundation.access.scope import current_scope_or_none
from zhikong.foundation.forms import actions as filling
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.definition.names import names_of, values_of
from zhikong.foundation.forms.kind import FORM
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.rules import EDITABLE, HANDED_IN
from zhikong.foundation.packstore import kinds, shelf
from zhikong.foundation.packstore.queries import Broken

SOURCE = "flow_case"


def form_of(form_id: str, *, on: date | None = None) -> FormDefinition | None:
    """The form in force; outside a scope (a check of the packs) the packaged one. None when there is none."""
    if current_scope_or_none() is None:
        found = shelf.of(FORM, form_id)
        return kinds.read(FORM, form_id, found.text).obj if found else None
    try:
        resolved = forms.form(form_id, on=on or timezone.localdate())
    except Broken:
        return None
    return resolved.obj if resolved else None


def form_names(form_id: str) -> Mapping[str, Name] | None:
    """The names that a form gives to conditions, or None when there is no such form."""
    form = form_of(form_id)
    return None if form is None else names_of(form.items())


def names_of_forms(form_ids) -> dict[str, Name]:
    """The names of several forms together; a form that is gone gives none."""
    found: dict[str, Name] = {}
    for form_id in form_ids:
        found |= form_names(form_id) or {}
    return found


def enter(
    *,
    by,
    now: datetime,
    form_id: str,
    answers: Mapping[str, Any],
    department_id: int | None,
    case_id: int | None,
) -> Sheet:
    """Fill and hand in a sheet with an act. Raises forms.actions.Incomplete with a sentence for each item."""
    key = str(case_id) if case_id else ""
    return filling.enter_sheet(
        by=by, now=now, form_id=form_id, answers=answers, department_id=department_id,
        source_kind=SOURCE, source_key=key, case_id=case_id,
    )  # fmt: skip


def belong(sheet: Sheet, *, case_id: int) -> None:
    """Tie a sheet that was filled before its case existed to the case."""
    Sheet.objects.filter(pk=sheet.pk, case_id=None).update(
        case_id=case_id, source_kind=SOURCE, source_key=str(case_id)
    )


def handed_in(sheet: Sheet, form_id: str) -> None:
    """Refuse a sheet of another form, or one that was not handed in."""
    if sheet.definition_id != form_id:
        raise ValidationError("所附的表不是这一步要求的表单。")
    if sheet.state not in HANDED_IN:
        raise ValidationError(f"“{sheet.title}”还没有提交，请先填完并提交。")


def values(sheet: Sheet) -> dict[str, Any]:
    """A sheet's answers as guards ask for them, in JSON: dates as ISO text."""
    form = forms.definition(sheet)
    found = values_of(form.items(), sheet.answers, None)
    found.pop("today", None)
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in found.items()}


def of_case(case_id: int) -> dict[int, Sheet]:
    """The sheets of a case by their number, as far as the reader may see them."""
    return {sheet.pk: sheet for sheet in Sheet.objects.filter(case_id=case_id).order_by("pk")}


OPENING = "flow_open"


def begun(form_id: str, *, user, case_id: int | None, source_key: str) -> Sheet | None:
    """The person's newest sheet for an act to come: a case's step, or the opening of a case that is not there yet."""
    rows = Sheet.objects.filter(definition_id=form_id, opened_by=user).exclude(state="withdrawn")
    rows = rows.filter(case_id=case_id) if case_id else rows.filter(
        case_id=None, source_kind=OPENING, source_key=source_key
    )  # fmt: skip
    return rows.order_by("-pk").first()


def share(case) -> None:
    """Whoever may read the case may read what was filled for it, and nobody else."""
    filling.let_in(
        case_id=case.pk, confidential=case.confidential, readers=case.readers, reader_roles=case.reader_roles
    )


def begin(
    *,
    by,
    now: datetime,
    form_id: str,
    department_id: int | None,
    case_id: int | None,
    source_key: str,
    confidential: bool = False,
) -> Sheet:
    """Open a sheet that is filled on its own page before the act."""
    return filling.open_sheet(
        by=by, now=now, form_id=form_id, department_id=department_id, case_id=case_id,
        source_kind=SOURCE if case_id else OPENING, source_key=str(case_id) if case_id else source_key,
        confidential=confidential,
    )  # fmt: skip


__all__ = [
    "EDITABLE",
    "HANDED_IN",
    "begin",
    "begun",
    "belong",
    "enter",
    "form_names",
    "form_of",
    "handed_in",
    "names_of_forms",
    "of_case",
    "share",
    "values",
]
