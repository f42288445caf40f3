"""Complaints within the reader's scope: the desk with its countdown, one complaint, what may be done with it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.hospital.functions.complaints.models.intake import Complaint, VoicePoint
from zhikong.hospital.functions.complaints.models.intake_parts import (
    ComplaintClock,
    ComplaintStatement,
    Handover,
)
from zhikong.hospital.functions.complaints.queries.intake.people import named
from zhikong.hospital.functions.complaints.rules_intake import ENDS


@dataclass(frozen=True)
class Line:
    """A complaint on the desk. days: calendar days until the next thing is due, negative when it is late."""

    complaint: Complaint
    clock: ComplaintClock | None
    days: int | None
    category: str

    @property
    def late(self) -> bool:
        return self.days is not None and self.days < 0


def complaint(pk: int) -> Complaint | None:
    return (
        Complaint.objects.select_related("department", "handler", "first_recipient", "point")
        .filter(pk=pk)
        .first()
    )


def found(
    *,
    show: str = "open",
    text: str = "",
    channel: str = "",
    category: str = "",
    department_id: int | None = None,
) -> QuerySet[Complaint]:
    """show: open, late (set by the caller), closed, mine is a filter of the view; text: number or words of the content."""
    rows = Complaint.objects.select_related("handler")
    if show == "open":
        rows = rows.exclude(state__in=ENDS)
    elif show == "closed":
        rows = rows.filter(state__in=ENDS)
    if text:
        digits = "".join(filter(str.isdigit, text))
        rows = rows.filter(Q(number__startswith=digits) if len(digits) >= 4 else Q(content__icontains=text))
    for name, value in (("channel", channel), ("category", category), ("department_id", department_id)):
        if value:
            rows = rows.filter(**{name: value})
    return rows.annotate(
        next_due=Min("complaintclocks__due_at", filter=Q(complaintclocks__done_at=None))
    ).order_by(F("next_due").asc(nulls_last=True), "-received_at")


def lines(rows: QuerySet[Complaint], *, now: datetime, titles: dict[str, str], most: int = 200) -> list[Line]:
    """Rows of the desk, what is due first on top."""
    picked = list(rows[:most])
    clocks: dict[int, ComplaintClock] = {}
    for clock in ComplaintClock.objects.filter(complaint__in=picked, done_at=None).order_by("-due_at"):
        clocks[clock.complaint_id] = clock
    return [_line(one, clocks.get(one.pk), now, titles) for one in picked]


def _line(one: Complaint, clock: ComplaintClock | None, now: datetime, titles: dict[str, str]) -> Line:
    clock = None if one.closed_at else clock
    days = (timezone.localdate(clock.due_at) - timezone.localdate(now)).days if clock else None
    return Line(one, clock, days, titles.get(one.category, one.category))


def board(*, now: datetime) -> dict[str, int]:
    """How many are open, late, due today or tomorrow, and wait for somebody to accept a handover."""
    open_ones = Complaint.objects.exclude(state__in=ENDS)
    due = ComplaintClock.objects.filter(done_at=None, complaint__in=open_ones)
    return {
        "open": open_ones.count(),
        "late": due.filter(due_at__lt=now).values("complaint").distinct().count(),
        "soon": due.filter(due_at__gte=now, due_at__lt=now + timedelta(days=2)).values("complaint").distinct().count(),
        "handed": Handover.objects.filter(accepted_at=None, complaint__in=open_ones).count(),
        "unanswered": open_ones.filter(answered_at=None).count(),
    }  # fmt: skip


def statements_of(user) -> QuerySet[ComplaintStatement]:
    """Statements that were asked of this person; the others first that are not written yet."""
    rows = ComplaintStatement.objects.filter(writer=user)
    return rows.order_by(F("submitted_at").asc(nulls_first=True), "due_on")


SEE_FIGURES = (
    Permission.HANDLE_COMPLAINTS,
    Permission.HANDLE_DISPUTES,
    Permission.ANSWER_COMPLAINTS,
    Permission.ACCEPT_FINDING,
)


def sees_figures(user) -> bool:
    """Whether the figures of complaints are for this reader."""
    return any(can(user, one) for one in SEE_FIGURES)


def handles(user) -> bool:
    return can(user, Permission.HANDLE_COMPLAINTS, whole_hospital=True)


def may_read(user, one: Complaint) -> bool:
    """Who handles or oversees complaints, the leaders of the department, and who took it first."""
    if handles(user) or can(user, Permission.HANDLE_DISPUTES, whole_hospital=True):
        return True
    if user.pk in one.readers:
        return True
    roles = {grant.role.code for grant in user.grants()}
    return bool(roles & set(one.reader_roles))


def points() -> list[VoicePoint]:
    """The codes in use, each with the name of its department."""
    return named(VoicePoint.objects.filter(ended_at=None).order_by("department__code", "pk"))


def place_of_token(token: str) -> tuple[int, VoicePoint] | None:
    """(institution, point) of a scanned code; nobody is signed in, so each institution is asked under a job's scope."""
    for institution_id in institution_ids().values():
        with scoped(job_scope(institution_id, job="complaints.voice")):
            found = named(VoicePoint.objects.filter(token=token, ended_at=None))
            if found:
                return institution_id, found[0]
    return None
