"""Resolutions of meetings: the list, and the page on which one is proved and judged."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.meetings import actions_resolutions as actions
from zhikong.hospital.functions.meetings import forms_sitting as forms
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.models import Resolution


@require_GET
def resolutions(request: HttpRequest) -> HttpResponse:
    """All resolutions, the open ones first."""
    if not (
        can(request.user, Permission.REFER_TO_COMMITTEE) or can(request.user, Permission.RECORD_DECISIONS)
    ):
        raise PermissionDenied(_("您没有权限：查看委员会议题。"))
    rows = Resolution.objects.select_related("meeting__body", "owner").order_by("-state", "due_on", "pk")[
        :300
    ]
    return render(request, "meetings/resolutions.html", {"rows": rows, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
def resolution(request: HttpRequest, pk: int) -> HttpResponse:
    """One resolution: what was done, and what the committee says to it."""
    found = (
        Resolution.objects.select_related("meeting__body", "owner", "topic", "proven_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    owns, keeps = found.owner_id == request.user.pk, reads.may_keep(request.user, found.meeting)
    if not (owns or keeps or reads.may_read(request.user, found.meeting)):
        raise PermissionDenied(_("这项决议与您无关。"))
    proof, judging = forms.ProofForm(request.POST or None), forms.JudgeForm(request.POST or None)
    if request.method == "POST":
        try:
            _on_resolution(request, found, proof, judging)
            return redirect("meetings:resolution", pk)
        except ValidationError as problem:
            messages.error(request, "".join(problem.messages))
    context = {
        "one": found,
        "owns": owns,
        "keeps": keeps,
        "judges": keeps and request.user.pk not in (found.owner_id, found.proven_by_id),
        "proof": forms.ProofForm(),
        "judging": forms.JudgeForm(),
    }
    return render(request, "meetings/resolution.html", context)


def _on_resolution(request, found: Resolution, proof, judging) -> None:
    by, now, verb = request.user, timezone.now(), request.POST.get("verb", "")
    if verb == "prove":
        actions.prove(found, by=by, now=now, **forms.clean(proof))
    elif verb in ("accept", "return"):
        actions.judge(found, by=by, now=now, accepted=verb == "accept", **forms.clean(judging))
    else:
        raise Http404
