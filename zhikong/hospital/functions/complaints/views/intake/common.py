"""What the pages of complaints share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest

from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.queries.intake import complaints


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


def readable(request: HttpRequest, pk: int) -> Complaint:
    """A complaint that this reader may open; for everybody else it does not exist."""
    one = found_or_404(complaints.complaint(pk))
    if not complaints.may_read(request.user, one):
        raise Http404
    return one


def first_error(form) -> str:
    """The first thing that is wrong in a form, as a sentence with the field's name."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}：{errors[0]}" if label else str(errors[0])


def number_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
