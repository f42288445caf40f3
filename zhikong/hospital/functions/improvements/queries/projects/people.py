"""Who can be in a team, who may work on a project, who judges."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force, names
from zhikong.hospital.functions.improvements.models.projects import Member, Project


def may_work(user, project: Project) -> bool:
    """Who runs projects of the department, and the project's own members from wherever they come."""
    if not can(user, Permission.RUN_IMPROVEMENTS):
        return False
    return (
        can(user, Permission.RUN_IMPROVEMENTS, project.department_id) or membership(user, project) is not None
    )


def membership(user, project: Project) -> Member | None:
    """The user's seat in the team, or None."""
    person = getattr(user, "person_id", None)
    return project.members.filter(person_id=person).first() if person else None


def may_judge(user, project: Project) -> bool:
    """Judges projects of the department, and is not of the team."""
    return (
        can(user, Permission.JUDGE_IMPROVEMENTS, project.department_id) and membership(user, project) is None
    )


def judges(*, department_id: int) -> list[User]:
    """Accounts that may judge projects of a department; the quality office first."""
    users = User.objects.filter(institution_id=current_scope().institution_id, is_active=True)
    able = [one for one in users if can(one, Permission.JUDGE_IMPROVEMENTS, department_id)]
    return sorted(able, key=lambda one: (not _of_office(one), one.pk))


def _of_office(user: User) -> bool:
    return any(grant.role.code == "quality_office" for grant in user.grants())


def people(*, on: date | None = None) -> QuerySet[Person]:
    """Everybody with a post today, by name."""
    posts = Appointment.objects.filter(in_force(on or timezone.localdate()))
    return Person.objects.filter(pk__in=posts.values("person_id")).order_by("name", "staff_number")


def labels(found: QuerySet[Person]) -> list[tuple[str, str]]:
    """(id, name · department) of people, to choose from; those who share a name are told apart by it."""
    today = timezone.localdate()
    places, by_id = {}, names(on=today)
    posts = Appointment.objects.filter(in_force(today), person__in=found)
    for person, department in posts.order_by("pk").values_list("person_id", "department_id"):
        places.setdefault(person, by_id.get(department, ""))
    return [(str(one.pk), f"{one.name} · {places.get(one.pk) or one.staff_number}") for one in found]


def own_departments(user) -> set[int]:
    """The departments of a user's roles and posts; a contest's judge is not of the entry's."""
    own = set().union(*(grant.departments for grant in user.grants() if grant.departments is not None))
    posts = Appointment.objects.filter(in_force(timezone.localdate()), person_id=user.person_id)
    return own | (set(posts.values_list("department_id", flat=True)) if user.person_id else set())
