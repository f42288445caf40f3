"""What the pages of planning share: checklists to choose from, boxes that were ticked, acts that answer with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition.model import FormKind

INSPECTED = (FormKind.CHECKLIST, FormKind.SCORE_SHEET)


@dataclass(frozen=True)
class FormChoice:
    """A checklist that may be taken along. own: the hospital's own, not packaged."""

    id: str
    title: str
    own: bool
    items: int
    chosen: bool = False


def checklists(chosen=()) -> list[FormChoice]:
    """Checklists in force: what is chosen first, then the hospital's own, then by title."""
    found = []
    for one in forms.forms(on=timezone.localdate()):
        if one.obj.kind in INSPECTED:
            items = sum(item.has_answer for item in one.obj.items())
            found.append(FormChoice(one.id, one.title, one.is_own, items, one.id in chosen))
    return sorted(found, key=lambda one: (not one.chosen, not one.own, one.title))


def numbers(request: HttpRequest, name: str) -> tuple[int, ...]:
    """The ticked boxes of a name that hold numbers."""
    return tuple(int(one) for one in request.POST.getlist(name) if one.isdigit())


def attempt(request: HttpRequest, what: Callable[[], Any], done: str = "") -> Any | None:
    """Do it and say so; a refusal is a message on the next page, and None."""
    try:
        found = what()
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return None
    if done:
        messages.success(request, done)
    return True if found is None else found


def say_bad(request: HttpRequest, sentences) -> None:
    """Sentences about what was refused, on the next page."""
    for one in sentences:
        messages.error(request, one)


def found_or_404(found):
    """What a query gave, or the page of the missing."""
    if found is None:
        raise Http404
    return found


def whole(request: HttpRequest) -> bool:
    """Whether the reader plans for the whole hospital."""
    return can(request.user, Permission.PLAN_INSPECTIONS, whole_hospital=True)


def plans(request: HttpRequest) -> bool:
    return can(request.user, Permission.PLAN_INSPECTIONS)
