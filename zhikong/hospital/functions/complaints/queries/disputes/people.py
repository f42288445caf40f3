"""Who may handle a dispute, and who of a department may be asked to write."""

from __future__ import annotations

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope


def _active():
    return User.objects.filter(institution_id=current_scope().institution_id, is_active=True).select_related(
        "person"
    )


def officers(department_id: int | None = None) -> list[User]:
    """Active accounts that handle disputes."""
    return sorted((one for one in _active() if can(one, Permission.HANDLE_DISPUTES, department_id)), key=str)


def staff(department_id: int) -> list[User]:
    """Active accounts with a role in a department itself: whoever may have been concerned."""
    found = [
        one
        for one in _active()
        if any(grant.departments and department_id in grant.departments for grant in one.grants())
    ]
    return sorted(found, key=str)
