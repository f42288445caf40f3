"""Reads of meetings as they are held: for their members, and for those who keep them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.meetings import queries, rules_sitting
from zhikong.hospital.functions.meetings.models import Attendee, Meeting, Minutes, Resolution, Sitting


def may_keep(user, meeting: Meeting) -> bool:
    """Who runs a meeting: its body's chair and secretary, and those who record decisions."""
    if can(user, Permission.RECORD_DECISIONS):
        return True
    return bool(user.person_id) and meeting.attendees.filter(
        person_id=user.person_id, seat__in=("chair", "deputy", "secretary")
    ).exists()  # fmt: skip


def attends(user, meeting: Meeting) -> Attendee | None:
    """The user's own place at a meeting: as a member, a guest or a substitute."""
    if not user.person_id:
        return None
    own = Q(person_id=user.person_id) | Q(substitute_id=user.person_id)
    return meeting.attendees.filter(own).select_related("person").first()


def may_read(user, meeting: Meeting) -> bool:
    """Members, keepers, those who refer matters; after publication the departments that it was sent to."""
    if can(user, Permission.REFER_TO_COMMITTEE) or may_keep(user, meeting) or attends(user, meeting):
        return True
    minutes = Minutes.objects.filter(meeting=meeting, state=Minutes.State.PUBLISHED).first()
    return minutes is not None and any(can(user, Permission.VIEW_PLANS, one) for one in minutes.departments)


def sitting(meeting: Meeting) -> Sitting:
    """The organisation of a meeting; meetings of older versions get theirs at first use."""
    return Sitting.objects.get_or_create(
        meeting=meeting, defaults={"institution_id": meeting.institution_id}
    )[0]


def attendees(meeting: Meeting) -> list[Attendee]:
    """Members first, in the order of their seats, then guests."""
    order = {"chair": 0, "deputy": 1, "secretary": 2, "member": 3, "": 4}
    found = meeting.attendees.select_related("person", "substitute")
    return sorted(found, key=lambda one: (order.get(one.seat, 3), one.pk))


def written_minutes(meeting: Meeting) -> Minutes | None:
    """Minutes whose words were sent round or agreed on; a draft is nobody's word yet."""
    found = Minutes.objects.filter(meeting=meeting).exclude(state=Minutes.State.DRAFT)
    return found.select_related("confirmed_by", "meeting").first()


def presence(meeting: Meeting) -> rules_sitting.Presence:
    """Real members who signed in, themselves or by their substitute, against the seats of the day."""
    members = [one for one in meeting.attendees.all() if one.seat]
    return rules_sitting.presence(len(members), sum(one.signed_at is not None for one in members))


def own_meetings(user, *, today: date) -> QuerySet[Attendee]:
    """Meetings to which the user is invited, coming ones and those of the last weeks."""
    if not user.person_id:
        return Attendee.objects.none()
    own = Q(person_id=user.person_id) | Q(substitute_id=user.person_id)
    rows = Attendee.objects.filter(own).exclude(meeting__state=Meeting.State.CANCELLED)
    return rows.select_related("meeting__body", "meeting__sitting").order_by("-meeting__on")[:40]


def unsettled(body_id: int) -> QuerySet[Resolution]:
    """Resolutions of a body that are not accepted yet, the oldest first."""
    states = (Resolution.State.OPEN, Resolution.State.PROVEN)
    rows = Resolution.objects.filter(meeting__body_id=body_id, state__in=states)
    return rows.select_related("owner", "meeting", "department").order_by("due_on", "pk")


def late_bodies(*, today: date) -> list[queries.Committee]:
    """Committees whose cycle is over without a meeting held or planned."""
    return [
        one
        for one in queries.committees(on=today)
        if rules_sitting.is_late(next_on=one.next.on, planned=one.next.planned, today=today)
    ]
