"""Who can be asked: accounts that may answer, persons who may answer for a case, committees; and one person's share."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Accountability, Finding, Measure
from zhikong.foundation.organisation.models import Appointment, Body, Person
from zhikong.foundation.organisation.queries import in_force

LEADERS = (Appointment.Post.PRESIDENT, Appointment.Post.DEPUTY_DIRECTOR)


def answerers(*, department_id: int) -> QuerySet[User]:
    """Active accounts whose role lets them answer findings of the department."""
    roles = [code for code, role in ROLES.items() if Permission.ANSWER_FINDING in role.permissions]
    held = RoleAssignment.objects.on(timezone.localdate()).filter(role__in=roles, department_id=department_id)
    return User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("pk")


def people_and_leaders(finding: Finding) -> QuerySet[Person]:
    """Persons of the finding's department, and the hospital's leaders."""
    posts = Appointment.objects.filter(in_force(timezone.localdate()))
    wanted = posts.filter(Q(department_id=finding.department_id) | Q(post__in=LEADERS))
    return Person.objects.filter(pk__in=wanted.values("person_id")).order_by("name")


def committees() -> QuerySet[Body]:
    """Committees in force today; departments' own groups are none."""
    return Body.objects.filter(in_force(timezone.localdate())).exclude(kind=Body.Kind.QC_GROUP).order_by("pk")


@dataclass(frozen=True)
class Share:
    """What one person has to do with findings, within the reader's scope."""

    owned: list[Finding]
    handled: list[Finding]
    measures: list[Measure]
    accountable: list[Accountability]
    closed: int


def share_of(user: User, *, today: date) -> Share:
    """A person's findings, measures and responsibilities. Five queries."""
    opened = Finding.objects.exclude(state__in=rules.DONE_STATES).order_by("due_on", "pk")
    measures = Measure.objects.filter(who_id=user.person_id, done_at=None).exclude(
        finding__state__in=list(rules.DONE_STATES)
    )
    named = Accountability.objects.filter(person_id=user.person_id)
    return Share(
        owned=list(opened.filter(owner=user)),
        handled=list(opened.filter(handler=user).select_related("owner")),
        measures=list(measures.select_related("finding").order_by("due_on")) if user.person_id else [],
        accountable=list(named.select_related("finding").order_by("-at")) if user.person_id else [],
        closed=Finding.objects.filter(owner=user, state=rules.State.CLOSED).count(),
    )
