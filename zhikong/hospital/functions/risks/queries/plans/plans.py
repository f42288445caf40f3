"""Emergency plans in force, their reviews and drills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.packstore.queries import resolve, resolve_all
from zhikong.hospital.functions.risks.models.plans import Drill, PlanReview
from zhikong.hospital.functions.risks.rules_plans import EmergencyPlan, due_on

CODE = "emergency_plan"
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """A plan and how it stands. last: the last drill that was summed up, as far as in scope; drill_due: the next.

    department_id: of whom last and drill_due speak; None: of the hospital as a whole.
    in_sight: False for a plan of the whole hospital read from one department, whose scope does not hold its drills:
    whether it is overdue cannot be said there.
    """

    plan: EmergencyPlan
    reviewed: PlanReview | None
    last: Drill | None
    planned: Drill | None
    drill_due: date
    review_due: date
    in_sight: bool = True

    def drill_state(self, today: date) -> str:
        """ok, info (one is planned), warn (soon) or bad (overdue)."""
        if self.planned is not None and self.planned.planned_on >= today:
            return "info"
        if self.drill_due < today:
            return "bad"
        return "warn" if self.drill_due <= today + SOON else "ok"


def plan(plan_id: str) -> EmergencyPlan | None:
    """The plan in force today."""
    found = resolve(CODE, plan_id, on=timezone.localdate())
    return None if found is None else found.obj


def plans() -> list[EmergencyPlan]:
    """All plans in force: those of the whole hospital first."""
    found = [one.obj for one in resolve_all(CODE, on=timezone.localdate())]
    return sorted(found, key=lambda one: (one.scope != "hospital", one.category, one.id))


def standings(*, since: date, department_id: int | None = None, surprises: bool = True) -> list[Standing]:
    """How every plan stands. department_id: plans that departments drill are told for this one.

    surprises: whether the reader may know of unannounced drills to come.
    """
    reviews = _last_reviews()
    drills = list(_known(surprises).exclude(state=Drill.State.CANCELLED).order_by("planned_on", "pk"))
    return [_standing(one, reviews.get(one.id), drills, since, department_id) for one in plans()]


def _last_reviews() -> dict[str, PlanReview]:
    rows = PlanReview.objects.order_by("plan_id", "-at").distinct("plan_id").select_related("by")
    return {one.plan_id: one for one in rows}


def _standing(
    plan: EmergencyPlan, reviewed: PlanReview | None, drills: list[Drill], since: date, department_id: int | None
) -> Standing:  # fmt: skip
    own = [one for one in drills if one.plan_id == plan.id and _counts(plan, one, department_id)]
    held = [one for one in own if one.state == Drill.State.CLOSED]
    planned = [one for one in own if one.state == Drill.State.PLANNED]
    last = max(held, key=lambda one: one.held_on, default=None)
    return Standing(
        plan, reviewed, last, planned[0] if planned else None,
        due_on(last.held_on if last else None, plan.every_months, since=since),
        reviewed.next_on if reviewed else plan.next_review,
        plan.scope == "department" or current_scope().departments is None,
    )  # fmt: skip


def _counts(plan: EmergencyPlan, drill: Drill, department_id: int | None) -> bool:
    if plan.scope == "hospital" or department_id is None:
        return True
    return drill.department_id in (None, department_id)


def _known(surprises: bool) -> QuerySet[Drill]:
    if surprises:
        return Drill.objects.all()
    return Drill.objects.exclude(kind=Drill.Kind.UNANNOUNCED, state=Drill.State.PLANNED)


def drills_of(plan_id: str, *, surprises: bool = True) -> QuerySet[Drill]:
    """The drills of a plan in scope, the newest first; without the unannounced ones that are still to come."""
    return _known(surprises).filter(plan_id=plan_id).select_related("leader")


def reviews_of(plan_id: str) -> QuerySet[PlanReview]:
    return PlanReview.objects.filter(plan_id=plan_id).select_related("by").order_by("-at")


def drill(pk: int) -> Drill | None:
    return Drill.objects.select_related("leader", "made_by", "closed_by").filter(pk=pk).first()


def drills_waiting(*, today: date) -> QuerySet[Drill]:
    """Drills whose day has come and that nobody summed up."""
    return Drill.objects.filter(state__in=[Drill.State.PLANNED, Drill.State.HELD], planned_on__lt=today)
