"""What the edit pages share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.organisation import queries
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.foundation.organisation.rules import NotInOrder

MANY_FIELDS = 8  # more stand in two columns


def edit(
    request: HttpRequest, form: Any, heading: str, act: Callable[[dict], Any], *, department_id: int | None
) -> HttpResponse:
    """Show a form; on a valid answer act and go back. A rule that refuses speaks in the form.

    department_id: the department to go back to; None goes back to the list.
    """
    back = (
        reverse("organisation:department", args=[department_id])
        if department_id
        else reverse("organisation:list")
    )
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except NotInOrder as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect(back)
    context = {"form": form, "heading": heading, "back": back, "wide": len(form.fields) > MANY_FIELDS}
    return render(request, "organisation/edit.html", context)


def latest_version(pk: int) -> DepartmentVersion:
    """The newest version of a department, or 404."""
    versions = queries.history(department_id=pk)
    if not versions:
        raise Http404
    return versions[0]
