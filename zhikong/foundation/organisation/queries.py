"""Reads of the organisation as of a day (ORG-25): an old report keeps the structure of its time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import (
    Department,
    DepartmentAlias,
    DepartmentVersion,
    Institution,
    InstitutionVersion,
)

DEPARTMENT_KINDS = DepartmentVersion.Kind.choices


@dataclass(frozen=True)
class DepartmentOn:
    """A department as it was on a day. kind: clinical, medtech, functional, ward; function: a role's code or ''."""

    id: int
    code: str
    name: str
    kind: str
    function: str
    parent_id: int | None
    open_beds: int
    sort_key: str

    def __str__(self):
        return self.name


def in_force(on: date) -> Q:
    """Condition: effective on a day (valid_from included, valid_to excluded)."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def institution() -> Institution:
    """The institution of the current scope; read once while the scope lasts."""
    scope = current_scope()
    if "institution" not in scope.memo:
        scope.memo["institution"] = Institution.objects.get(pk=scope.institution_id)
    return scope.memo["institution"]


def institution_on(*, on: date) -> InstitutionVersion | None:
    """Name, level, kind and beds of the institution on a day (X-18): an old month keeps the targets of its level."""
    return InstitutionVersion.objects.filter(in_force(on)).first()


def institution_ids() -> dict[str, int]:
    """Code → id of every institution; the only thing that jobs and commands may ask before they have a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM zhikong_institutions()")
        return dict(cursor.fetchall())


def departments(*, on: date, kinds: Iterable[str] | None = None) -> list[DepartmentOn]:
    """Departments that exist on a day, by class, then by code; ``kinds`` narrows to some classes."""
    rows = _versions(on)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return [_department_on(version) for version in rows.order_by("kind", "department__code")]


def department_ids(*, on: date, kinds: Iterable[str]) -> set[int]:
    """The departments of some classes on a day, when nothing but their identity is asked."""
    found = DepartmentVersion.objects.filter(in_force(on), kind__in=list(kinds))
    return set(found.values_list("department_id", flat=True))


def department_on(*, department_id: int, on: date) -> DepartmentOn | None:
    """One department as of a day, or None when it did not exist then (or is not of this institution)."""
    version = _versions(on).filter(department_id=department_id).first()
    return _department_on(version) if version else None


def successor_on(*, department_id: int, on: date) -> DepartmentOn | None:
    """The department that took over one that has ended, followed to the one that exists on the day; None without one."""
    seen = {department_id}
    while found := DepartmentVersion.objects.filter(
        department_id=department_id, valid_to__lte=on, successor__isnull=False
    ).order_by("-valid_to").first():  # fmt: skip
        department_id = found.successor_id
        if department_id in seen or (known := department_on(department_id=department_id, on=on)):
            return None if department_id in seen else known
        seen.add(department_id)
    return None


def resolve(*, name_or_code: str, on: date) -> DepartmentOn | None:
    """The department that a file or a document means on a day: by code, else by name, else by alias (X-23)."""
    text = name_or_code.strip()
    if not text:
        return None
    rows = _versions(on)
    by_alias = DepartmentAlias.objects.filter(alias=text).values("department_id")
    for condition in (Q(department__code=text), Q(name=text), Q(department_id__in=by_alias)):
        found = list(rows.filter(condition)[:2])
        if len(found) == 1:
            return _department_on(found[0])
    return None


def heads(*, department_id: int, on: date) -> list[User]:
    """Accounts of the department's head: its first responsible person (ORG-07)."""
    return users_with_role(role="department_head", department_id=department_id, on=on)


def history(*, department_id: int) -> list[DepartmentVersion]:
    """All versions of a department, the newest first."""
    versions = DepartmentVersion.objects.filter(department_id=department_id)
    return list(versions.select_related("department", "parent", "successor").order_by("-valid_from"))


def aliases() -> dict[int, list[str]]:
    """Department id → its aliases."""
    found: dict[int, list[str]] = {}
    for department_id, alias in DepartmentAlias.objects.order_by("alias").values_list(
        "department_id", "alias"
    ):
        found.setdefault(department_id, []).append(alias)
    return found


def names(*, on: date) -> dict[int, str]:
    """Department id → name on a day; a department that has ended keeps its last name, so that old rows stay legible."""
    earlier = DepartmentVersion.objects.filter(valid_from__lte=on).order_by("department_id", "valid_from")
    return dict(earlier.values_list("department_id", "name"))


def department(*, department_id: int) -> Department | None:
    """The lasting identity of a department of this institution, or None."""
    return Department.objects.filter(pk=department_id).first()


def _versions(on: date) -> QuerySet[DepartmentVersion]:
    return DepartmentVersion.objects.filter(in_force(on)).select_related("department")


def _department_on(version: DepartmentVersion) -> DepartmentOn:
    return DepartmentOn(
        id=version.department_id,
        code=version.department.code,
        name=version.name,
        kind=version.kind,
        function=version.function,
        parent_id=version.parent_id,
        open_beds=version.open_beds,
        sort_key=version.sort_key,
    )
