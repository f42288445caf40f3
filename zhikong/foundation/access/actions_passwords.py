"""Issuing first passwords: one per person, random, told once on paper and kept nowhere in clear."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from zhikong.foundation.access import first_passwords
from zhikong.foundation.access.actions import Refused
from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read

AT_ONCE = 500


@dataclass(frozen=True)
class Issued:
    """A new first password of an account; its text does not show in logs and error pages."""

    user: User
    password: str = field(repr=False)


@transaction.atomic
def issue(*, by, now: datetime, users: Iterable[User]) -> list[Issued]:
    """Give each account a new first password; what it had before, and its sessions, end.

    The passwords are in the answer only. The audit trail keeps who issued how many, and that each account changed.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    made = [_with_password(user, now) for user in _allowed(by, users)]
    User.objects.bulk_update(
        [one.user for one in made],
        ["password", "must_change_password", "password_expires_at"],
        batch_size=AT_ONCE,
    )
    log_read(by=by, subject="access.first_passwords", purpose="发放初始密码", count=len(made))
    return made


def _allowed(by, users: Iterable[User]) -> list[User]:
    """Nobody prints his own password, one of a closed account or of another hospital."""
    here = current_scope().institution_id
    found = list(users)
    if any(user.institution_id != here or not user.is_active for user in found):
        raise Refused("有账号不属于本机构或已停用，没有发放。请刷新页面后再试。")
    return [user for user in found if by is None or user.pk != by.pk]


def _with_password(user: User, now: datetime) -> Issued:
    password = first_passwords.readable()
    user.password = first_passwords.hashed(password)
    user.must_change_password, user.password_expires_at = True, first_passwords.expiry(now)
    return Issued(user, password)
