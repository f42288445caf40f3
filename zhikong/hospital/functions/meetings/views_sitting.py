"""A meeting as its members and its secretary see it: notice, sign-in, topics, resolutions, minutes."""

from __future__ import annotations

import io
from typing import Any

import qrcode
import qrcode.image.svg
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.meetings import actions_sitting as actions
from zhikong.hospital.functions.meetings import forms_sitting as forms
from zhikong.hospital.functions.meetings import queries, rules_sitting
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings import views_steps as steps
from zhikong.hospital.functions.meetings.models import Attendee, Meeting, Minutes


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The user's own meetings."""
    today = timezone.localdate()
    rows = reads.own_meetings(request.user, today=today)
    return render(request, "meetings/mine.html", {"rows": rows, "today": today})


@require_GET
def sitting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting with everything that belongs to it."""
    return render(request, "meetings/sitting.html", _context(request, _meeting(request, pk)))


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    found = queries.meeting(pk)
    if found is None:
        raise Http404
    if not reads.may_read(request.user, found):
        raise PermissionDenied(_("这次会议您没有参加，纪要也没有发给您的科室。"))
    return found


def _context(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    own, keeps = reads.attends(request.user, meeting), reads.may_keep(request.user, meeting)
    minutes = Minutes.objects.filter(meeting=meeting).select_related("confirmed_by").first()
    hidden = minutes is not None and minutes.state == Minutes.State.DRAFT and not keeps
    return {
        "meeting": meeting, "sitting": reads.sitting(meeting), "people": reads.attendees(meeting),
        "presence": reads.presence(meeting), "own": own, "keeps": keeps,
        "items": queries.agenda(meeting), "topics": meeting.topics.select_related("by"),
        "resolutions": meeting.resolutions.select_related("owner", "topic"),
        "minutes": None if hidden else minutes,
        "objections": minutes.objections.select_related("by", "answered_by", "department") if minutes else (),
        "planned": meeting.state == Meeting.State.PLANNED, "held": meeting.state == Meeting.State.HELD,
        "today": timezone.localdate(), "forms": _forms(request, meeting, minutes, own, keeps),
    }  # fmt: skip


def _forms(request: HttpRequest, meeting: Meeting, minutes, own, keeps: bool) -> dict[str, Any]:
    people = Person.objects.order_by("name")
    made: dict[str, Any] = {
        "propose": forms.ProposeForm(prefix="propose"),
        "say": forms.SayForm(prefix="say"),
    }
    if own:
        first = {"answer": own.answer if own.answer != "none" else "yes", "reason": own.reason}
        made["answer"] = forms.AnswerForm(people=people, prefix="answer", initial=first)
    if keeps:
        made["invite"] = forms.InviteForm(prefix="invite")
        made["guest"] = forms.GuestForm(people=people, prefix="guest")
        made["resolve"] = forms.resolve_form(meeting)
        if minutes:
            made["minutes"] = forms.MinutesForm(prefix="minutes", initial={"text": minutes.text})
            made["circulate"] = forms.CirculateForm(prefix="circulate")
            made["publish"] = forms.PublishForm(choices=forms.departments(), prefix="publish")
    return made


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One step; a refused one is told, and nothing is changed."""
    meeting = _meeting(request, pk)
    step = steps.STEPS.get(request.POST.get("verb", ""))
    if step is None:
        raise Http404
    try:
        told = step(request, meeting)
        messages.success(request, told)
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
    return redirect("meetings:sitting", pk)


@require_GET
@never_cache
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """For the room's screen: the square code of this half minute, and who is there."""
    meeting = _meeting(request, pk)
    if not reads.may_keep(request.user, meeting):
        raise PermissionDenied(_("签到屏由主持会议的人打开。"))
    code = rules_sitting.code(reads.sitting(meeting).key, timezone.now())
    address = request.build_absolute_uri(reverse("meetings:sign_in", args=[pk, code]))
    context = {
        "meeting": meeting,
        "picture": _square(address),
        "presence": reads.presence(meeting),
        "people": reads.attendees(meeting),
    }
    return render(request, "meetings/_screen.html" if request.htmx else "meetings/screen.html", context)


def _square(address: str):
    made = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=2)
    out = io.BytesIO()
    made.save(out)
    text = out.getvalue().decode()
    return mark_safe(text[text.index("<svg") :].replace("<svg ", '<svg aria-hidden="true" ', 1))


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Opened by the phone's camera: one touch signs in."""
    meeting = queries.meeting(pk)
    if meeting is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            actions.sign_in(meeting, by=request.user, now=timezone.now(), code=code)
            messages.success(request, _("签到成功。"))
            return redirect("meetings:sitting", pk)
        except ValidationError as problem:
            refused = "".join(problem.messages)
    own: Attendee | None = reads.attends(request.user, meeting)
    context = {"meeting": meeting, "own": own, "refused": refused}
    return render(request, "meetings/sign_in.html", context, status=422 if refused else 200)
