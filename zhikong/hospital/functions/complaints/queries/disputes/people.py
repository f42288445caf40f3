"""Who may handle a dispute, who of a department may be asked to write, and which committees there are."""

from __future__ import annotations

from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.organisation.queries import in_force


def officers(department_id: int | None = None) -> list[User]:
    """Active accounts that handle disputes."""
    on = timezone.localdate()
    codes = [code for code, role in ROLES.items() if Permission.HANDLE_DISPUTES in role.permissions]
    found = {user.pk: user for code in codes for user in users_with_role(role=code, on=on)}
    return sorted(
        (one for one in found.values() if can(one, Permission.HANDLE_DISPUTES, department_id)), key=str
    )


def staff(department_id: int) -> list[User]:
    """Active accounts with a role in a department itself: whoever may have been concerned."""
    rows = RoleAssignment.objects.on(timezone.localdate()).filter(department_id=department_id)
    return sorted(User.objects.filter(pk__in=rows.values("user_id"), is_active=True), key=str)


def committees() -> list[Body]:
    """The committees of today that a dispute may be put before."""
    return list(
        Body.objects.exclude(kind=Body.Kind.QC_GROUP).filter(in_force(timezone.localdate())).order_by("name")
    )
