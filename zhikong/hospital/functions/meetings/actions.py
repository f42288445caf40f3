"""Writes of agendas and meetings. The decision itself goes through the findings' foundation, back to its source."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings.facts import MatterReferred
from zhikong.foundation.findings.models import Referral
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.meetings import actions_sitting, duties, queries
from zhikong.hospital.functions.meetings.models import AgendaItem, ItemEvent, Meeting

MANUAL = "manual"
"""A matter that is of no other app."""


def on_referred(fact: MatterReferred, *, now: datetime) -> None:
    """A matter was put before a committee: onto the next planned meeting, and those who keep the agenda are told."""
    referral = queries.referral(fact.referral_id)
    if referral is None or not referral.is_open:
        return
    item = item_of(referral)
    planned = Meeting.objects.filter(
        body_id=referral.body_id, state=Meeting.State.PLANNED, on__gte=timezone.localdate(now)
    )
    if item.meeting_id is None and (coming := planned.order_by("on").first()):
        _put_down(item, coming, by=None, now=now)
    people = [
        m.person_id
        for m in queries.members(referral.body, on=timezone.localdate(now))
        if m.seat == "secretary"
    ]
    notices.send(
        by=referral.asked_by, now=now, title=f"新议题：{referral.title}（{referral.body.name}）", text=referral.question,
        url=reverse("meetings:item", args=[referral.pk]), kind="finding", source_kind="referral",
        source_key=str(referral.pk), users=list(User.objects.filter(person_id__in=people, is_active=True)),
        roles=["quality_office"],
    )  # fmt: skip


def matter_decided(referral: Referral, *, by, now: datetime) -> None:
    """A matter of no other app: whoever asked is told, and the responsible person gets a task."""
    url, words = reverse("meetings:item", args=[referral.pk]), findings.decision_in_words(referral)
    notices.send(
        by=by, now=now, title=f"委员会已有决议：{referral.title}", text=words, url=url, kind="finding",
        source_kind="referral", source_key=str(referral.pk), users=[user for user in (referral.asked_by,) if user],
    )  # fmt: skip
    to = findings.account_of(referral.responsible_id, referral.department_id)
    if to is not None and referral.due_on is not None:
        tasks.assign(
            by=by, now=now, owner=to, title=f"落实委员会决议：{referral.measures or referral.decision}"[:160], url=url,
            due_on=referral.due_on, due_reason=f"{referral.body.name} {referral.decided_on} 决议的期限"[:300],
            source_kind="referral", source_key=str(referral.pk), department_id=referral.department_id,
        )  # fmt: skip


def item_of(referral: Referral) -> AgendaItem:
    """The matter's place on the agenda; made when it has none yet."""
    return AgendaItem.objects.get_or_create(
        referral=referral,
        defaults={"institution_id": referral.institution_id, "department_id": referral.department_id},
    )[0]


@transaction.atomic
def plan_meeting(*, by, now: datetime, body: Body, on: date, place: str = "") -> Meeting:
    """Plan a meeting; what waits undated comes onto its agenda."""
    require(by, Permission.RECORD_DECISIONS)
    if on < timezone.localdate(now):
        raise ValidationError(_("会议日期不能早于今天；已经开过的会请在议题里登记决议。"))
    return _meeting(by=by, now=now, body=body, on=on, place=place)


def _meeting(*, by, now: datetime, body: Body, on: date, place: str) -> Meeting:
    if Meeting.objects.filter(body=body, on=on).exclude(state=Meeting.State.CANCELLED).exists():
        raise ValidationError(_("%(body)s在 %(on)s 已有会议。") % {"body": body.name, "on": on})
    made = Meeting.objects.create(
        institution_id=current_scope().institution_id, body=body, on=on, place=place, planned_at=now, planned_by=by,
    )  # fmt: skip
    for referral in queries.referrals(body_id=body.pk):
        item = item_of(referral)
        if item.meeting_id is None:
            _put_down(item, made, by=by, now=now)
    return made


def _put_down(item: AgendaItem, meeting: Meeting, *, by, now: datetime) -> None:
    last = meeting.items.aggregate(last=Max("order"))["last"] or 0
    item.meeting, item.order = meeting, last + 1
    item.save()
    _tell(item, by=by, now=now, text=f"列入 {meeting.on} 会议，第 {item.order} 项")


def _tell(item: AgendaItem, *, by, now: datetime, text: str) -> None:
    ItemEvent.objects.create(
        institution_id=item.institution_id,
        department_id=item.department_id,
        item=item,
        at=now,
        by=by,
        text=text,
    )


@transaction.atomic
def arrange(referral: Referral, *, by, now: datetime, meeting: Meeting) -> AgendaItem:
    """Put a matter down for a planned meeting of its committee."""
    require(by, Permission.RECORD_DECISIONS)
    if meeting.body_id != referral.body_id or meeting.state != Meeting.State.PLANNED or not referral.is_open:
        raise ValidationError(_("只能列入同一委员会尚未召开的会议，且议题还没有决议。"))
    item = item_of(referral)
    if item.meeting_id != meeting.pk:
        _put_down(item, meeting, by=by, now=now)
    return item


@transaction.atomic
def put_off(referral: Referral, *, by, now: datetime, reason: str) -> AgendaItem:
    """Not this time: the matter waits for the next meeting; the reason and the number of times stay in sight."""
    require(by, Permission.RECORD_DECISIONS)
    if not referral.is_open:
        raise ValidationError(_("这个议题已经有决议或已撤回。"))
    if len(reason.strip()) < 2:
        raise ValidationError(_("推迟时请写明理由。"))
    item = item_of(referral)
    item.meeting, item.put_off = None, item.put_off + 1
    item.save()
    _tell(item, by=by, now=now, text=f"推迟：{reason.strip()}")
    return item


@transaction.atomic
def decide(
    referral: Referral,
    *,
    by,
    now: datetime,
    decision: str,
    decided_on: date,
    discussion: str = "",
    measures: str = "",
    responsible=None,
    due_on: date | None = None,
) -> Referral:
    """Record the committee's decision; it goes back to the matter, with a task for the responsible person."""
    findings.bring_back(
        referral, by=by, now=now, decision=decision, decided_on=decided_on, measures=measures,
        responsible=responsible, due_on=due_on,
    )  # fmt: skip
    item = item_of(referral)
    item.discussion = discussion.strip()
    item.save()
    _tell(item, by=by, now=now, text=f"决议：{referral.decision}")
    return referral


@transaction.atomic
def hold(meeting: Meeting, *, by, now: datetime, chaired_by: str, present: int, notes: str = "") -> Meeting:
    """The meeting was held. What it did not decide waits for the next one."""
    require(by, Permission.RECORD_DECISIONS)
    meeting.refresh_from_db(from_queryset=Meeting.objects.select_for_update(of=("self",)))
    if meeting.state != Meeting.State.PLANNED:
        raise ValidationError(_("这次会议已经登记过，或已取消。"))
    if meeting.on > timezone.localdate(now):
        raise ValidationError(_("会议日期还没有到。"))
    meeting.state, meeting.held_at, meeting.held_by = Meeting.State.HELD, now, by
    meeting.chaired_by, meeting.present, meeting.notes = chaired_by, present, notes
    meeting.save()
    for referral in queries.agenda(meeting):
        if referral.is_open:
            put_off(referral, by=by, now=now, reason=_("会上没有作出决议"))
    actions_sitting.settle_quorum(meeting, now=now)
    duties.held(meeting, by=by, now=now)
    return meeting


@transaction.atomic
def cancel(meeting: Meeting, *, by, now: datetime, reason: str) -> Meeting:
    """The meeting will not take place; its items wait for the next one."""
    require(by, Permission.RECORD_DECISIONS)
    meeting.refresh_from_db(from_queryset=Meeting.objects.select_for_update(of=("self",)))
    if meeting.state != Meeting.State.PLANNED:
        raise ValidationError(_("这次会议已经登记过，或已取消。"))
    for referral in queries.agenda(meeting):
        put_off(referral, by=by, now=now, reason=reason)
    meeting.state, meeting.notes = Meeting.State.CANCELLED, reason
    meeting.save()
    return meeting
