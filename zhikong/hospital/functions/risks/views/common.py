"""What the pages of this function share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.risks.queries.register.scale import scale


def departments_for(user, permission: Permission) -> list[tuple[int, str]]:
    """(id, name) of the departments in which the user has a permission."""
    found = organisation.departments(on=timezone.localdate())
    return [(one.id, one.name) for one in found if can(user, permission, one.id)]


def attempt(request: HttpRequest, what: Callable[[], Any], done: str) -> Any | None:
    """Do it and say so; a refusal is a message on the next page, and None."""
    try:
        found = what()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, done)
    return True if found is None else found


def found_or_404(found):
    """What a query gave, or the page of the missing."""
    if found is None:
        raise Http404
    return found


def with_scale(view: Callable) -> Callable:
    """A page of the register needs a matrix; without one it says what to do instead of failing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs):
        try:
            scale()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("/")
        return view(request, *args, **kwargs)

    return guarded


def first_error(form) -> str:
    """The first thing that is wrong in a form that has no page of its own, as a sentence with the field's name."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}：{errors[0]}" if label else str(errors[0])
