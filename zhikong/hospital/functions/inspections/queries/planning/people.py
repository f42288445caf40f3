"""Who may inspect: from which departments they come, lately came, how much they have to do already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Appointment, DepartmentVersion
from zhikong.hospital.functions.inspections.models.planning import VisitInspector
from zhikong.hospital.functions.inspections.rules_planning import FINISHED, UPCOMING
from zhikong.hospital.functions.inspections.rules_planning_pairing import Candidate
from zhikong.hospital.functions.inspections.rules_planning_programmes import Who

MONTH = 31  # days; an earlier department stays closed a little longer rather than shorter
LAST_ROUND = 180


@dataclass(frozen=True)
class Person:
    """A candidate with name and role in words."""

    user: User
    candidate: Candidate
    role: str
    home: str

    def __str__(self):
        return f"{self.user}（{self.home or self.role}）"


def inspectors(who: Who, *, on: date, first: date, last: date) -> list[Person]:
    """Active accounts of the pool's roles that may inspect, senior roles first."""
    held = _held(who, on)
    users = list(User.objects.filter(pk__in=held, is_active=True).select_related("person"))
    users = [one for one in users if can(one, Permission.INSPECT)]
    own, past = _departments_of(users, on=on, months=who.months_apart)
    load, before = _loads(users, first, last), _inspected(users, first)
    names = _names(on)
    found = [
        Person(
            one,
            Candidate(
                one.pk, frozenset(own[one.pk]), frozenset(past[one.pk] - own[one.pk]), load[one.pk],
                held[one.pk], frozenset(before[one.pk]),
            ),
            ROLES[who.roles[held[one.pk]]].title,
            "、".join(sorted(names[d] for d in own[one.pk] if d in names))[:60],
        )
        for one in users
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.candidate.rank, str(one.user), one.user.pk))


def of_department(who: Who, *, department_id: int, on: date) -> list[User]:
    """Who inspects a department's own work, in the order of the programme's roles."""
    held = _held(who, on, department_id=department_id)
    users = User.objects.filter(pk__in=held, is_active=True).select_related("person")
    return sorted(
        (one for one in users if can(one, Permission.INSPECT)), key=lambda one: (held[one.pk], one.pk)
    )


def against(users: Iterable[User], *, department_id: int, months: int, on: date) -> dict[int, str]:
    """Account → the sentence that keeps somebody away from a department: his own, or his within so many months."""
    users = list(users)
    own, past = _departments_of(users, on=on, months=months)
    said = {}
    for one in users:
        if department_id in own[one.pk]:
            said[one.pk] = f"{one}是这个科室的人，不能查本科室。"
        elif department_id in past[one.pk]:
            said[one.pk] = f"{one}近 {months} 个月在这个科室待过，要回避。"
    return said


def _held(who: Who, on: date, department_id: int | None = None) -> dict[int, int]:
    """Account → place of its first role in the programme's list."""
    rows = RoleAssignment.objects.on(on).filter(
        role__in=who.roles, institution_id=current_scope().institution_id
    )
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    found: dict[int, int] = {}
    for user, role in rows.values_list("user_id", "role"):
        found[user] = min(found.get(user, 99), who.roles.index(role))
    return found


def _departments_of(users: list[User], *, on: date, months: int) -> tuple[dict, dict]:
    """Departments that are somebody's by role or post today, and those that were within so many months."""
    since = on - timedelta(days=MONTH * months)
    by_person = {one.person_id: one.pk for one in users if one.person_id}
    own, past = defaultdict(set), defaultdict(set)
    posts = Appointment.objects.filter(person_id__in=by_person, valid_from__lte=on)
    posts = posts.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since))
    for person, department, end in posts.values_list("person_id", "department_id", "valid_to"):
        (own if end is None or end > on else past)[by_person[person]].add(department)
    roles = RoleAssignment.objects.filter(user__in=users, department_id__isnull=False, valid_from__lte=on)
    roles = roles.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since))
    for user, department, end in roles.values_list("user_id", "department_id", "valid_to"):
        (own if end is None or end > on else past)[user].add(department)
    _with_relatives(own, past, on)
    return own, past


def _with_relatives(own: dict, past: dict, on: date) -> None:
    """A ward belongs to its department and the other way round; a merged department to the one that took it in."""
    rows = DepartmentVersion.objects.filter(valid_from__lte=on).values_list(
        "department_id", "parent_id", "successor_id"
    )
    near = defaultdict(set)
    for department, parent, successor in rows:
        for other in (parent, successor):
            if other is not None:
                near[department].add(other)
                near[other].add(department)
    for found in (own, past):
        for user in list(found):
            found[user] |= {other for department in list(found[user]) for other in near[department]}


def _loads(users: Iterable[User], first: date, last: date) -> Counter:
    """Visits that each has already in these days."""
    rows = VisitInspector.objects.filter(
        user__in=list(users),
        left_at=None,
        visit__state__in=list(UPCOMING),
        visit__planned_on__range=(first, last),
    )
    return Counter(rows.values_list("user_id", flat=True))


def _inspected(users: Iterable[User], first: date) -> dict[int, set[int]]:
    """Departments that each inspected lately: rather somebody else this time."""
    rows = VisitInspector.objects.filter(
        user__in=list(users), left_at=None, visit__state__in=list(FINISHED),
        visit__planned_on__gte=first - timedelta(days=LAST_ROUND), visit__department_id__isnull=False,
    )  # fmt: skip
    found = defaultdict(set)
    for user, department in rows.values_list("user_id", "visit__department_id"):
        found[user].add(department)
    return found


def _names(on: date) -> dict[int, str]:
    rows = DepartmentVersion.objects.filter(valid_from__lte=on).exclude(kind=DepartmentVersion.Kind.WARD)
    return dict(rows.order_by("valid_from").values_list("department_id", "name"))
