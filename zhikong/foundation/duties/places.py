"""For whom a duty comes round on a day, and which person it is handed to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.duties.definition.model import Body, Duty
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Body as StandingBody
from zhikong.foundation.organisation.models import Membership

OFFICE = "quality_office"
STAND_INS = ("department_head", "head_nurse", "qc_officer")


@dataclass(frozen=True)
class Place:
    """A department, a standing body or the hospital, as it is called on the day."""

    key: str
    name: str
    department_id: int | None = None
    body_id: int | None = None


def places(duty: Duty, on: date) -> list[Place]:
    """Everyone the duty holds for on a day."""
    if duty.body is Body.HOSPITAL:
        return [Place("h", _("全院"))]
    if duty.body is Body.COMMITTEE:
        bodies = StandingBody.objects.filter(organisation.in_force(on), kind=duty.who.committee).order_by(
            "pk"
        )
        return [Place(f"b{body.pk}", body.name, body_id=body.pk) for body in bodies]
    found = organisation.departments(on=on, kinds=duty.who.department_kinds)
    return [
        Place(f"d{department.id}", department.name, department_id=department.id)
        for department in found
        if _holds_for(duty, department)
    ]


def _holds_for(duty: Duty, department: organisation.DepartmentOn) -> bool:
    """Kinds are asked already; functions narrow functional departments only, codes narrow all."""
    who = duty.who
    if who.codes and department.code not in who.codes:
        return False
    return department.kind != "functional" or not who.functions or department.function in who.functions


@dataclass(frozen=True)
class People:
    """Who holds which role on a day, read once for many occurrences."""

    on: date
    holders: dict[tuple[str, int | None], list[int]]
    secretaries: dict[int, list[int]]
    users: dict[int, User] = field(repr=False)

    def holding(self, role: str, department_id: int | None) -> list[User]:
        """Active accounts with the role, in the department when the role is one of departments."""
        place = None if role not in ROLES or ROLES[role].hospital_wide else department_id
        return [self.users[pk] for pk in self.holders.get((role, place), ())]

    def owner(self, role: str, place: Place) -> User | None:
        """Who gets the task: the secretary or the role's holder, else who leads the department, else nobody.

        The hospital's and the committees' duties fall to the quality office when their own office has no account.
        """
        for person in self.secretaries.get(place.body_id or 0, ()):
            if any(grant.role.hospital_wide for grant in self.users[person].grants(self.on)):
                return self.users[person]
        for asked in dict.fromkeys((role, *(STAND_INS if place.department_id else (OFFICE,)))):
            if found := self.holding(asked, place.department_id):
                return found[0]
        return None


def people(on: date) -> People:
    """Roles and committee secretaries in force on a day."""
    holders: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    rows = RoleAssignment.objects.on(on).filter(user__is_active=True).order_by("user_id")
    for role, department, user in rows.values_list("role", "department_id", "user_id"):
        holders[role, None if role in ROLES and ROLES[role].hospital_wide else department].append(user)
    secretaries = _secretaries(on)
    wanted = {pk for pks in (*holders.values(), *secretaries.values()) for pk in pks}
    users = {user.pk: user for user in User.objects.filter(pk__in=wanted)}
    return People(on, dict(holders), secretaries, users)


def _secretaries(on: date) -> dict[int, list[int]]:
    """Standing body -> accounts of its secretaries."""
    seats = Membership.objects.filter(organisation.in_force(on), seat=Membership.Seat.SECRETARY)
    found: dict[int, list[int]] = defaultdict(list)
    rows = seats.filter(person__users__is_active=True).order_by("pk")
    for body, user in rows.values_list("body_id", "person__users"):
        found[body].append(user)
    return dict(found)
