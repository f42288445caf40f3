"""The list of plans, and bringing one in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.hospital.functions.plans.actions.reviewing import bringing
from zhikong.hospital.functions.plans.forms_reviewing import BringForm
from zhikong.hospital.functions.plans.queries import reviewing


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All plans by year."""
    require(request.user, Permission.VIEW_PLANS)
    may = can(request.user, Permission.ADOPT_PLANS)
    return render(
        request, "plans/reviewing/list.html", {"documents": reviewing.with_progress(), "may_bring": may}
    )


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A file becomes a plan; a file that cannot be read stays on the page with its reason."""
    require(request.user, Permission.ADOPT_PLANS)
    now = timezone.now()
    today = timezone.localdate(now)
    form = BringForm(
        request.POST or None,
        request.FILES or None,
        today=today,
        initial={"year": today.year + (today.month > 10)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _bring(form.cleaned_data, by=request.user, now=now)
            return redirect("plans:review", made.pk)
        except ValidationError as problem:
            form.add_error("file", problem)
    return render(request, "plans/reviewing/upload.html", {"form": form}, status=422 if form.errors else 200)


def _bring(told, *, by, now):
    return bringing.bring(
        by=by, now=now, upload=told["file"], title=told["title"], year=told["year"], level=told["level"],
        department_id=int(told["department"]) if told["department"] else None, replaces=told["replaces"],
    )  # fmt: skip
