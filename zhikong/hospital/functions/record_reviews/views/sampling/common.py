"""What the pages of this half share: names, sheets to choose from, and acts that answer with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition.model import FormKind
from zhikong.foundation.organisation import queries as organisation

CLINICAL = ("clinical",)


def department_names() -> dict[int, str]:
    """Department id → its name today."""
    return organisation.names(on=timezone.localdate())


def department_choices() -> list[tuple[str, str]]:
    """(code, name) of the clinical departments."""
    found = organisation.departments(on=timezone.localdate(), kinds=CLINICAL)
    return [(one.code, one.name) for one in found]


def names_by_code() -> dict[str, str]:
    """Department code → name, of every department that exists today."""
    return {one.code: one.name for one in organisation.departments(on=timezone.localdate())}


def sheet_choices(*kinds: FormKind) -> list[tuple[str, str]]:
    """(id, title) of the forms in force of some kinds."""
    found = forms.forms(on=timezone.localdate())
    return [(one.id, one.title) for one in found if one.obj.kind in kinds]


def attempt(request: HttpRequest, what: Callable[[], Any], done: str = "") -> Any | None:
    """Do it and say so; a refusal is a message on the next page, and None."""
    try:
        found = what()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    if done:
        messages.success(request, done)
    return True if found is None else found


def found_or_404(found):
    """What a query gave, or the page of the missing."""
    if found is None:
        raise Http404
    return found
