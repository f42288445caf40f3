"""Who may review: holders of the permission, whose own departments and own records are known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Appointment, Department
from zhikong.foundation.organisation.queries import in_force
from zhikong.hospital.functions.record_reviews.rules_sampling import Reviewer


def reviewers() -> list[User]:
    """Active accounts of the institution that may review records, by name."""
    users = User.objects.filter(institution_id=current_scope().institution_id, is_active=True)
    found = [one for one in users.select_related("person") if can(one, Permission.REVIEW_RECORDS)]
    return sorted(found, key=str)


def as_reviewers(users: Iterable[User], *, on: date) -> list[Reviewer]:
    """With the codes of the departments that are theirs: by role, and by post."""
    users = list(users)
    codes = dict(Department.objects.values_list("pk", "code"))
    posts: dict[int, set[int]] = {}
    people = [one.person_id for one in users if one.person_id]
    rows = Appointment.objects.filter(in_force(on), person_id__in=people)
    for person, department in rows.values_list("person_id", "department_id"):
        posts.setdefault(person, set()).add(department)
    found = []
    for one in users:
        own = set().union(*(g.departments for g in one.grants(on) if g.departments is not None))
        own |= posts.get(one.person_id, set())
        number = one.person.staff_number if one.person_id else ""
        found.append(Reviewer(one.pk, frozenset(codes[pk] for pk in own if pk in codes), number))
    return found
