"""Reads about accounts: whose scope, who holds a role."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Concat

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import Scope, current_scope


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


def role_assignments(*, on: date, users: Collection[User] | None = None) -> list[RoleAssignment]:
    """Roles in force on a day with user and department, of some accounts when given."""
    found = RoleAssignment.objects.on(on)
    if users is not None:
        found = found.filter(user__in=users)
    return list(found.select_related("user", "department").order_by("user__username"))


def accounts(*, search: str = "") -> QuerySet[User]:
    """Accounts of the institution in scope by user name; those whose name or user name holds a text."""
    found = User.objects.filter(institution_id=current_scope().institution_id).order_by("username")
    if search:
        whole = Concat("last_name", "first_name")
        found = found.annotate(whole=whole).filter(Q(username__icontains=search) | Q(whole__icontains=search))
    return found


def account(*, pk: int) -> User | None:
    """One account of the institution in scope, or None."""
    return User.objects.filter(pk=pk, institution_id=current_scope().institution_id).first()


def assignments_of(*, user: User) -> list[RoleAssignment]:
    """Roles of an account past and present, the newest first."""
    return list(RoleAssignment.objects.filter(user=user).order_by("-valid_from", "-pk"))


def assignment(*, pk: int) -> RoleAssignment | None:
    return RoleAssignment.objects.filter(pk=pk).select_related("user").first()
