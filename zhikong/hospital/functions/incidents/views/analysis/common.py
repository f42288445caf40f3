"""What the pages of analysis share."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.queries.analysis import reading


def departments(user=None, permission: Permission | None = None) -> list[tuple[int, str]]:
    """(id, name) of the departments of today; of those in which a user has a permission."""
    found = organisation.departments(on=timezone.localdate())
    return [(one.id, one.name) for one in found if permission is None or can(user, permission, one.id)]


def names() -> dict[int, str]:
    return organisation.names(on=timezone.localdate())


def analysis_or_404(code: str) -> Analysis:
    found = reading.analysis(code)
    if found is None:
        raise Http404
    return found


def found_or_404(found):
    if found is None:
        raise Http404
    return found


def attempt(request: HttpRequest, what, done: str = ""):
    """Do it and say so; a refusal is a message on the next page, and None."""
    try:
        found = what()
    except ValidationError as error:
        for told in error.messages:
            messages.error(request, told)
        return None
    if done:
        messages.success(request, done)
    return True if found is None else found


def analysing(view):
    """A list of analyses is for who analyses or handles; a single one is let through by its rows (its team)."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not any(
            can(request.user, one) for one in (Permission.ANALYSE_INCIDENTS, Permission.HANDLE_INCIDENTS)
        ):
            raise PermissionDenied("您没有权限：分析不良事件。如需开通，请联系系统管理员。")
        return view(request, *args, **kwargs)

    return guarded


def now():
    return timezone.now()
