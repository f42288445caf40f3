"""Whom one may ask and hand over to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Body

STAFF = ("physician", "nurse", "department_head", "head_nurse", "qc_officer")


def staff_of(departments: Collection[int]) -> list[User]:
    """Accounts of the departments concerned: whoever may have to state something."""
    rows = RoleAssignment.objects.on(timezone.localdate()).filter(
        department_id__in=departments, role__in=STAFF, user__is_active=True
    )
    return list(User.objects.filter(pk__in=rows.values("user_id")).order_by("last_name", "first_name", "pk"))


def named(rows: Iterable) -> list:
    """The rows with ``name``: what their department is called today, '' for the whole hospital."""
    found, known = list(rows), organisation.names(on=timezone.localdate())
    for row in found:
        row.name = known.get(row.department_id, "")
    return found


def handlers() -> list[User]:
    """Who may take a complaint over."""
    on = timezone.localdate()
    found = {
        user.pk: user
        for role in ("complaint_officer", "medical_affairs")
        for user in users_with_role(role=role, on=on)
    }
    return [user for user in found.values() if can(user, Permission.HANDLE_COMPLAINTS, whole_hospital=True)]


def departments() -> list[tuple[int, str]]:
    """Every department of today, whoever asks: a complaint may be about any."""
    return [(one.id, one.name) for one in organisation.departments(on=timezone.localdate())]


def committees() -> list[Body]:
    today = timezone.localdate()
    rows = Body.objects.exclude(kind=Body.Kind.QC_GROUP).filter(
        Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today
    )
    return list(rows.order_by("pk"))
