"""What one visit came to, beside the last one; its notice."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.inspections.actions.results import drafting, noting
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.permissions_results import may_draft
from zhikong.hospital.functions.inspections.queries.planning import visits as queries
from zhikong.hospital.functions.inspections.queries.results.comparing import compared
from zhikong.hospital.functions.inspections.queries.results.gathering import findings_of
from zhikong.hospital.functions.inspections.queries.results.notices import visible
from zhikong.hospital.functions.inspections.rules_planning import FINISHED


def _finished(pk: int) -> Visit:
    visit = queries.visit(pk)
    if visit is None or visit.state not in FINISHED:
        raise Http404
    return visit


@require_GET
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Scores, what is new, what is still wrong, what was mended; whoever may see the visit."""
    visit = _finished(pk)
    notices = visible(request.user)
    context = {
        "visit": visit, "compared": compared(visit), "findings": findings_of([visit]), "tab": "results",
        "notices": [one for one in notices if pk in one.figures.get("visits", [])][:5],
        "may_draft": may_draft(request.user),
    }  # fmt: skip
    return render(request, "inspections/results/visit.html", context)


@require_POST
@needs(Permission.VIEW_INSPECTIONS)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Write, or renew, the notice of one visit."""
    visit = _finished(pk)
    if not may_draft(request.user):
        raise Http404
    try:
        noting.note_answers(visit)
        made = drafting.draft_of_visit(visit, by=request.user, now=timezone.now(), asked=True)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("inspections:visit_results", visit.pk)
    return redirect("inspections:notice", made.pk)
