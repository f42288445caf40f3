"""A meeting as its members and its secretary see it: notice, sign-in, topics, resolutions, minutes."""

from __future__ import annotations

import io
from collections.abc import Callable
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

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.meetings import actions_sitting as actions
from zhikong.hospital.functions.meetings import forms_sitting as forms
from zhikong.hospital.functions.meetings import queries, rules_sitting
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.models import Attendee, Meeting, Minutes, Objection, Resolution


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
        made["resolve"] = _resolve_form(meeting)
        if minutes:
            made["minutes"] = forms.MinutesForm(prefix="minutes", initial={"text": minutes.text})
            made["circulate"] = forms.CirculateForm(prefix="circulate")
            made["publish"] = forms.PublishForm(choices=_departments(), prefix="publish")
    return made


def _resolve_form(meeting: Meeting, data=None) -> forms.ResolveForm:
    owners = User.objects.filter(is_active=True).order_by("person__name")
    return forms.ResolveForm(data, topics=meeting.topics.all(), owners=owners, prefix="resolve")


def _departments() -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in organisation.departments(on=timezone.localdate())]


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One step; a refused one is told, and nothing is changed."""
    meeting = _meeting(request, pk)
    step = STEPS.get(request.POST.get("verb", ""))
    if step is None:
        raise Http404
    try:
        told = step(request, meeting)
        messages.success(request, told)
    except ValidationError as problem:
        messages.error(request, "".join(problem.messages))
    return redirect("meetings:sitting", pk)


def _clean(form) -> dict[str, Any]:
    if not form.is_valid():
        raise ValidationError(
            [f"{form[name].label}：{'；'.join(told)}" for name, told in form.errors.items()]
        )
    return form.cleaned_data


def _invite(request, meeting) -> str:
    values = _clean(forms.InviteForm(request.POST, prefix="invite"))
    actions.invite(meeting, by=request.user, now=timezone.now(), **values)
    return _("已通知参会人。")


def _guest(request, meeting) -> str:
    values = _clean(forms.GuestForm(request.POST, people=Person.objects.all(), prefix="guest"))
    actions.add_guest(meeting, by=request.user, now=timezone.now(), **values)
    return _("已登记列席。")


def _answer(request, meeting) -> str:
    own = reads.attends(request.user, meeting)
    if own is None:
        raise Http404
    values = _clean(forms.AnswerForm(request.POST, people=Person.objects.all(), prefix="answer"))
    actions.answer(own, by=request.user, now=timezone.now(), **values)
    return _("已回复。")


def _by_hand(request, meeting) -> str:
    found = meeting.attendees.filter(pk=_number(request, "attendee")).first()
    if found is None:
        raise Http404
    found.meeting = meeting
    actions.sign_by_hand(found, by=request.user, now=timezone.now())
    return _("已签到。")


def _draw(request, meeting) -> str:
    made = actions.draw(meeting, by=request.user, now=timezone.now())
    return _("列入 %(n)d 项。") % {"n": made}


def _propose(request, meeting) -> str:
    values = _clean(forms.ProposeForm(request.POST, prefix="propose"))
    actions.propose(meeting, by=request.user, now=timezone.now(), **values)
    return _("已列入议程。")


def _discuss(request, meeting) -> str:
    found = meeting.topics.filter(pk=_number(request, "topic")).first()
    if found is None:
        raise Http404
    actions.discuss(found, by=request.user, now=timezone.now(), discussion=request.POST.get("discussion", ""))
    return _("已保存。")


def _resolve(request, meeting) -> str:
    actions.resolve(
        meeting, by=request.user, now=timezone.now(), **_clean(_resolve_form(meeting, request.POST))
    )
    return _("决议已登记。")


def _draft(request, meeting) -> str:
    actions.draft_minutes(meeting, by=request.user, now=timezone.now())
    return _("纪要已按登记的情况起草，请核对文字。")


def _edit(request, meeting) -> str:
    values = _clean(forms.MinutesForm(request.POST, prefix="minutes"))
    actions.edit_minutes(_minutes(meeting), by=request.user, now=timezone.now(), **values)
    return _("已保存。")


def _circulate(request, meeting) -> str:
    values = _clean(forms.CirculateForm(request.POST, prefix="circulate"))
    actions.circulate(_minutes(meeting), by=request.user, now=timezone.now(), **values)
    return _("纪要已送参会人核对。")


def _object(request, meeting) -> str:
    values = _clean(forms.SayForm(request.POST, prefix="say"))
    actions.object_to(_minutes(meeting), by=request.user, now=timezone.now(), **values)
    return _("意见已登记，会得到答复。")


def _own_department(user, minutes: Minutes) -> int | None:
    """The one of the addressed departments in which the user works; offices of the whole hospital are in none."""
    if can(user, Permission.VIEW_PLANS, whole_hospital=True):
        return None
    return next((one for one in minutes.departments if can(user, Permission.VIEW_PLANS, one)), None)


def _feed_back(request, meeting) -> str:
    values = _clean(forms.SayForm(request.POST, prefix="say"))
    department = _own_department(request.user, _minutes(meeting))
    if department is None:
        raise ValidationError(_("由收到纪要的科室反馈；您的账号不属于其中任何一个科室。"))
    actions.feed_back(
        _minutes(meeting),
        by=request.user,
        now=timezone.now(),
        text=values["text"],
        department=organisation.department(department_id=department),
    )
    return _("反馈已送委员会。")


def _reply(request, meeting) -> str:
    found = Objection.objects.filter(minutes__meeting=meeting, pk=_number(request, "objection")).first()
    if found is None:
        raise Http404
    actions.reply(found, by=request.user, now=timezone.now(), answer=request.POST.get("answer", ""))
    return _("已答复。")


def _confirm(request, meeting) -> str:
    actions.confirm(_minutes(meeting), by=request.user, now=timezone.now())
    return _("纪要已确认。")


def _publish(request, meeting) -> str:
    values = _clean(forms.PublishForm(request.POST, choices=_departments(), prefix="publish"))
    chosen = [int(one) for one in values["departments"]]
    actions.publish(_minutes(meeting), by=request.user, now=timezone.now(), departments=chosen)
    return _("纪要已发布。")


STEPS: dict[str, Callable[[HttpRequest, Meeting], str]] = {
    "invite": _invite, "guest": _guest, "answer": _answer, "sign": _by_hand, "draw": _draw, "propose": _propose,
    "discuss": _discuss, "resolve": _resolve, "draft": _draft, "edit": _edit, "circulate": _circulate,
    "object": _object, "feedback": _feed_back, "reply": _reply, "confirm": _confirm, "publish": _publish,
}  # fmt: skip


def _minutes(meeting: Meeting) -> Minutes:
    found = Minutes.objects.filter(meeting=meeting).select_related("meeting__body").first()
    if found is None:
        raise Http404
    return found


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() else -1


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
        actions.prove(found, by=by, now=now, **_clean(proof))
    elif verb in ("accept", "return"):
        actions.judge(found, by=by, now=now, accepted=verb == "accept", **_clean(judging))
    else:
        raise Http404
