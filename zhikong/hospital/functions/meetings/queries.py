"""Reads of committees, their meetings and agendas, within the reader's scope."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet

from zhikong.foundation.findings.models import Referral
from zhikong.foundation.organisation.models import Body, Membership
from zhikong.foundation.organisation.queries import in_force
from zhikong.hospital.functions.meetings import rules
from zhikong.hospital.functions.meetings.models import Meeting

OPEN = Q(decided_at=None, withdrawn_at=None)


@dataclass(frozen=True)
class Committee:
    """A committee on a day: how many matters wait, how many decisions are under way, when it meets next."""

    body: Body
    waiting: int
    decided: int
    next: rules.NextMeeting


def bodies(*, on: date) -> QuerySet[Body]:
    """Committees in force; departments' own groups are none."""
    return Body.objects.filter(in_force(on)).exclude(kind=Body.Kind.QC_GROUP).order_by("pk")


def committees(*, on: date) -> list[Committee]:
    """All committees with their counts. Three queries."""
    counted = {
        row["body_id"]: row
        for row in Referral.objects.order_by().values("body_id").annotate(
            waiting=Count("pk", filter=OPEN), decided=Count("pk", filter=Q(decided_at__isnull=False))
        )
    }  # fmt: skip
    dates = {
        row["body_id"]: row
        for row in Meeting.objects.order_by().values("body_id").annotate(
            last=Max("on", filter=Q(state=Meeting.State.HELD)),
            planned=Min("on", filter=Q(state=Meeting.State.PLANNED, on__gte=on)),
        )
    }  # fmt: skip
    return [
        Committee(
            body, counted.get(body.pk, {}).get("waiting", 0), counted.get(body.pk, {}).get("decided", 0),
            rules.next_meeting(
                today=on, cycle_months=body.cycle_months, last_held=dates.get(body.pk, {}).get("last"),
                planned=dates.get(body.pk, {}).get("planned"),
            ),
        )
        for body in bodies(on=on)
    ]  # fmt: skip


def referrals(*, body_id: int | None = None, show: str = "waiting") -> QuerySet[Referral]:
    """Matters of a committee, or of all. show: waiting, decided, withdrawn or all."""
    rows = Referral.objects.select_related(
        "body", "asked_by", "responsible", "agenda_item__meeting", "finding"
    )
    if body_id:
        rows = rows.filter(body_id=body_id)
    if show == "waiting":
        return rows.filter(OPEN).order_by("wanted_on", "asked_at", "pk")
    if show == "decided":
        return rows.filter(decided_at__isnull=False).order_by("-decided_on", "-pk")
    return rows.filter(withdrawn_at__isnull=False) if show == "withdrawn" else rows


def referral(pk: int) -> Referral | None:
    return referrals(show="all").filter(pk=pk).first()


def meetings_of(body: Body) -> QuerySet[Meeting]:
    """Meetings of a committee with the number of their items, the newest first."""
    return Meeting.objects.filter(body=body).annotate(size=Count("items")).order_by("-on", "-pk")


def meeting(pk: int) -> Meeting | None:
    return Meeting.objects.filter(pk=pk).select_related("body", "planned_by", "held_by").first()


def agenda(meeting: Meeting) -> list[Referral]:
    """The matters of a meeting in the order of its agenda."""
    rows = referrals(show="all").filter(agenda_item__meeting=meeting, withdrawn_at=None)
    return list(rows.order_by("agenda_item__order", "pk"))


def members(body: Body, *, on: date) -> list[Membership]:
    """The seats of a committee on a day, the chair first."""
    order = {seat: n for n, seat in enumerate(Membership.Seat.values)}
    found = Membership.objects.filter(in_force(on), body=body).select_related("person")
    return sorted(found, key=lambda seat: (order[seat.seat], seat.pk))
