"""The queue: what waits for whom, what is late, what is to be archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.record_reviews.models import (
    Correction,
    ReviewAppeal,
    ReviewAssignment,
    ReviewCase,
    Stage,
)

State = ReviewAssignment.State
OPEN = (State.ASSIGNED, State.DOING)
TABS = ("mine", "pool", "returned", "appeals", "archive", "done")


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits in each part of the queue, and how much of it is late."""

    mine: int
    pool: int
    late: int
    returned: int
    appeals: int
    archive_late: int


def reviews(
    tab: str, user, *, month: str = "", department_id: int | None = None
) -> QuerySet[ReviewAssignment]:
    """Reviews of a tab in scope: mine, pool (nobody's yet) or done; what is due first stands first."""
    rows = ReviewAssignment.objects.select_related("case", "reviewer").exclude(state=State.WITHDRAWN)
    if tab == "mine":
        rows = rows.filter(reviewer=user, state__in=OPEN)
    elif tab == "pool":
        rows = rows.filter(reviewer=None, state=State.ASSIGNED)
    else:
        rows = rows.filter(state=State.DONE)
    if month:
        rows = rows.filter(case__month=month)
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    return rows.order_by("-finished_at", "-pk") if tab == "done" else rows.order_by("due_on", "pk")


def pool_of(user) -> bool:
    """Whether the person takes reviews of the pool somewhere."""
    return can(user, Permission.REVIEW_RECORDS)


def corrections(user) -> QuerySet[Correction]:
    """Corrections in scope that are not accepted yet, the earliest due first; for a writer only the own ones."""
    rows = Correction.objects.exclude(state=Correction.State.ACCEPTED).select_related(
        "case", "writer", "asked_by"
    )
    if not can(user, Permission.REVIEW_RECORDS):
        rows = rows.filter(writer=user)
    return rows.order_by("due_on", "pk")


def appeals(user) -> QuerySet[ReviewAppeal]:
    """Appeals in scope, open ones first."""
    rows = ReviewAppeal.objects.select_related("case", "mark", "opened_by", "reviewer")
    if not (can(user, Permission.REVIEW_RECORDS) or can(user, Permission.ARBITRATE_REVIEWS)):
        rows = rows.filter(opened_by=user)
    return rows.order_by("outcome", "due_on", "pk")


def to_archive(*, today: date, late_only: bool = False) -> QuerySet[ReviewCase]:
    """Records that are not archived, what is overdue first."""
    rows = ReviewCase.objects.filter(archived_at=None).order_by("archive_due", "pk")
    return rows.filter(archive_due__lt=today) if late_only else rows


def counts(user, *, today: date) -> Counts:
    """The figures at the head of the queue."""
    pool = reviews("pool", user)
    mine = reviews("mine", user)
    return Counts(
        mine=mine.count(),
        pool=pool.count(),
        late=ReviewAssignment.objects.filter(
            Q(reviewer=user) | Q(reviewer=None), state__in=OPEN, due_on__lt=today
        ).count(),
        returned=corrections(user).count(),
        appeals=appeals(user).filter(outcome="").count(),
        archive_late=to_archive(today=today, late_only=True).count(),
    )


def next_of(review: ReviewAssignment, user) -> ReviewAssignment | None:
    """What the reviewer takes next: the own reviews, then the pool of the departments in scope."""
    for tab in ("mine", "pool"):
        found = reviews(tab, user).exclude(pk=review.pk)
        if tab == "pool" and not pool_of(user):
            continue
        if tab == "pool":
            found = found.filter(stage=review.stage)
        if (one := found.first()) is not None:
            return one
    return None


def case(pk: int) -> ReviewCase | None:
    """One record in scope, or None."""
    return ReviewCase.objects.select_related("result", "archived_by").filter(pk=pk).first()


def review(pk: int) -> ReviewAssignment | None:
    """One review in scope with its record and sheet, or None."""
    related = ("case", "sheet", "reviewer", "reviewer__person")
    return ReviewAssignment.objects.select_related(*related).filter(pk=pk).first()


def months() -> list[str]:
    """Months of discharge with records under review, the newest first."""
    return list(ReviewCase.objects.order_by("-month").values_list("month", flat=True).distinct()[:24])


def stages_of(found: ReviewCase) -> QuerySet[ReviewAssignment]:
    """Reviews of one record in the order of their stages; F keeps the sheet's score beside them."""
    rows = found.reviews.exclude(state=State.WITHDRAWN).select_related("reviewer", "sheet", "case")
    return rows.annotate(sheet_total=F("sheet__total")).order_by("assigned_at", "pk")


def visible_stages(found: ReviewCase, user) -> list[ReviewAssignment]:
    """Reviews that this person may see: a blind reviewer who is not done sees only the own one."""
    rows = list(stages_of(found))
    own = [one for one in rows if user is not None and one.reviewer_id == user.pk]
    if any(one.blind and one.state != State.DONE for one in own):
        return own
    return [one for one in rows if one.stage != Stage.CONTEST or one in own or one.state == State.DONE]
