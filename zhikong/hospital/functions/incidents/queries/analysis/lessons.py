"""Reads of lessons and alerts, and the check that nothing in them leads to a person or a small ward."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.analysis_lessons import (
    Lesson,
    Receipt,
    SafetyAlert,
    Teaching,
    TeachingOrigin,
)
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy
from zhikong.hospital.functions.incidents.queries.analysis.reading import hidden_names
from zhikong.hospital.functions.incidents.rules_analysis_lessons import Known, Leak, leaks

PARTS = {
    Lesson: ("title", "happened", "why", "changed", "advice"),
    SafetyAlert: ("title", "body", "do_now"),
}


def published(*, category: str = "", text: str = "") -> QuerySet[Lesson]:
    """The library that everybody reads: by category, by words anywhere in a lesson."""
    rows = Lesson.objects.filter(state=Teaching.State.PUBLISHED)
    if category:
        rows = rows.filter(category=category)
    for word in text.split():
        found = Q()
        for name in PARTS[Lesson]:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows.order_by("-published_at", "pk")


def waiting(model) -> QuerySet:
    """Those that are written or wait for a second reader."""
    return model.objects.filter(state__in=[Teaching.State.DRAFT, Teaching.State.READING]).select_related(
        "written_by"
    )


def lesson(code: str) -> Lesson | None:
    return Lesson.objects.select_related("written_by", "read_by").filter(code=code).first()


def alert(code: str) -> SafetyAlert | None:
    return SafetyAlert.objects.select_related("written_by", "read_by", "lesson").filter(code=code).first()


def leaks_of(teaching: Lesson | SafetyAlert) -> list[Leak]:
    """What still leads to somebody: names of staff, of the case behind it, numbers, days, beds, small departments."""
    parts = {
        str(teaching._meta.get_field(name).verbose_name): getattr(teaching, name)
        for name in PARTS[type(teaching)]
    }
    return leaks(parts, _known(teaching))


def _known(teaching) -> Known:
    today = timezone.localdate()
    with neutral.nobody():
        origin = TeachingOrigin.objects.filter(**{teaching._meta.model_name.removeprefix("safety"): teaching})
        names = [name for row in origin.select_related("analysis") for name in hidden_names(row.analysis)]
        names += Person.objects.values_list("name", flat=True)
        people = staff_by_department(today)
    # offices may be named: nothing happens to patients there
    places = {one.id: one.name for one in organisation.departments(on=today) if one.kind != "functional"}
    departments = {name: people.get(pk, 0) for pk, name in places.items()}
    for pk, aliases in organisation.aliases().items():
        if pk in places:
            departments |= {alias: people.get(pk, 0) for alias in aliases}
    return Known(tuple(dict.fromkeys(names)), departments, policy().people_least)


def staff_by_department(on: date) -> Counter:
    """How many accounts work in each department on a day."""
    rows = RoleAssignment.objects.on(on).filter(user__is_active=True, department__isnull=False)
    return Counter(department for department, _user in set(rows.values_list("department_id", "user_id")))


def alerts(*, today: date, show: str = "open") -> QuerySet[SafetyAlert]:
    """Alerts in force (open), or those that have run out or were taken back (past)."""
    rows = SafetyAlert.objects.select_related("lesson")
    running = Q(state=Teaching.State.PUBLISHED, expires_on__gte=today)
    if show == "past":
        rows = rows.filter(
            Q(state=Teaching.State.WITHDRAWN) | Q(state=Teaching.State.PUBLISHED, expires_on__lt=today)
        )
    else:
        rows = rows.filter(running)
    return rows.order_by("-published_at", "pk")


def unread_for(user, *, today: date) -> list[Receipt]:
    """Alerts in force that were sent to somebody who has not said "read"."""
    with neutral.nobody():
        rows = Receipt.objects.filter(
            user=user, read_at=None, alert__state=Teaching.State.PUBLISHED, alert__expires_on__gte=today
        )
        return list(rows.select_related("alert").order_by("-sent_at"))


def receipt(found: SafetyAlert | Lesson, user) -> Receipt | None:
    """Somebody's own receipt."""
    name = found._meta.model_name.removeprefix("safety")
    with neutral.nobody():
        return Receipt.objects.filter(**{name: found}, user=user).first()


@dataclass(frozen=True)
class Reading:
    """How far an alert has been read in one department. missing: who has not."""

    department: str
    sent: int
    read: int
    missing: tuple[User, ...]


def readings(found: SafetyAlert) -> list[Reading]:
    """By department, as far as the reader's rows reach: leaders see their own, offices all."""
    rows = list(found.receipts.select_related("department", "user__person"))
    names = organisation.names(on=timezone.localdate())
    by_place: dict[str, list[Receipt]] = {}
    for row in rows:
        by_place.setdefault(names.get(row.department_id, "职能部门"), []).append(row)
    return [
        Reading(
            place, len(of), sum(row.read_at is not None for row in of),
            tuple(sorted((row.user for row in of if row.read_at is None), key=str)),
        )
        for place, of in sorted(by_place.items())
    ]  # fmt: skip
