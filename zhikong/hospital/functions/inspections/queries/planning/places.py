"""Departments, places and what is watched more closely: what a round may go to, and on which way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Max, Min, QuerySet

from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.queries import DepartmentOn
from zhikong.hospital.functions.inspections.models.planning import KeyPoint, Place, Programme, Visit
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_planning_programmes import Where


def departments(where: Where, *, on: date) -> list[DepartmentOn]:
    """The departments that a programme is about, in the order of the organisation."""
    found = organisation.departments(on=on, kinds=where.kinds)
    if where.words:
        known = names_of(on=on)
        found = [d for d in found if any(word in name for name in known[d.id] for word in where.words)]
    if where.key_only:
        key = weights()
        found = [d for d in found if key.get(d.id, 1) > 1]
    return found


def names_of(*, on: date) -> dict[int, tuple[str, ...]]:
    """Department → its name and aliases."""
    aliases = organisation.aliases()
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for one in organisation.departments(on=on):
        found[one.id] = (one.name, *aliases.get(one.id, ()))
    return found


def by_words(words: tuple[str, ...], *, on: date) -> DepartmentOn | None:
    """The first department whose name or alias holds the first possible word."""
    known, names = organisation.departments(on=on), names_of(on=on)
    for word in words:
        for one in known:
            if any(word in name for name in names[one.id]):
                return one
    return None


def key_points() -> QuerySet[KeyPoint]:
    """What is watched more closely now."""
    return KeyPoint.objects.filter(ended_at=None).select_related("department", "made_by")


def weights() -> dict[int, int]:
    """Key department → weight."""
    rows = key_points().filter(what=KeyPoint.What.DEPARTMENT, department_id__isnull=False)
    return {
        department: weight
        for department, weight in rows.values_list("department_id", "weight").order_by("weight")
    }


def last_visits(programme: Programme) -> dict[int, date]:
    """Department → when the programme came there last (planned ones count)."""
    rows = Visit.objects.filter(programme=programme).exclude(state=State.CANCELLED)
    return dict(
        rows.filter(department_id__isnull=False)
        .order_by()
        .values_list("department_id")
        .annotate(Max("planned_on"))
    )


def places(*, department_id: int | None = None) -> QuerySet[Place]:
    """Places in use, on the way through the house."""
    rows = Place.objects.filter(ended_at=None).select_related("department")
    return rows if department_id is None else rows.filter(department_id=department_id)


def place(code: str) -> Place | None:
    """A place by what its printed code holds; an ended one is found as well, so that an old code is explained."""
    return Place.objects.filter(code=code.upper()).select_related("department", "ended_by").first()


def on_the_way(*, on: date) -> dict[int, tuple]:
    """Department → where it comes on the way: building, floor, order of its places; those without places last."""
    rows = places().values_list("department_id").annotate(Min("building"), Min("floor"), Min("route_order"))
    found = {
        d: (0, building, -100 if floor is None else floor, order)
        for d, building, floor, order in rows.order_by()
    }
    return defaultdict(lambda: (1, "", 0, 0), found)
