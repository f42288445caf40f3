"""One visit: who, when, what is drawn, what is to be filled, what changed; begin, move, reassign, cancel."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.inspections.actions import planning as actions
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.planning import visits as queries


def found_or_404(pk: int) -> Visit:
    """The visit, or 404 when it is not in scope."""
    visit = queries.visit(pk)
    if visit is None:
        raise Http404
    return visit


@require_GET
@needs(Permission.INSPECT)
def mine(request: HttpRequest) -> HttpResponse:
    """What this person has to inspect, the next first."""
    return render(request, "inspections/planning/mine.html", {"visits": queries.mine(request.user)})


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    visit = found_or_404(pk)
    return render(request, "inspections/planning/visit.html", {"visit": visit})


@require_POST
@needs(Permission.INSPECT)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the visit."""
    visit = found_or_404(pk)
    try:
        actions.start_visit(visit, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("检查已开始。"))
    return redirect("inspections:visit", visit.pk)


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel with a reason."""
    visit = found_or_404(pk)
    try:
        actions.cancel_visit(
            visit, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("inspections:visit", visit.pk)
