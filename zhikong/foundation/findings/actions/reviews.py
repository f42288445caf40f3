"""What the worker does: review observations whose date has come, climb the overdue ladder."""

from datetime import datetime

from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.findings import effects, policy, queries, rules
from zhikong.foundation.findings.actions.proof import verify_by_effect
from zhikong.foundation.findings.actions.steps import head_of, record, tell, worker_of
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import Act, Rung


def review_effects(*, scope: Scope, now: datetime) -> int:
    """Read the chart of every observed finding whose review date has come; gives how many were judged.

    Runs under a job's scope. A finding whose numbers nobody can read any more is left to a person.
    """
    judged = 0
    with scoped(scope):
        for finding in queries.due_for_review(today=timezone.localdate(now)):
            if effects.has_provider(finding):
                verify_by_effect(finding, by=None, now=now, act=Act.REVIEW)
                judged += 1
    return judged


def escalate_overdue(*, scope: Scope, now: datetime) -> int:
    """Tell the next rung about overdue findings, each rung once (CAP-03); gives how many findings."""
    today, climbed = timezone.localdate(now), 0
    with scoped(scope):
        rule = policy.in_force()
        for finding in queries.overdue_findings(today=today):
            ladder = rule.ladder_of(finding.level, finding.severity)
            rung = rules.ladder_rung(finding.due_on, today, ladder)
            if rung > finding.escalated:
                _climb(finding, rung, ladder[rung - 1], now)
                climbed += 1
    return climbed


def recalculate(calendar, years: frozenset[int]) -> list[Moved]:
    """Move the due dates that count working days to what the new calendar says; tasks move themselves."""
    counted = Finding.objects.filter(due_working_days__isnull=False, due_on__year__in=years)
    moved = []
    for finding in counted.exclude(state__in=rules.DONE_STATES):
        after = calendar.add_working_days(finding.due_from, finding.due_working_days)
        if after != finding.due_on:
            moved.append(Moved(f"整改期限：{finding}", finding.due_on, after))
            Finding.objects.filter(pk=finding.pk).update(due_on=after)
    return moved


def _climb(finding: Finding, number: int, rung: Rung, now: datetime) -> None:
    today = timezone.localdate(now)
    people = {
        "owner": lambda: [worker_of(finding, now)],
        "department_head": lambda: [head_of(finding.department_id, now), finding.raised_by],
        "hospital_leader": lambda: users_with_role(role="hospital_leader", on=today),
        "office": lambda: users_with_role(role=finding.office, on=today),
    }[rung.whom]()
    finding.escalated = number
    finding.save(update_fields=["escalated"])
    names = "、".join(str(person) for person in people if person is not None) or "（没有可通知的账号）"
    text = f"期限 {finding.due_on} 已过 {rung.days} 天以上，已通知：{names}"
    record(finding, Act.ESCALATE, by=None, now=now, text=text)
    tell(finding, by=None, now=now, title="整改逾期", text=text, users=people, kind="escalation")
