"""The steps of a meeting that its page offers, each by the name of its button: what it writes, what it tells."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.meetings import actions_minutes as writing
from zhikong.hospital.functions.meetings import actions_resolutions
from zhikong.hospital.functions.meetings import actions_sitting as actions
from zhikong.hospital.functions.meetings import forms_sitting as forms
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.models import Meeting, Minutes, Objection


def _invite(request, meeting) -> str:
    values = forms.clean(forms.InviteForm(request.POST, prefix="invite"))
    actions.invite(meeting, by=request.user, now=timezone.now(), **values)
    return _("已通知参会人。")


def _guest(request, meeting) -> str:
    values = forms.clean(forms.GuestForm(request.POST, people=Person.objects.all(), prefix="guest"))
    actions.add_guest(meeting, by=request.user, now=timezone.now(), **values)
    return _("已登记列席。")


def _answer(request, meeting) -> str:
    own = reads.attends(request.user, meeting)
    if own is None:
        raise Http404
    values = forms.clean(forms.AnswerForm(request.POST, people=Person.objects.all(), prefix="answer"))
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
    values = forms.clean(forms.ProposeForm(request.POST, prefix="propose"))
    actions.propose(meeting, by=request.user, now=timezone.now(), **values)
    return _("已列入议程。")


def _discuss(request, meeting) -> str:
    found = meeting.topics.filter(pk=_number(request, "topic")).first()
    if found is None:
        raise Http404
    actions.discuss(found, by=request.user, now=timezone.now(), discussion=request.POST.get("discussion", ""))
    return _("已保存。")


def _resolve(request, meeting) -> str:
    actions_resolutions.resolve(
        meeting, by=request.user, now=timezone.now(), **forms.clean(forms.resolve_form(meeting, request.POST))
    )
    return _("决议已登记。")


def _draft(request, meeting) -> str:
    writing.draft_minutes(meeting, by=request.user, now=timezone.now())
    return _("纪要已按登记的情况起草，请核对文字。")


def _edit(request, meeting) -> str:
    values = forms.clean(forms.MinutesForm(request.POST, prefix="minutes"))
    writing.edit_minutes(_minutes(meeting), by=request.user, now=timezone.now(), **values)
    return _("已保存。")


def _circulate(request, meeting) -> str:
    values = forms.clean(forms.CirculateForm(request.POST, prefix="circulate"))
    writing.circulate(_minutes(meeting), by=request.user, now=timezone.now(), **values)
    return _("纪要已送参会人核对。")


def _object(request, meeting) -> str:
    values = forms.clean(forms.SayForm(request.POST, prefix="say"))
    writing.object_to(_minutes(meeting), by=request.user, now=timezone.now(), **values)
    return _("意见已登记，会得到答复。")


def _own_department(user, minutes: Minutes) -> int | None:
    """The one of the addressed departments in which the user works; offices of the whole hospital are in none."""
    if can(user, Permission.VIEW_PLANS, whole_hospital=True):
        return None
    return next((one for one in minutes.departments if can(user, Permission.VIEW_PLANS, one)), None)


def _feed_back(request, meeting) -> str:
    values = forms.clean(forms.SayForm(request.POST, prefix="say"))
    department = _own_department(request.user, _minutes(meeting))
    if department is None:
        raise ValidationError(_("由收到纪要的科室反馈；您的账号不属于其中任何一个科室。"))
    writing.feed_back(
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
    writing.reply(found, by=request.user, now=timezone.now(), answer=request.POST.get("answer", ""))
    return _("已答复。")


def _confirm(request, meeting) -> str:
    writing.confirm(_minutes(meeting), by=request.user, now=timezone.now())
    return _("纪要已确认。")


def _publish(request, meeting) -> str:
    values = forms.clean(forms.PublishForm(request.POST, choices=forms.departments(), prefix="publish"))
    chosen = [int(one) for one in values["departments"]]
    writing.publish(_minutes(meeting), by=request.user, now=timezone.now(), departments=chosen)
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
