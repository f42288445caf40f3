"""Reads of findings. Row policies narrow every one of them to the departments in scope."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from zhikong.foundation.access.models import RoleAssignment
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Evidence, Finding
from zhikong.foundation.findings.rules import State
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.foundation.organisation.queries import in_force

FILTERS = {
    "answer": Q(state__in=[State.RAISED, State.CAUSE, State.MEASURE, State.REOPENED]),
    "accept": Q(state=State.DEPARTMENT_APPROVAL),
    "correct": Q(state=State.ACCEPTED, corrected_at=None),
    "verify": Q(state=State.ACCEPTED, corrected_at__isnull=False) | Q(state=State.VERIFIED),
    "observation": Q(state=State.OBSERVATION),
    "closed": Q(state=State.CLOSED),
    "merged": Q(state=State.MERGED),
    "extension": Q(extensions__isnull=False, extensions__granted=None),
    "open": ~Q(state__in=list(rules.DONE_STATES)),
}


def overdue_condition(today: date) -> Q:
    """The database's form of Finding.is_overdue."""
    waiting = Q(state=State.ACCEPTED, corrected_at__isnull=False)
    return Q(state__in=list(rules.WITH_DEPARTMENT), due_on__lt=today) & ~waiting


def findings(
    *,
    today: date,
    show: str = "open",
    department_id: int | None = None,
    text: str = "",
    indicator_id: str = "",
    source: str = "",
    severity: str = "",
    month: str = "",
    recurrent: bool = False,
) -> QuerySet[Finding]:
    """Findings in scope, the earliest due date first.

    show: a key of FILTERS, ``overdue``, ``left`` (the owner has), ``extension`` (asked for) or ``all``.
    month: YYYY-MM in which they were raised.
    """
    rows = Finding.objects.select_related("owner")
    if show == "overdue":
        rows = rows.filter(overdue_condition(today))
    elif show == "left":
        rows = rows.filter(pk__in=left_behind(on=today).order_by().values("pk"))
    elif show in FILTERS:
        rows = rows.filter(FILTERS[show])
    if department_id:
        rows = rows.filter(department_id=department_id)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(number__icontains=text))
    if indicator_id:
        rows = rows.filter(indicator_id=indicator_id)
    if source:
        rows = rows.filter(source_kind=source)
    if severity:
        rows = rows.filter(severity=severity)
    if month:
        first = date.fromisoformat(f"{month}-01")
        rows = rows.filter(
            raised_at__date__gte=first, raised_at__date__lt=(first + timedelta(days=32)).replace(day=1)
        )
    if recurrent:
        rows = rows.filter(recurrent=True)
    return rows.order_by("-closed_at", "-pk") if show == "closed" else rows.order_by("due_on", "pk")


@dataclass(frozen=True)
class Counts:
    """How many findings in scope stand at which turn."""

    answer: int
    accept: int
    correct: int
    verify: int
    observation: int
    overdue: int


def counts(*, today: date) -> Counts:
    """The number cards of the list page, in one query."""
    keys = ("answer", "accept", "correct", "verify", "observation")
    sums = {key: Count("pk", filter=FILTERS[key]) for key in keys}
    return Counts(**Finding.objects.aggregate(**sums, overdue=Count("pk", filter=overdue_condition(today))))


def overdue_findings(*, today: date, department_id: int | None = None) -> QuerySet[Finding]:
    return findings(today=today, show="overdue", department_id=department_id)


def of_source(*, source_kind: str, source_key: str, department_id: int | None = None) -> QuerySet[Finding]:
    """Findings that one source (for example an indicator's month) has spawned (CAP-14)."""
    rows = Finding.objects.filter(source_kind=source_kind, source_key=source_key)
    return rows.filter(department_id=department_id) if department_id else rows


def same_batch(finding: Finding) -> QuerySet[Finding]:
    """The findings that were raised together with this one to other departments (as far as in scope)."""
    if not finding.group_key:
        return Finding.objects.none()
    return (
        Finding.objects.filter(group_key=finding.group_key).exclude(pk=finding.pk).order_by("department_name")
    )


def evidence(finding: Finding) -> QuerySet[Evidence]:
    """The finding's evidence with its files, the oldest first."""
    return finding.evidence.select_related("by").prefetch_related("files__file").order_by("at", "pk")


def due_for_review(*, today: date) -> QuerySet[Finding]:
    return Finding.objects.filter(state=State.OBSERVATION, review_on__lte=today).order_by("pk")


def departments_with_findings() -> list[tuple[int, str]]:
    """Departments in scope that have findings: id and the name they had at their latest finding."""
    rows = Finding.objects.order_by("department_id", "-raised_at").distinct("department_id")
    return sorted(rows.values_list("department_id", "department_name"), key=lambda pair: pair[1])


def of_ended_departments(*, on: date) -> list[Finding]:
    """Open findings of departments that no longer exist on the day."""
    opened = Finding.objects.exclude(state__in=rules.DONE_STATES)
    ids = set(opened.order_by().values_list("department_id", flat=True).distinct())
    alive = DepartmentVersion.objects.filter(in_force(on), department_id__in=ids)
    ended = ids - set(alive.values_list("department_id", flat=True))
    return list(opened.filter(department_id__in=ended).select_related("owner", "handler")) if ended else []


def left_behind(*, on: date) -> QuerySet[Finding]:
    """Open findings whose owner has left: the account is switched off, or holds no role any more."""
    with_role = RoleAssignment.objects.on(on).values("user_id")
    left = Q(owner__is_active=False) | (Q(owner__isnull=False) & ~Q(owner_id__in=with_role))
    opened = Finding.objects.exclude(state__in=rules.DONE_STATES)
    return opened.filter(left).select_related("owner").order_by("due_on", "pk")
