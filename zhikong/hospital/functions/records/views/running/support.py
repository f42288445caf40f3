"""What the pages of the running check share: filters, where to go back to, acts with a sentence for refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from zhikong.foundation.access.permissions import Permission, can


def filters_of(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    """The filters of the address; a department that is no number is none."""
    found = {name: request.GET.get(name, "").strip() for name in names}
    if "department" in found and not found["department"].isdecimal():
        found["department"] = ""
    return found


def attempt(request: HttpRequest, act: Callable[[], Any], *, done: str | Callable[[Any], str]) -> bool:
    """Do it, and say what was done or why not; a missing permission is the 403 page as everywhere."""
    try:
        result = act()
    except ValidationError as refused:
        for sentence in refused.messages:
            messages.error(request, sentence)
        return False
    messages.success(request, done(result) if callable(done) else done)
    return True


def back(request: HttpRequest, otherwise: str, *args: Any) -> HttpResponse:
    """To the page that the form names, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(otherwise, *args)


def may(request: HttpRequest, row) -> Mapping[str, bool]:
    """What the reader may do with an obligation or a defect."""
    user, place = request.user, row.department_id
    mine = can(user, Permission.ANSWER_RECORD_CHECKS, place) and row.user_id in (None, user.pk)
    return {
        "answer": mine,
        "remind": can(user, Permission.REMIND_WRITERS, place, whole_hospital=place is None),
        "recheck": can(user, Permission.REMIND_WRITERS, place, whole_hospital=place is None)
        and row.user_id != user.pk,
    }


def first_error(form) -> ValidationError:
    """The form's first sentence, named by its field."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return ValidationError(f"{label}：{errors[0]}" if label else errors[0])
    return ValidationError("")
