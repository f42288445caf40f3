"""Writes of a meeting's minutes: drafted, circulated, objected to, confirmed, published, answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.meetings import queries, rules_sitting
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.actions_sitting import keep, tell
from zhikong.hospital.functions.meetings.models import (
    Attendee,
    Meeting,
    Minutes,
    Objection,
)


@transaction.atomic
def draft_minutes(meeting: Meeting, *, by, now: datetime) -> Minutes:
    """Minutes made of what the product knows; a draft is made anew, later states keep their words."""
    keep(by, meeting)
    if meeting.state != Meeting.State.HELD:
        raise ValidationError(_("会议登记为已召开以后才有纪要。"))
    found = Minutes.objects.filter(meeting=meeting).first()
    if found and found.state != Minutes.State.DRAFT:
        raise ValidationError(_("纪要已经送出，不能重新起草。"))
    found = found or Minutes(institution_id=meeting.institution_id, meeting=meeting)
    found.text, found.drafted_at = _words(meeting), now
    found.save()
    return found


def _words(meeting: Meeting) -> str:
    people = reads.attendees(meeting)
    matters = [
        (one.title, getattr(one.agenda_item, "discussion", ""), one.decision or "")
        for one in queries.agenda(meeting)
    ]
    matters += [(one.title, one.discussion, "") for one in meeting.topics.all()]
    resolutions = [
        (one.text, str(one.owner or one.department or ""), str(one.due_on or ""))
        for one in meeting.resolutions.select_related("owner", "department")
    ]
    return rules_sitting.draft(
        body=meeting.body.name, on=meeting.on, place=meeting.place, chair=meeting.chaired_by,
        seats=sum(bool(one.seat) for one in people),
        present=[_present(one) for one in people if one.signed_at],
        absent=[one.person.name for one in people if one.seat and not one.signed_at],
        matters=matters, resolutions=resolutions, as_talk=reads.sitting(meeting).as_talk,
    )  # fmt: skip


def _present(one: Attendee) -> str:
    if one.substitute:
        return f"{one.substitute.name}（代{one.person.name}）"
    return one.person.name if one.seat else f"{one.person.name}（列席）"


def edit_minutes(minutes: Minutes, *, by, now: datetime, text: str) -> Minutes:
    """The words, until they are confirmed."""
    keep(by, minutes.meeting)
    if minutes.state not in (Minutes.State.DRAFT, Minutes.State.CIRCULATED):
        raise ValidationError(_("纪要已经确认，不能再改。"))
    if not text.strip():
        raise ValidationError(_("纪要不能为空。"))
    minutes.text = text.strip()
    minutes.save(update_fields=["text"])
    return minutes


@transaction.atomic
def circulate(minutes: Minutes, *, by, now: datetime, until: date) -> Minutes:
    """Send the draft round for objections until a day."""
    keep(by, minutes.meeting)
    if minutes.state != Minutes.State.DRAFT:
        raise ValidationError(_("纪要已经送出。"))
    if until < timezone.localdate(now):
        raise ValidationError(_("意见截止日不能早于今天。"))
    minutes.state, minutes.until = Minutes.State.CIRCULATED, until
    minutes.save(update_fields=["state", "until"])
    title = _("请核对会议纪要：%(body)s %(on)s") % {
        "body": minutes.meeting.body.name,
        "on": minutes.meeting.on,
    }
    tell(minutes.meeting, by=by, now=now, title=title)
    return minutes


def object_to(minutes: Minutes, *, by, now: datetime, text: str) -> Objection:
    """A member's objection, while the draft goes round."""
    if minutes.state != Minutes.State.CIRCULATED or (
        minutes.until and timezone.localdate(now) > minutes.until
    ):
        raise ValidationError(_("现在不在征求意见的期限内。"))
    if not reads.attends(by, minutes.meeting):
        raise PermissionDenied(_("只有参会的人可以对纪要提意见。"))
    return _say(minutes, Objection.Kind.OBJECTION, by=by, now=now, text=text)


def feed_back(minutes: Minutes, *, by, now: datetime, text: str, department) -> Objection:
    """A department answers the committee on what was published."""
    if minutes.state != Minutes.State.PUBLISHED or department.pk not in minutes.departments:
        raise ValidationError(_("纪要没有发给这个科室。"))
    if not can(by, Permission.VIEW_PLANS, department):
        raise PermissionDenied(_("您不能代表这个科室反馈。"))
    return _say(minutes, Objection.Kind.FEEDBACK, by=by, now=now, text=text, department=department)


def _say(minutes: Minutes, kind: str, *, by, now: datetime, text: str, department=None) -> Objection:
    if len(text.strip()) < 2:
        raise ValidationError(_("请写明意见。"))
    return Objection.objects.create(
        institution_id=minutes.institution_id, minutes=minutes, kind=kind, text=text.strip(), at=now, by=by,
        department=department,
    )  # fmt: skip


@transaction.atomic
def reply(objection: Objection, *, by, now: datetime, answer: str) -> Objection:
    """The answer goes to who said it."""
    keep(by, objection.minutes.meeting)
    if objection.answered_at or not answer.strip():
        raise ValidationError(_("已经答复过，或答复是空的。"))
    objection.answer, objection.answered_at, objection.answered_by = answer.strip(), now, by
    objection.save()
    notices.send(
        by=by, now=now, title=_("您对会议纪要的意见已有答复"), text=objection.answer, kind="finding",
        url=reverse("meetings:sitting", args=[objection.minutes.meeting_id]), source_kind="minutes",
        source_key=str(objection.minutes_id), users=[one for one in (objection.by,) if one],
    )  # fmt: skip
    return objection


@transaction.atomic
def confirm(minutes: Minutes, *, by, now: datetime) -> Minutes:
    """The chair, or who records decisions, confirms; every objection must have its answer."""
    keep(by, minutes.meeting)
    if minutes.state != Minutes.State.CIRCULATED:
        raise ValidationError(_("纪要要先送参会人核对，才能确认。"))
    if minutes.objections.filter(answered_at=None).exists():
        raise ValidationError(_("还有意见没有答复。"))
    minutes.state, minutes.confirmed_at, minutes.confirmed_by = Minutes.State.CONFIRMED, now, by
    minutes.save()
    return minutes


@transaction.atomic
def publish(minutes: Minutes, *, by, now: datetime, departments: Iterable[int]) -> Minutes:
    """Send confirmed minutes to departments; they can answer."""
    keep(by, minutes.meeting)
    if minutes.state != Minutes.State.CONFIRMED:
        raise ValidationError(_("纪要确认以后才能发布。"))
    minutes.state, minutes.published_at = Minutes.State.PUBLISHED, now
    minutes.departments = sorted(set(departments))
    minutes.save()
    notices.send(
        by=by, now=now, title=_("会议纪要：%(body)s %(on)s") % {"body": minutes.meeting.body.name, "on": minutes.meeting.on},
        text=minutes.text[:300], url=reverse("meetings:sitting", args=[minutes.meeting_id]), kind="finding",
        source_kind="minutes", source_key=str(minutes.pk), departments=minutes.departments,
    )  # fmt: skip
    return minutes
