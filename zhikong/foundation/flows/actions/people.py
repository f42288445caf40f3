"""Who a state belongs to. Nobody is no answer: then the quality office has it, and is told so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.queries import scope_of, users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.flows import queries
from zhikong.foundation.flows.definition import FlowDefinition, Owner, State
from zhikong.foundation.flows.models import Case

FALLBACK = ("quality_office", "medical_affairs", "hospital_leader", "administrator")
"""Who takes a case whose own owner nobody is: the quality office, and should that be empty, the next."""


@dataclass(frozen=True)
class Chosen:
    """The account that gets a state. instead_of: in words, who should have had it; '' when it is the right one."""

    user: User
    instead_of: str = ""


def owner_for(case: Case, state: State, *, flow: FlowDefinition, now: datetime, actor=None) -> Chosen:
    """Who gets the case in a state. Among several the one who had it there before, then who acts, then the least laden.

    Raises ValidationError when no account in the whole hospital could take it.
    """
    wanted = _candidates(case, state.owner or Owner(), now, actor)
    if wanted:
        return Chosen(_preferred(wanted, case, state.id, actor))
    for role in FALLBACK:
        found = _able(users_with_role(role=role, on=timezone.localdate(now)), now)
        if found:
            return Chosen(_preferred(found, case, state.id, None), instead_of=_words(state.owner, case))
    raise ValidationError("没有任何账号可以接手这个案件，请系统管理员先为质控科开通账号。")


def people_of(case: Case, owner: Owner, *, now: datetime) -> list[User]:
    """Everybody a rung of the ladder means; the fallback when that is nobody."""
    found = _candidates(case, owner, now, None)
    if found:
        return found
    offices = (_able(users_with_role(role=role, on=timezone.localdate(now)), now) for role in FALLBACK)
    return next((office for office in offices if office), [])


def _candidates(case: Case, owner: Owner, now: datetime, actor) -> list[User]:
    if owner.opener:
        return _able([case.opened_by], now)
    if owner.actor:
        return _able([actor or case.owner], now)
    role = ROLES.get(owner.role)
    if role is None or (not role.hospital_wide and case.department_id is None):
        return []
    department = None if role.hospital_wide else case.department_id
    return _able(users_with_role(role=owner.role, department_id=department, on=timezone.localdate(now)), now)


def _able(users: Iterable[User | None], now: datetime) -> list[User]:
    """Those who can sign in and hold a role today: only they have a page of tasks to find the case on."""
    given = [user for user in users if user is not None and user.is_active]
    held = RoleAssignment.objects.on(timezone.localdate(now)).filter(user__in=given)
    with_role = set(held.values_list("user_id", flat=True))
    return [user for user in given if user.pk in with_role]


def _preferred(users: list[User], case: Case, state: str, actor) -> User:
    before = queries.last_owner_of(case, state) if case.pk else None
    for wanted in (before, actor):
        if wanted is not None and any(user.pk == wanted.pk for user in users):
            return wanted
    if len(users) == 1:
        return users[0]
    laden = queries.loads(users)
    return min(users, key=lambda user: (laden.get(user.pk, 0), user.pk))


def _words(owner: Owner | None, case: Case) -> str:
    if owner is None or owner.opener or owner.actor:
        return "原责任人的账号已停用"
    title = ROLES[owner.role].title if owner.role in ROLES else owner.role
    where = case.department_name if owner.role in ROLES and not ROLES[owner.role].hospital_wide else ""
    return f"{where}没有{title}账号"


def department_for(user, department_id: int | None, now: datetime) -> int | None:
    """The department under which a person sees their task: the case's, or one of their own when they do not reach it."""
    scope = scope_of(user, timezone.localdate(now))
    if scope.covers(department_id):
        return department_id
    return min(scope.departments or (), default=None)
