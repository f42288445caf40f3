"""Writes of a meeting as it is held: notice, answers, sign-in, topics, resolutions, minutes, objections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.meetings import drawing, queries, rules_sitting
from zhikong.hospital.functions.meetings import queries_sitting as reads
from zhikong.hospital.functions.meetings.models import (
    Attendee,
    Meeting,
    Minutes,
    Objection,
    Resolution,
    Sitting,
    Topic,
)

SOURCE = "resolution"


def _keep(by, meeting: Meeting) -> None:
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
    _keep(by, meeting)
    _planned(meeting)
    sitting = reads.sitting(meeting)
    sitting.kind, sitting.begins_at, sitting.invited_at = kind, begins_at, now
    sitting.save()
    for member in queries.members(meeting.body, on=meeting.on):
        Attendee.objects.get_or_create(
            meeting=meeting, person_id=member.person_id,
            defaults={"institution_id": meeting.institution_id, "seat": member.seat},
        )  # fmt: skip
    _tell(
        meeting,
        by=by,
        now=now,
        title=_("会议通知：%(body)s %(on)s") % {"body": meeting.body.name, "on": meeting.on},
    )
    return sitting


@transaction.atomic
def add_guest(meeting: Meeting, *, by, now: datetime, person) -> Attendee:
    """Somebody who is no member: heard, not counted for the quorum."""
    _keep(by, meeting)
    return Attendee.objects.get_or_create(
        meeting=meeting, person=person, defaults={"institution_id": meeting.institution_id}
    )[0]


@transaction.atomic
def answer(
    attendee: Attendee, *, by, now: datetime, answer: str, reason: str = "", substitute=None
) -> Attendee:
    """The member says whether he comes; staying away wants a reason, a substitute his name."""
    if by.person_id != attendee.person_id:
        _keep(by, attendee.meeting)
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
    _keep(by, attendee.meeting)
    _planned(attendee.meeting)
    return _signed(attendee, by=by, now=now, by_code=False)


def _signed(attendee: Attendee, *, by, now: datetime, by_code: bool) -> Attendee:
    if attendee.signed_at is None:
        attendee.signed_at, attendee.signed_by, attendee.by_code = now, by, by_code
        attendee.save(update_fields=["signed_at", "signed_by", "by_code"])
    return attendee


# ---- topics and resolutions --------------------------------------------------------------------------------------------


@transaction.atomic
def draw(meeting: Meeting, *, by, now: datetime) -> int:
    """Bring onto the agenda what waits; what is there already stays. Gives how many came."""
    _keep(by, meeting)
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
        _keep(by, meeting)
    if len(title.strip()) < 2:
        raise ValidationError(_("请写明议题。"))
    return Topic.objects.create(
        institution_id=meeting.institution_id, meeting=meeting, kind=Topic.Kind.PROPOSAL, title=title.strip()[:200],
        text=text.strip(), drawn_at=now, by=by,
    )  # fmt: skip


def discuss(topic: Topic, *, by, now: datetime, discussion: str) -> Topic:
    """What was said on a topic."""
    _keep(by, topic.meeting)
    topic.discussion = discussion.strip()
    topic.save(update_fields=["discussion"])
    return topic


@transaction.atomic
def resolve(
    meeting: Meeting, *, by, now: datetime, text: str, topic: Topic | None = None, owner=None, department=None,
    due_on: date | None = None,
) -> Resolution:  # fmt: skip
    """Write down what was decided; with an owner it becomes a task. A meeting without its quorum decides nothing."""
    _keep(by, meeting)
    if reads.sitting(meeting).as_talk:
        raise ValidationError(_("到会人数不足法定人数，本次是讨论会，不能作决议。"))
    if meeting.state == Meeting.State.PLANNED and not reads.presence(meeting).enough:
        raise ValidationError(_("签到的委员还不到法定人数，不能作决议。请先签到，或按讨论会登记。"))
    if not text.strip():
        raise ValidationError(_("请写明决议。"))
    if owner is not None and due_on is None:
        raise ValidationError(_("有责任人的决议要写期限。"))
    made = Resolution.objects.create(
        institution_id=meeting.institution_id, meeting=meeting, topic=topic, text=text.strip(), owner=owner,
        department=department, due_on=due_on, made_at=now, made_by=by,
    )  # fmt: skip
    _assign(made, by=by, now=now)
    return made


def _assign(made: Resolution, *, by, now: datetime) -> None:
    if made.owner is None or made.due_on is None:
        return
    tasks.assign(
        by=by, now=now, owner=made.owner, title=f"落实会议决议：{made.text}"[:160],
        url=reverse("meetings:resolution", args=[made.pk]), due_on=made.due_on,
        due_reason=f"{made.meeting.body.name} {made.meeting.on} 会议议定的期限"[:300], source_kind=SOURCE,
        source_key=str(made.pk), department_id=made.department_id or _department_of(made.owner),
    )  # fmt: skip


def _department_of(owner: User) -> int | None:
    """A task of somebody who works in one department is that department's; of hospital-wide roles, the hospital's."""
    reached = [grant.departments for grant in owner.grants()]
    if None in reached:
        return None
    return min((number for departments in reached for number in departments or ()), default=None)


@transaction.atomic
def prove(resolution: Resolution, *, by, now: datetime, proof: str, files: Sequence = ()) -> Resolution:
    """The owner says what was done; it comes before the next meeting."""
    if by.pk != resolution.owner_id:
        _keep(by, resolution.meeting)
    if resolution.state != Resolution.State.OPEN:
        raise ValidationError(_("这项决议不在落实中。"))
    if len(proof.strip()) < 4:
        raise ValidationError(_("请写明落实的情况。"))
    resolution.state, resolution.proof = Resolution.State.PROVEN, proof.strip()
    resolution.proven_at, resolution.proven_by = now, by
    resolution.file_ids = [file.pk for file in files]
    resolution.save()
    tasks.complete_for(source_kind=SOURCE, source_key=str(resolution.pk), by=by, now=now)
    return resolution


@transaction.atomic
def judge(
    resolution: Resolution, *, by, now: datetime, accepted: bool, verdict: str, due_on: date | None = None
) -> Resolution:
    """The committee finds it done, or gives it back with a new date."""
    _keep(by, resolution.meeting)
    if resolution.state not in (Resolution.State.OPEN, Resolution.State.PROVEN):
        raise ValidationError(_("这项决议已经了结。"))
    if by.pk in (resolution.owner_id, resolution.proven_by_id):
        raise ValidationError(_("落实情况是您报告的，请委员会的其他人判断。"))
    if not verdict.strip():
        raise ValidationError(_("请写明意见。"))
    resolution.verdict = verdict.strip()[:300]
    if accepted:
        resolution.state = Resolution.State.ACCEPTED
        tasks.complete_for(source_kind=SOURCE, source_key=str(resolution.pk), by=by, now=now)
    else:
        if due_on is None or due_on < timezone.localdate(now):
            raise ValidationError(_("退回时请写新的期限，不早于今天。"))
        resolution.state, resolution.due_on = Resolution.State.OPEN, due_on
        resolution.returned += 1
    resolution.save()
    if not accepted:
        tasks.cancel_for(
            source_kind=SOURCE, source_key=str(resolution.pk), by=by, now=now, reason=_("委员会退回")
        )
        _assign(resolution, by=by, now=now)
    return resolution


# ---- holding and minutes -------------------------------------------------------------------------------------------------


def settle_quorum(meeting: Meeting, *, now: datetime) -> Sitting:
    """Called as the meeting is noted as held: below the quorum it was a talk. Without a notice nothing is judged."""
    sitting = reads.sitting(meeting)
    if sitting.invited_at is not None:
        found = reads.presence(meeting)
        sitting.quorum, sitting.as_talk = found.needed, not found.enough
        sitting.save(update_fields=["quorum", "as_talk"])
    return sitting


@transaction.atomic
def draft_minutes(meeting: Meeting, *, by, now: datetime) -> Minutes:
    """Minutes made of what the product knows; a draft is made anew, later states keep their words."""
    _keep(by, meeting)
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
    _keep(by, minutes.meeting)
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
    _keep(by, minutes.meeting)
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
    _tell(minutes.meeting, by=by, now=now, title=title)
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
    _keep(by, objection.minutes.meeting)
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
    _keep(by, minutes.meeting)
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
    _keep(by, minutes.meeting)
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


def _tell(meeting: Meeting, *, by, now: datetime, title: str) -> None:
    people = list(meeting.attendees.values_list("person_id", flat=True))
    people += list(meeting.attendees.exclude(substitute=None).values_list("substitute_id", flat=True))
    notices.send(
        by=by, now=now, title=title, text=meeting.place, url=reverse("meetings:sitting", args=[meeting.pk]),
        kind="finding", source_kind="meeting", source_key=str(meeting.pk),
        users=list(User.objects.filter(person_id__in=people, is_active=True)),
    )  # fmt: skip
