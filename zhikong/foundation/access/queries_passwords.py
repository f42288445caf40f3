"""Reads of first passwords: who still needs one, who has one and did not use it, by department."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from zhikong.foundation.access.first_passwords import has_expired
from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Appointment, DepartmentVersion
from zhikong.foundation.organisation.queries import in_force, names

NONE, WAITING, EXPIRED, OWN = "none", "waiting", "expired", "own"
NOWHERE = 0  # the department of those who have no post today


@dataclass(frozen=True)
class Holder:
    """An account of a person and how far its first password has got: none, waiting, expired, own."""

    user: User
    department_id: int
    state: str


@dataclass(frozen=True)
class Standing:
    """How many accounts are without a password, have one to be used, let one expire, or chose their own."""

    none: int = 0
    waiting: int = 0
    expired: int = 0
    own: int = 0

    @property
    def accounts(self) -> int:
        return self.none + self.waiting + self.expired + self.own

    @property
    def to_print(self) -> int:
        return self.none + self.expired


def holders(*, now: datetime, on: date) -> list[Holder]:
    """Active accounts of people, each with one of his departments of the day, by department and user name."""
    places = _places(on)
    accounts = User.objects.filter(institution_id=current_scope().institution_id, is_active=True)
    found = [
        Holder(user, places.get(user.person_id, NOWHERE), state_of(user, now))
        for user in accounts.filter(person__isnull=False)
    ]
    order = {pk: n for n, pk in enumerate(_in_order(on))}
    return sorted(found, key=lambda h: (order.get(h.department_id, len(order)), h.user.username))


def state_of(user: User, now: datetime) -> str:
    """How far an account's first password has got."""
    if not user.has_usable_password():
        return NONE
    if not user.must_change_password:
        return OWN
    return EXPIRED if has_expired(user, now) else WAITING


def standing(*, now: datetime, on: date) -> Standing:
    """The whole hospital."""
    return Standing(**Counter(holder.state for holder in holders(now=now, on=on)))


def by_department(found: list[Holder], on: date) -> list[tuple[int, str, Standing]]:
    """(department, name, standing) in the order of the departments; department 0 holds those without a post."""
    named = names(on=on)
    states: dict[int, Counter[str]] = {}
    for holder in found:
        states.setdefault(holder.department_id, Counter())[holder.state] += 1
    return [(pk, named.get(pk, ""), Standing(**counted)) for pk, counted in states.items()]


def _places(on: date) -> dict[int, int]:
    rows = Appointment.objects.filter(in_force(on)).order_by("-pk")
    return dict(rows.values_list("person_id", "department_id"))


def _in_order(on: date) -> list[int]:
    """Departments by class and code."""
    found = DepartmentVersion.objects.filter(valid_from__lte=on).order_by("kind", "department__code")
    return list(dict.fromkeys(found.values_list("department_id", flat=True)))
