"""我的上报: where each report stands, what was answered and asked, what one adds. Found by a fingerprint, not by a name."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions import reporting
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import answers
from zhikong.hospital.functions.incidents.queries.reporting import categories, drafts, reading, typed
from zhikong.hospital.functions.incidents.rules_reporting import SHOWN_LEVELS, State

STATE_TAGS = {State.REPORTED: "warn", State.RETURNED: "bad", State.CLOSED: "ok", State.MERGED: "none"}
STEPS = (State.REPORTED, State.ACCEPTED, State.INVESTIGATING, State.MEASURES, State.CLOSED)
AHEAD = {State.RETURNED: 0, State.ANALYSING: 2, State.CHECKING: 3, State.MERGED: 4}
MOST_BYTES = 20 * 1024 * 1024
KINDS = {b"\xff\xd8": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All reports of this account with their newest answer, drafts, and how long answers take."""
    names = organisation.names(on=timezone.localdate())
    rows = [_row(one, names) for one in reading.own(request.user)]
    context = {"rows": rows, "drafts": drafts.drafts(request.user), "median": _median_hours()}
    return render(request, "incidents/reporting/mine.html", context)


def _row(one: Incident, names: dict[int, str]) -> dict[str, object]:
    said = [message for message in answers.messages(one)]
    open_question = _open_questions(one, said)
    return {
        "one": one,
        "category": categories.title(one.category) or _("待归类"),
        "department": names.get(one.department_id, _("医院其他地方")),
        "tag": STATE_TAGS.get(one.state, "info"),
        "last": said[-1] if said else None,
        "asks": len(open_question),
    }


def _open_questions(one: Incident, said) -> list:
    """Questions of the office that no addition answers."""
    answered = {added.question for added in reading.additions(one)}
    return [message for message in said if message.question is not None and message.question not in answered]


@require_GET
def own(request: HttpRequest, code: str) -> HttpResponse:
    """One report as its writer sees it: receipt, steps, conversation, what can be added."""
    one = _own(request, code)
    with neutral.nobody():
        said, added = answers.messages(one), reading.additions(one)
        told, photos = reading.told(one), reading.photos(one)
        asked = _open_questions(one, said)
        form = typed.form_of(one)
        filled = typed.typed(one, form.id) if form else None
    names = organisation.names(on=timezone.localdate())
    context = {
        "one": one,
        "told": told,
        "photos": photos,
        "category": categories.category(one.category),
        "department": names.get(one.department_id, _("医院其他地方")),
        "level": SHOWN_LEVELS.get(one.level, ""),
        "tag": STATE_TAGS.get(one.state, "info"),
        "steps": _steps(one.state),
        "form": form if one.state not in (State.CLOSED, State.MERGED) else None,
        "typed": filled,
        "talk": _talk(said, added),
        "asked": asked,
        "returned": one.state == State.RETURNED,
        "median": _median_hours(),
        "fresh": not said and not added and timezone.now() - one.reported_at < timedelta(minutes=10),
    }
    return render(request, "incidents/reporting/own.html", context)


def _talk(said, added) -> list[dict[str, object]]:
    """Both sides in the order of time."""
    office = [{"at": m.said_at, "text": m.text, "mine": False, "kind": m.kind} for m in said]
    mine = [{"at": a.added_at, "text": a.text, "mine": True, "kind": _("我的补充")} for a in added]
    return sorted([*office, *mine], key=lambda line: line["at"])


def _steps(state: str) -> list[dict[str, object]]:
    """The way of a report in five steps: done, where it is, still to come."""
    at = AHEAD.get(state, STEPS.index(state) if state in STEPS else 0)
    words = (_("已报告"), _("受理"), _("调查分析"), _("整改落实"), _("办结"))
    done = at + (state in (State.CLOSED, State.MERGED))
    return [{"word": word, "done": n < done, "here": n == at and n >= done} for n, word in enumerate(words)]


@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Tell more, answer a question, send a returned report again, or add pictures."""
    one, now = _own(request, code), timezone.now()
    try:
        _add(request, one, now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已补充，经办人会看到。"))
    return redirect("incidents:own", code)


def _add(request: HttpRequest, one: Incident, now) -> None:
    text, pictures = request.POST.get("text", ""), request.FILES.getlist("photos")
    for upload in pictures:
        if upload.size > MOST_BYTES:
            raise ValidationError(_("照片太大，每张最多 20 MB。"))
        reporting.attach_photo(by=request.user, now=now, incident=one, upload=upload)
    if not text.strip() and pictures:
        return
    if "resubmit" in request.POST:
        reporting.resubmit(by=request.user, now=now, incident=one, text=text)
        return
    question = request.POST.get("question", "")
    asked = {str(m.question) for m in answers.messages(one) if m.question is not None}
    reporting.add(
        by=request.user,
        now=now,
        incident=one,
        text=text,
        question=int(question) if question in asked else None,
    )


@require_GET
def photo(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A picture of one's own report."""
    one = _own(request, code)
    with neutral.nobody():
        return picture(next((row for row in reading.photos(one) if row.pk == pk), None))


def picture(row) -> HttpResponse:
    """The answer with a picture's bytes; 404 when there is none."""
    content = neutral.file_content(by=None, now=timezone.now(), file_id=row.file) if row is not None else None
    if content is None:
        raise Http404
    body = b"".join(content)
    kind = next((kind for start, kind in KINDS.items() if body.startswith(start)), "application/octet-stream")
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=kind, headers=headers)


def _own(request: HttpRequest, code: str) -> Incident:
    try:
        return reading.own_incident(by=request.user, code=code)
    except Incident.DoesNotExist as error:
        raise Http404 from error


def _median_hours() -> float | None:
    """Median hours from a report to its first answer, over a year; None while fewer than five were answered."""
    since = timezone.now() - timedelta(days=366)
    with neutral.nobody():
        pairs = Incident.objects.filter(reported_at__gte=since, handling__answered_at__isnull=False)
        waits = [
            (b - a).total_seconds() / 3600
            for a, b in pairs.values_list("reported_at", "handling__answered_at")
        ]
    return round(max(0.0, median(waits)), 1) if len(waits) >= 5 else None
