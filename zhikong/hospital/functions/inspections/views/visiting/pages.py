"""Desktop pages of a visit in progress: its answers with their history, and the exchange of views before the conclusion."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.inspections import forms_visiting as forms
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Media
from zhikong.hospital.functions.inspections.queries.planning import visits
from zhikong.hospital.functions.inspections.queries.visiting import answers, exchange, media, ops
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_sync_clock import drift_sentence
from zhikong.hospital.functions.inspections.rules_visiting import TAKES_WORDS, Voice

RESTLESS = (State.OPEN, State.COMMENT)


def find(pk: int) -> Visit:
    """The visit, or 404 when it is not in scope."""
    found = visits.visit(pk)
    if found is None:
        raise Http404
    return found


@login_required
@require_GET
def visit_answers(request: HttpRequest, pk: int) -> HttpResponse:
    return render_answers(request, find(pk))


def render_answers(
    request: HttpRequest, visit: Visit, *, bound: dict | None = None, status: int = 200
) -> HttpResponse:
    """Sheets with every item's history; what waits for a decision stands first. bound: forms that were not taken."""
    now = timezone.now()
    devices = [(one, drift_sentence(one.drift)) for one in ops.devices_of(visit)]
    context = {
        **_around(request, visit),
        "page": "answers",
        "clashes": answers.clashes(visit),
        "undecided": answers.told(ops.undecided(visit)),
        "refused": answers.told(ops.refused(visit)),
        "waiting": answers.told(ops.waiting(visit)),
        "filled": answers.filled(visit, by=request.user, now=now),
        "devices": devices,
        "media": media.of(visit),
        "finish_form": (bound or {}).get("finish") or forms.FinishForm(),
        "drop_forms": {key: form for key, form in (bound or {}).items() if key.startswith("drop")},
        "bound": bound or {},
    }
    return render(request, "inspections/visiting/answers.html", context, status=status)


def _around(request: HttpRequest, visit: Visit) -> dict:
    inspects = visits.inspects(request.user, visit)
    return {
        "visit": visit,
        "inspects": inspects,
        "leads": inspects and visit.lead_id == request.user.pk,
        "may_speak": exchange.may_speak(request.user, visit) and visit.state in TAKES_WORDS,
        "ending": exchange.ending(visit),
        "open_state": visit.state in RESTLESS,
        "today": timezone.localdate(),
    }


@login_required
@require_GET
def visit_exchange(request: HttpRequest, pk: int) -> HttpResponse:
    return render_exchange(request, find(pk))


def render_exchange(
    request: HttpRequest, visit: Visit, *, bound: dict | None = None, status: int = 200
) -> HttpResponse:
    """What was found, what the inspected side says, what the inspectors answer, who signed, and the conclusion."""
    bound, now = bound or {}, timezone.now()
    proposals = exchange.proposals(visit)
    proofs = answers.proofs(visit, proposals)
    context = {
        **_around(request, visit),
        "page": "exchange",
        "lines": _lines(visit, bound),
        "proposals": [
            (one, bound.get(f"propose{one.pk}") or forms.of_proposal(one), proofs[one.pk])
            for one in proposals
        ],
        "unseen": media.unseen(visit),
        "findings": Finding.objects.in_bulk([one.finding_id for one in proposals if one.finding_id]),
        "signatures": exchange.signatures(visit),
        "may_confirm": exchange.may_speak(request.user, visit),
        "changed": _changed_since(visit),
        "say_form": bound.get("say") or forms.CommentForm(),
        "conclude_form": bound.get("conclude") or forms.ConcludeForm(),
        "back_form": bound.get("back") or forms.ReasonForm(),
        "against": exchange.why_not_concluded(visit, now=now) if visit.state == State.COMMENT else [],
        "bound": bound,
    }
    return render(request, "inspections/visiting/exchange.html", context, status=status)


def _lines(visit: Visit, bound: dict) -> list[tuple]:
    """What was said; an objection that waits brings the form of its reply."""
    waiting = {one.pk for one in exchange.objections(visit)}
    return [
        (
            one,
            (bound.get(f"reply{one.pk}") or forms.TextForm(prefix=f"r{one.pk}"))
            if one.pk in waiting
            else None,
            {Voice.AGREE: "ok", Voice.OBJECT: "bad", Voice.WAIVE: "none"}.get(Voice(one.voice), "info"),
        )
        for one in exchange.said(visit)
    ]


def _changed_since(visit: Visit) -> set[int]:
    """Signatures after which an answer was changed."""
    standing = {str(sheet.pk): sheet.revision for sheet in exchange.open_sheets(visit)}
    return {one.pk for one in exchange.signatures(visit) if one.revisions and one.revisions != standing}


@login_required
@require_GET
def visit_photo(request: HttpRequest, pk: int, media_pk: int) -> HttpResponse:
    return render_photo(request, find(pk), media_pk)


def render_photo(
    request: HttpRequest, visit: Visit, media_pk: int, *, errors=(), status: int = 200
) -> HttpResponse:
    """One photo, where what must not be seen is drawn over; for the inspectors of the visit only."""
    if not visits.inspects(request.user, visit):
        raise Http404
    photo = get_object_or_404(
        Media.objects.select_related("file", "original", "looked_by"),
        pk=media_pk,
        visit=visit,
        kind=Media.Kind.PHOTO,
        file__isnull=False,
    )
    context = {**_around(request, visit), "photo": photo, "errors": errors, "reason_form": forms.ReasonForm()}
    return render(request, "inspections/visiting/photo.html", context, status=status)
