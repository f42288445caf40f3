"""The same matter again: earlier findings on the same clause or indicator in the same department."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import State


def same_matter(*, department_id: int, indicator_id: str = "", clause_key: str = "") -> QuerySet[Finding]:
    """Findings of a department on the same clause or, where no clause is named, on the same indicator."""
    same = Finding.objects.filter(department_id=department_id).exclude(state=State.MERGED)
    if clause_key:
        return same.filter(clause_key=clause_key)
    return same.filter(indicator_id=indicator_id) if indicator_id else same.none()


def earlier(
    *, department_id: int, indicator_id: str, raised_on: date, clause_key: str = ""
) -> Finding | None:
    """The finding on the same clause or indicator that was closed last here, if within the last twelve months."""
    same = same_matter(department_id=department_id, indicator_id=indicator_id, clause_key=clause_key)
    last = same.filter(state=State.CLOSED).order_by("-closed_at").first()
    closed_on = timezone.localdate(last.closed_at) if last else None
    return last if rules.is_recurrent(closed_on, raised_on) else None


def chain(finding: Finding) -> QuerySet[Finding]:
    """All findings on the same matter here within the year before this one and since, the newest first."""
    since = finding.raised_at - timedelta(days=rules.RECURRENCE_DAYS)
    same = same_matter(
        department_id=finding.department_id, indicator_id=finding.indicator_id, clause_key=finding.clause_key
    )
    return same.filter(raised_at__gte=since).exclude(pk=finding.pk).order_by("-raised_at", "-pk")


def mergeable(finding: Finding) -> QuerySet[Finding]:
    """Open findings of the same department that this one could be merged into, the same matter first."""
    taking = rules.MAY_START_FROM[rules.Act.MERGE]
    rows = Finding.objects.filter(department_id=finding.department_id, state__in=list(taking))
    return rows.exclude(pk=finding.pk).order_by("raised_at", "pk")


def months_in_row(finding: Finding, others: Iterable[Finding] | None = None) -> int:
    """How many months in a row, ending with the finding's own, its matter was found in its department.

    others: its chain, where the caller has read it already.
    """
    if not (finding.clause_key or finding.indicator_id):
        return 1
    found = chain(finding) if others is None else others
    moments = [finding.raised_at, *(one.raised_at for one in found if one.raised_at <= finding.raised_at)]
    return rules.months_in_row(f"{timezone.localdate(moment):%Y-%m}" for moment in moments)


def must_improve(finding: Finding, *, needed: int) -> bool:
    """Whether the row of months is long enough to demand an improvement project. needed: the policy's months."""
    return months_in_row(finding) >= needed


def last_measures(*, department_id: int, month: str) -> QuerySet[Finding]:
    """What a monthly self-check looks at first: findings answered before the month, open or closed in it (CAP-05)."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    rows = Finding.objects.filter(department_id=department_id, raised_at__date__lt=first).exclude(measure="")
    gone = rows.filter(closed_at__date__lt=first) | rows.filter(state=State.MERGED)
    rows = rows.exclude(pk__in=gone.values("pk")).filter(raised_at__date__lt=after)
    return rows.prefetch_related("measures__who").order_by("due_on", "pk")
