"""Who may answer for a risk, a measure or a drill."""

from __future__ import annotations

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope


def _having(permission: Permission, department_id: int | None) -> list[User]:
    users = User.objects.filter(institution_id=current_scope().institution_id, is_active=True)
    found = [one for one in users.select_related("person") if can(one, permission, department_id)]
    return sorted(found, key=str)


def owners(department_id: int | None = None) -> list[User]:
    """Active accounts that manage risks; of one department: those whose roles cover it."""
    return _having(Permission.MANAGE_RISKS, department_id)


def doers(department_id: int | None = None) -> list[User]:
    """Active accounts that see risks there: whoever may carry out a measure."""
    return _having(Permission.VIEW_RISKS, department_id)


def leaders(department_id: int | None = None) -> list[User]:
    """Active accounts that may lead a drill."""
    return _having(Permission.MANAGE_EMERGENCY_PLANS, department_id)
