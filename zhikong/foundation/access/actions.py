"""Accounts and the roles they hold: opened, granted, ended and locked by the administrator."""

from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access import first_passwords
from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope


class Refused(ValueError):
    """A rule speaks against it; the message is a Chinese sentence for the form."""


@transaction.atomic
def open_account(
    *,
    by,
    username: str,
    name: str,
    password: str,
    person_id: int | None = None,
    now: datetime | None = None,
) -> User:
    """Open an account; the holder must change the password at the first login."""
    require(by, Permission.MANAGE_ACCOUNTS)
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已有人使用。")
    user = User(
        username=username,
        institution_id=current_scope().institution_id,
        person_id=person_id,
        last_name=name[:1],
        first_name=name[1:],
    )
    validate_password(password, user)
    user.set_password(password)
    _must_change(user, now or timezone.now())
    user.save()
    return user


def _must_change(user: User, now: datetime) -> None:
    user.must_change_password, user.password_expires_at = True, first_passwords.expiry(now)


@transaction.atomic
def grant_role(*, by, user: User, role: str, on: date, department_id: int | None = None) -> RoleAssignment:
    """Give a role from a day on. Nobody gives himself a role; a department's role names its department."""
    require(by, Permission.MANAGE_ACCOUNTS)
    _refuse_oneself(by, user)
    _refuse_foreign(user)
    if not ROLES[role].hospital_wide and department_id is None:
        raise Refused(f"角色“{ROLES[role].title}”须指定科室。")
    department_id = None if ROLES[role].hospital_wide else department_id
    held = RoleAssignment.objects.on(on).filter(user=user, role=role, department_id=department_id)
    if held.exists():
        raise Refused("该账号在这一天已有这个角色。")
    made = RoleAssignment.objects.create(
        institution_id=current_scope().institution_id,
        user=user,
        role=role,
        department_id=department_id,
        valid_from=on,
    )
    user.forget_grants()
    return made


@transaction.atomic
def end_role(*, by, assignment: RoleAssignment, on: date) -> None:
    """A role ends on a day (excluded); on its own first day it never held."""
    require(by, Permission.MANAGE_ACCOUNTS)
    _refuse_oneself(by, assignment.user)
    if on <= assignment.valid_from:
        assignment.delete()
    else:
        RoleAssignment.objects.filter(pk=assignment.pk).update(valid_to=on)
    assignment.user.forget_grants()


@transaction.atomic
def set_active(*, by, user: User, active: bool) -> None:
    """Close an account or open it again; what it did stays."""
    require(by, Permission.MANAGE_ACCOUNTS)
    _refuse_oneself(by, user)
    _refuse_foreign(user)
    User.objects.filter(pk=user.pk).update(is_active=active)


@transaction.atomic
def reset_password(*, by, user: User, now: datetime | None = None) -> str:
    """Set a random first password and return it, to be handed over in person. Ends all sessions of the account."""
    require(by, Permission.MANAGE_ACCOUNTS)
    _refuse_foreign(user)
    password = first_passwords.readable()
    user.set_password(password)
    _must_change(user, now or timezone.now())
    user.save(update_fields=["password", "must_change_password", "password_expires_at"])
    return password


def _refuse_oneself(by, user: User) -> None:
    if by is not None and by.pk == user.pk:
        raise PermissionDenied("不能变更自己的角色或账号状态，请由另一位管理员操作。")


def _refuse_foreign(user: User) -> None:
    if user.institution_id != current_scope().institution_id:
        raise PermissionDenied("该账号不属于本机构。")
