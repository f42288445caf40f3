"""Reads of visits. Row policies narrow them to what a person's departments and names admit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import once
from zhikong.hospital.functions.inspections.models.planning import Visit, VisitInspector, VisitSheet
from zhikong.hospital.functions.inspections.rules_planning import UPCOMING, Kind


def visits(
    *,
    first: date | None = None,
    last: date | None = None,
    department_id: int | None = None,
    kind: str = "",
    states: Iterable[str] = (),
    programme_id: int | None = None,
) -> QuerySet[Visit]:
    """Visits in scope by day and route; ``first`` and ``last`` are days that a visit's window touches."""
    rows = Visit.objects.select_related("programme", "place", "lead").order_by(
        "planned_on", "route_order", "pk"
    )
    if first is not None:
        rows = rows.filter(Q(planned_on__gte=first) | Q(until_on__gte=first))
    if last is not None:
        rows = rows.filter(planned_on__lte=last)
    given = {"department_id": department_id, "kind": kind, "programme_id": programme_id}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return rows.filter(state__in=list(states)) if states else rows


def visit(pk: int) -> Visit | None:
    """One visit in scope, or None."""
    related = ("programme", "round", "place", "lead", "planned_by", "started_by")
    return Visit.objects.select_related(*related).filter(pk=pk).first()


def inspectors(visit: Visit) -> list[VisitInspector]:
    """Who inspects now, the lead first."""
    found = visit.inspectors.filter(left_at=None).select_related("user")
    return sorted(found, key=lambda one: (one.part != VisitInspector.Part.LEAD, one.pk))


def left(visit: Visit) -> list[VisitInspector]:
    """Who was named and inspects no more."""
    return list(visit.inspectors.exclude(left_at=None).select_related("user", "left_by"))


def inspects(user, visit: Visit) -> bool:
    """Whether this person is named for the visit now."""
    return user is not None and visit.inspectors.filter(user_id=user.pk, left_at=None).exists()


def inspects_by_key(user, key: str) -> bool:
    """The same question for a sheet's ``source_key``; the row policies answer for what the reader may not see."""
    return (
        key.isdigit()
        and VisitInspector.objects.filter(visit_id=int(key), user_id=user.pk, left_at=None).exists()
    )


def may_plan(user, visit: Visit) -> bool:
    """Whether this person may change the plan of this visit: who plans for the hospital; a department only its own
    self-checks and what it began itself. Who is inspected by others neither moves nor cancels them."""
    if can(user, Permission.PLAN_INSPECTIONS, whole_hospital=True):
        return True
    by_itself = visit.kind in (Kind.SELF, Kind.AD_HOC) and visit.planned_by_id in (None, user.pk)
    by_itself |= visit.programme is not None and visit.programme.department_id is not None
    return (
        by_itself
        and visit.department_id is not None
        and can(user, Permission.PLAN_INSPECTIONS, visit.department_id)
    )


def may_start(user, visit: Visit) -> bool:
    """Named inspectors begin; and whoever may plan it."""
    return inspects(user, visit) or may_plan(user, visit)


def mine(user, *, states: Iterable[str] = UPCOMING) -> QuerySet[Visit]:
    """The visits for which a person is named, the next first."""
    named = VisitInspector.objects.filter(user_id=user.pk, left_at=None).values("visit_id")
    return visits(states=states).filter(pk__in=named)


def waiting_for(user) -> list[Visit]:
    """The visits that a person still has to make, the next first; the menu and the home page ask once."""
    return once(f"inspections.waiting.{user.pk}", lambda: list(mine(user)))


def sheets(visit: Visit) -> list[VisitSheet]:
    """The checklists of a visit in order, also those that are not opened yet; without dropped ones."""
    rows = visit.visit_sheets.filter(dropped_at=None).select_related("sheet", "item", "stop", "inspector")
    return list(rows.order_by("position"))
