"""Who may open which cases, and therefore sees which small numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import once
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.foundation.organisation.queries import DepartmentOn, departments

OPENING = (Permission.HANDLE_INCIDENTS, Permission.ANALYSE_INCIDENTS)


@dataclass(frozen=True)
class Reader:
    """whole: may open every case; places: ids of the departments whose cases may be opened."""

    whole: bool
    places: frozenset[int]

    def may_open(self, department: int | None) -> bool:
        """Whether small numbers of a department (None: of the hospital) may be shown."""
        return self.whole or (department is not None and department in self.places)


def reader(user) -> Reader:
    """What a person may open today."""
    whole = any(can(user, one, whole_hospital=True) for one in OPENING)
    mine = (one.id for one in wards() if any(can(user, p, one.id) for p in OPENING))
    return Reader(whole, frozenset(mine))


def wards() -> list[DepartmentOn]:
    """Departments of today in the order of the hospital."""
    found = once("incidents.learning.wards", lambda: departments(on=timezone.localdate()))
    return sorted(found, key=lambda one: one.sort_key or one.code)


def place_names() -> dict[int, str]:
    """Department -> its latest name, for departments of any time."""
    rows = DepartmentVersion.objects.order_by("department_id", "valid_from")
    return once("incidents.learning.names", lambda: dict(rows.values_list("department_id", "name")))


def codes() -> dict[int, str]:
    """Department -> its code, as facts name it."""
    rows = DepartmentVersion.objects.values_list("department_id", "department__code").distinct()
    return once("incidents.learning.codes", lambda: dict(rows))
