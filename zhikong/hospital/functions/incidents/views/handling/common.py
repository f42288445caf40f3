"""What the pages of handling share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.hospital.functions.incidents.actions.handling import receiving
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import scope


def may_enter(user) -> bool:
    """Offices and leaders of departments have a list; others come to a single case by a link."""
    return can(user, Permission.HANDLE_INCIDENTS) or can(user, Permission.ANALYSE_INCIDENTS)


def enter(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever neither handles nor analyses."""
    if not may_enter(request.user):
        require(request.user, Permission.HANDLE_INCIDENTS)


def case_or_404(request: HttpRequest, code: str, now) -> Incident:
    """The case if the reader sees it; a case that is not his does not exist for him."""
    found = scope.case(request.user, code)
    if (found is None or not hasattr(found, "handling")) and receiving.catch_up(now=now):
        found = scope.case(request.user, code)  # it came in this moment: now it has its office
    if found is None:
        raise Http404
    return found


def attempt(request: HttpRequest, what: Callable[[], Any], done: str) -> bool:
    """Do it and say so; a refusal is a message on the next page."""
    try:
        what()
    except ValidationError as error:
        for told in error.messages:
            messages.error(request, told)
        return False
    except PermissionDenied as error:
        messages.error(request, str(error))
        return False
    if done:
        messages.success(request, done)
    return True
