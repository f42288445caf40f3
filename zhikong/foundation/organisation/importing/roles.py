"""Roles from posts: proposed from ``words.yaml``, confirmed in bulk, never administrator or auditor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.importing.words import words
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import DepartmentOn, departments, in_force
from zhikong.foundation.organisation.rosters import SENIORITY
from zhikong.foundation.organisation.rules import NotInOrder

AT_ONCE = 1000
LEADING = frozenset({"department_head", "deputy_head", "officer"})


@dataclass(frozen=True)
class RoleProposal:
    """A role that a person's post suggests and that his account does not hold."""

    key: str
    person: Person
    department_id: int
    department: str
    post: str  # in words
    role: str
    title: str
    whole_hospital: bool
    has_account: bool


def proposals(*, on: date) -> list[RoleProposal]:
    """What the posts of a day suggest beyond what is granted, offices and whole-hospital roles first."""
    places = {d.id: d for d in departments(on=on)}
    held, accounts = _held(on), _accounts()
    closed = set(User.objects.filter(_here(), is_active=False).values_list("person_id", flat=True))
    found: dict[str, RoleProposal] = {}
    rows = Appointment.objects.filter(in_force(on)).select_related("person")
    for row in sorted(rows, key=lambda a: (SENIORITY.get(a.post, 99), a.person.staff_number)):
        place = places.get(row.department_id)
        role = suggested(row.post, place) if place else ""
        if not role or row.person_id in closed:
            continue
        where = None if ROLES[role].hospital_wide else place.id
        if (row.person_id, role, where) not in held:
            made = _proposal(row, place, role, row.person_id in accounts)
            found.setdefault(made.key, made)
    return sorted(found.values(), key=lambda p: not p.whole_hospital)


def suggested(post: str, place: DepartmentOn) -> str:
    """The role for a post in a department; '' for none. Never one that opens everything.

    Who works in an office has the office's role; of the pharmacy, which also dispenses, its heads and officers have it.
    """
    data = words()
    role = data["role_by_post"].get(post, "")
    of_office = place.kind == "functional" or post in LEADING
    if of_office and role != "hospital_leader":
        role = data["role_by_function"].get(place.function, role)
    return role if role in ROLES and role not in data["never_proposed"] else ""


def _proposal(row: Appointment, place, role: str, has_account: bool) -> RoleProposal:
    wide = ROLES[role].hospital_wide
    return RoleProposal(
        f"{row.person_id}:{role}:{0 if wide else place.id}",
        row.person,
        place.id,
        place.name,
        row.get_post_display(),
        role,
        str(ROLES[role].title),
        wide,
        has_account,
    )


@transaction.atomic
def grant(*, by, now: datetime, keys: Collection[str], on: date) -> int:
    """Grant what is proposed under these keys from a day on; who has no account gets one, as yet without a password.

    The user name is the staff number. Nobody grants himself anything. Returns the number of roles.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    own = getattr(by, "person_id", None)
    chosen = [p for p in proposals(on=on) if p.key in set(keys) and p.person.pk != (own or -1)]
    accounts = _accounts()
    _open([p.person for p in chosen if p.person.pk not in accounts], now)
    accounts = _accounts()
    here = current_scope().institution_id
    made = RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(
                institution_id=here,
                user_id=accounts[p.person.pk],
                role=p.role,
                department_id=None if p.whole_hospital else p.department_id,
                valid_from=on,
            )
            for p in chosen
        ),
        batch_size=AT_ONCE,
    )
    return len(made)


def _open(people: list[Person], now: datetime) -> None:
    """Accounts that nobody can sign in to before a first password is printed."""
    fresh = {person.pk: person for person in people}.values()
    taken = set(
        User.objects.filter(username__in=[p.staff_number for p in fresh]).values_list("username", flat=True)
    )
    if taken:
        raise NotInOrder(
            f"用户名 {'、'.join(sorted(taken)[:5])} 已有人使用。请在账号页面把该账号与人员对应，或另开用户名后授予角色。"
        )
    here = current_scope().institution_id
    try:
        with transaction.atomic():
            User.objects.bulk_create(
                (
                    User(
                        username=p.staff_number, password=make_password(None), institution_id=here, person=p,
                        last_name=p.name[:1], first_name=p.name[1:], date_joined=now,
                    )
                    for p in fresh
                ),
                batch_size=AT_ONCE,
            )  # fmt: skip
    except IntegrityError as error:  # an account of another institution, which this one cannot see
        raise NotInOrder("有工号与其他机构的用户名相同，没有开通账号。请为这些人员单独开通账号。") from error


@dataclass(frozen=True)
class Leaver:
    """An open account whose holder has no post any more."""

    user: User
    person: Person


def leavers(*, on: date) -> list[Leaver]:
    """Open accounts of people without any post on a day, who had one before."""
    present = Appointment.objects.filter(in_force(on)).values("person_id")
    earlier = Appointment.objects.filter(valid_to__lte=on).values("person_id")
    found = User.objects.filter(_here(), is_active=True, person_id__in=earlier).exclude(person_id__in=present)
    return [Leaver(user, user.person) for user in found.select_related("person").order_by("username")]


@transaction.atomic
def lock_leavers(*, by, user_ids: Collection[int], on: date) -> int:
    """Close the accounts of people who have left; what they did stays."""
    require(by, Permission.MANAGE_ACCOUNTS)
    gone = {leaver.user.pk for leaver in leavers(on=on)} & set(user_ids) - {getattr(by, "pk", None)}
    return User.objects.filter(pk__in=gone).update(is_active=False)


def _here() -> Q:
    return Q(institution_id=current_scope().institution_id)


def _accounts() -> dict[int, int]:
    """Person → his account, the oldest when he has several."""
    rows = User.objects.filter(_here(), person__isnull=False, is_active=True).order_by("-pk")
    return dict(rows.values_list("person_id", "pk"))


def _held(on: date) -> set[tuple[int, str, int | None]]:
    rows = RoleAssignment.objects.on(on).filter(user__person__isnull=False)
    return set(rows.values_list("user__person_id", "role", "department_id"))
