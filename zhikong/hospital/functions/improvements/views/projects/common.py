"""What the pages of projects share: the project or 404, acts that answer with a sentence, choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.improvements.models.projects import Project, Step
from zhikong.hospital.functions.improvements.queries.projects import register


def project_or_404(pk: int) -> Project:
    """The project, if it is within the reader's scope."""
    found = register.project(pk)
    if found is None:
        raise Http404
    return found


def step_or_404(project: Project, key: str) -> Step:
    found = project.steps.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def attempt(request: HttpRequest, what: Callable[[], Any], done: str = "") -> Any | None:
    """Do it and say so; a refusal is a message on the next page, and None."""
    try:
        found = what()
    except ValidationError as error:
        for sentence in error.messages[:6]:
            messages.error(request, sentence)
        return None
    except PermissionDenied as error:
        messages.error(request, str(error))
        return None
    if done:
        messages.success(request, done)
    return True if found is None else found


def departments(user=None) -> list[tuple[int, str]]:
    """(id, name) of today's departments; for a user, those where projects may be run."""
    found = organisation.departments(on=timezone.localdate())
    return [
        (one.id, one.name)
        for one in found
        if user is None or can(user, Permission.RUN_IMPROVEMENTS, one.id)
    ]  # fmt: skip


def names() -> dict[int, str]:
    return organisation.names(on=timezone.localdate())
