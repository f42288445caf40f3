"""Writes of a meeting as it is held: notice, answers, sign-in, topics, quorum."""

from __future__ import annotations

from datetime import datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.notices.models import Notice
from zhikong.hospital.functions.meetings import drawing, queries, rules_sitting
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.models import (
    Attendee,
    Meeting,
    Sitting,
    Topic,
)


def keep(by, meeting: Meeting) -> None:
    """Raises PermissionDenied unless the person keeps the meeting: chair, secretary, who records decisions."""
    if not reads.may_keep(by, meeting):
        raise PermissionDenied(_("只有主任委员、秘书和登记决议的人可以这样做。"))


def _planned(meeting: Meeting) -> None:
    if meeting.state != Meeting.State.PLANNED:
        raise ValidationError(_("这次会议已经登记过，或已取消。"))


# ---- notice and answers ----------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    meeting: Meeting, *, by, now: datetime, kind: str = "regular", begins_at: time | None = None
) -> Sitting:
    """Put the body's real members of the day down as attendees and tell them; may be called again for new members."""
    keep(by, meeting)
    _planned(meeting)
    sitting = reads.sitting(meeting)
    sitting.kind, sitting.begins_at, sitting.invited_at = kind, begins_at, now
    sitting.save()
    for member in queries.members(meeting.body, on=meeting.on):
        Attendee.objects.get_or_create(
            meeting=meeting, person_id=member.person_id,
            defaults={"institution_id": meeting.institution_id, "seat": member.seat},
        )  # fmt: skip
    tell(
        meeting,
        by=by,
        now=now,
        title=_("会议通知：%(body)s %(on)s") % {"body": meeting.body.name, "on": meeting.on},
    )
    return sitting


@transaction.atomic
def add_guest(meeting: Meeting, *, by, now: datetime, person) -> Attendee:
    """Somebody who is no member: heard, not counted for the quorum."""
    keep(by, meeting)
    return Attendee.objects.get_or_create(
        meeting=meeting, person=person, defaults={"institution_id": meeting.institution_id}
    )[0]


@transaction.atomic
def answer(
    attendee: Attendee, *, by, now: datetime, answer: str, reason: str = "", substitute=None
) -> Attendee:
    """The member says whether he comes; staying away wants a reason, a substitute his name."""
    if by.person_id != attendee.person_id:
        keep(by, attendee.meeting)
    _planned(attendee.meeting)
    if answer == Attendee.Answer.NO and not reason.strip():
        raise ValidationError(_("请假请写明理由。"))
    if answer == Attendee.Answer.SUBSTITUTE and (substitute is None or substitute.pk == attendee.person_id):
        raise ValidationError(_("请选择代您参加的人。"))
    attendee.answer, attendee.reason, attendee.answered_at = answer, reason.strip()[:200], now
    attendee.substitute = substitute if answer == Attendee.Answer.SUBSTITUTE else None
    attendee.save()
    return attendee


def sign_in(meeting: Meeting, *, by, now: datetime, code: str) -> Attendee:
    """Sign in with the code that the screen shows. Raises ValidationError for an old code and for strangers."""
    _planned(meeting)
    if timezone.localdate(now) != meeting.on:
        raise ValidationError(_("只能在会议当天签到。"))
    if not rules_sitting.is_code(reads.sitting(meeting).key, code, now):
        raise ValidationError(_("签到码已过期。请重新扫描会场屏幕上的二维码。"))
    attendee = reads.attends(by, meeting)
    if attendee is None:
        raise ValidationError(_("您不在参会名单里。请找会议秘书登记为列席。"))
    return _signed(attendee, by=by, now=now, by_code=True)


def sign_by_hand(attendee: Attendee, *, by, now: datetime) -> Attendee:
    """The secretary notes who is in the room."""
    keep(by, attendee.meeting)
    _planned(attendee.meeting)
    return _signed(attendee, by=by, now=now, by_code=False)


def _signed(attendee: Attendee, *, by, now: datetime, by_code: bool) -> Attendee:
    if attendee.signed_at is None:
        attendee.signed_at, attendee.signed_by, attendee.by_code = now, by, by_code
        attendee.save(update_fields=["signed_at", "signed_by", "by_code"])
    return attendee


# ---- topics and quorum --------------------------------------------------------------------------------------------


@transaction.atomic
def draw(meeting: Meeting, *, by, now: datetime) -> int:
    """Bring onto the agenda what waits; what is there already stays. Gives how many came."""
    keep(by, meeting)
    _planned(meeting)
    made = 0
    for one in drawing.topics(meeting, today=timezone.localdate(now)):
        values = drawing.fields(one)
        _found, new = Topic.objects.get_or_create(
            meeting=meeting, kind=values.pop("kind"), key=values.pop("key"),
            defaults={**values, "institution_id": meeting.institution_id, "drawn_at": now, "by": by},
        )  # fmt: skip
        made += new
    return made


def propose(meeting: Meeting, *, by, now: datetime, title: str, text: str = "") -> Topic:
    """A member puts something on the agenda."""
    _planned(meeting)
    if not reads.attends(by, meeting):
        keep(by, meeting)
    if len(title.strip()) < 2:
        raise ValidationError(_("请写明议题。"))
    return Topic.objects.create(
        institution_id=meeting.institution_id, meeting=meeting, kind=Topic.Kind.PROPOSAL, title=title.strip()[:200],
        text=text.strip(), drawn_at=now, by=by,
    )  # fmt: skip


def discuss(topic: Topic, *, by, now: datetime, discussion: str) -> Topic:
    """What was said on a topic."""
    keep(by, topic.meeting)
    topic.discussion = discussion.strip()
    topic.save(update_fields=["discussion"])
    return topic


def settle_quorum(meeting: Meeting, *, now: datetime) -> Sitting:
    """Called as the meeting is noted as held: below the quorum it was a talk. Without a notice nothing is judged."""
    sitting = reads.sitting(meeting)
    if sitting.invited_at is not None:
        found = reads.presence(meeting)
        sitting.quorum, sitting.as_talk = found.needed, not found.enough
        sitting.save(update_fields=["quorum", "as_talk"])
    return sitting


def warn_late(*, now: datetime) -> int:
    """Tell secretaries and the quality office of bodies whose cycle is over; once for each overdue day of the cycle."""
    today, told = timezone.localdate(now), 0
    for one in reads.late_bodies(today=today):
        key = f"{one.body.pk}:{one.next.on}"
        if Notice.objects.filter(source_kind="cycle", source_key=key).exists():
            continue
        people = [
            m.person_id for m in queries.members(one.body, on=today) if m.seat in ("secretary", "chair")
        ]
        notices.send(
            by=None, now=now, title=f"会议已超过周期：{one.body.name}", text=one.next.reason, kind="finding",
            url=reverse("meetings:committee", args=[one.body.pk]), source_kind="cycle", source_key=key,
            users=list(User.objects.filter(person_id__in=people, is_active=True)), roles=["quality_office"],
        )  # fmt: skip
        told += 1
    return told


def tell(meeting: Meeting, *, by, now: datetime, title: str) -> None:
    """A notice to everybody who attends, and to those who come in somebody's place."""
    people = list(meeting.attendees.values_list("person_id", flat=True))
    people += list(meeting.attendees.exclude(substitute=None).values_list("substitute_id", flat=True))
    notices.send(
        by=by, now=now, title=title, text=meeting.place, url=reverse("meetings:sitting", args=[meeting.pk]),
        kind="finding", source_kind="meeting", source_key=str(meeting.pk),
        users=list(User.objects.filter(person_id__in=people, is_active=True)),
    )  # fmt: skip
