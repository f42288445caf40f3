"""Reads about accounts: whose scope, who holds a role."""

from datetime import date

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import Scope


def scope_of(user: User, on: date, *, request_id: str = "") -> Scope:
    """The scope a user's roles give on a day: the union of the departments of all roles (ORG-02).

    Needs the user's own setting or institution in force, because the assignments are protected themselves.
    """
    grants = user.grants(on)
    whole = any(grant.departments is None for grant in grants)
    departments = None if whole else frozenset().union(*(grant.departments for grant in grants))
    return Scope(
        institution_id=user.institution_id,
        departments=departments,
        user_id=user.pk,
        actor=user.username,
        request_id=request_id,
        roles=frozenset(grant.role.code for grant in grants),
    )


def users_with_role(*, role: str, department_id: int | None = None, on: date) -> list[User]:
    """Active users who hold a role on a day; for department roles those of the given department."""
    assignments = RoleAssignment.objects.on(on).filter(role=role, user__is_active=True)
    if department_id is not None and not ROLES[role].hospital_wide:
        assignments = assignments.filter(department_id=department_id)
    return list(User.objects.filter(pk__in=assignments.values("user_id")).order_by("pk"))


def role_assignments(*, on: date) -> list[RoleAssignment]:
    """All roles in force on a day, with user and department, for the account page."""
    return list(RoleAssignment.objects.on(on).select_related("user", "department").order_by("user__username"))
