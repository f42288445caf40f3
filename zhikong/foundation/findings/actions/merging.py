"""Equal findings become one: it stays, the others point to it, and what they came from is kept."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.findings import rules
from zhikong.foundation.findings.actions.steps import (
    answerer_of,
    begin,
    due_of,
    finish,
    hand_over,
    record,
    required,
    set_due,
    tell,
)
from zhikong.foundation.findings.facts import FindingMerged
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import Act, Due, Severity, State
from zhikong.foundation.outbox.actions import announce


@transaction.atomic
def merge(finding: Finding, *, by, now: datetime, into: Finding, reason: str) -> Finding:
    """``finding`` is dealt with under ``into``; the graver severity and the earlier date of the two hold."""
    Finding.objects.select_for_update(of=("self",)).filter(pk__in=(finding.pk, into.pk)).order_by(
        "pk"
    ).count()
    before = finding.state
    state = begin(finding, Act.MERGE, by=by)
    begin(into, Act.MERGE, by=by)  # it must be as open as the one that it takes in
    reason = required(reason, _("请写明为什么是同一个问题。"))
    if finding.pk == into.pk or finding.department_id != into.department_id:
        raise ValidationError(_("只能合并同一科室的两个问题；不同科室的责任人不同，应分别整改。"))
    finding.merged.update(merged_into=into)
    finding.state_before_merge, finding.state = before, state
    finding.merged_into, finding.merged_at, finding.merged_by = into, now, by
    finding.save()
    record(finding, Act.MERGE, by=by, now=now, text=f"并入 {into.number}：{reason}")
    finish(finding, by=by, now=now)
    _take_in(into, finding, by=by, now=now, reason=reason)
    announce(FindingMerged(finding.pk, into.pk), now=now)
    return finding


def _take_in(into: Finding, finding: Finding, *, by, now: datetime, reason: str) -> None:
    said = [f"{finding.number} {finding.title} 并入本问题：{reason}"]
    if finding.severity == Severity.MAJOR and into.severity != Severity.MAJOR:
        into.severity, into.level = finding.severity, finding.level
        said.append(f"程度随之改为{rules.SEVERITY_NAMES[Severity.MAJOR]}")
    if finding.recurrent and not into.recurrent:
        into.recurrent, into.previous = True, finding.previous
        said.append("随之成为重复发生的问题")
    if finding.due_on < into.due_on:
        said.append(f"期限随之提前：{into.due_on} → {finding.due_on}")
        set_due(into, Due(finding.due_on, f"合并自 {finding.number}：{finding.due_reason}"))
    into.save()
    record(into, Act.MERGE, by=by, now=now, text="；".join(said))
    tell(into, by=by, now=now, title="问题合并", text="；".join(said), users=[into.owner, finding.owner])


@transaction.atomic
def unmerge(finding: Finding, *, by, now: datetime, reason: str) -> Finding:
    """It was another matter after all: back to where it stood; its dates are its own again."""
    begin(finding, Act.UNMERGE, by=by)
    reason, into = required(reason, _("请写明为什么不是同一个问题。")), finding.merged_into
    finding.state, finding.state_before_merge = State(finding.state_before_merge), ""
    finding.merged_into = finding.merged_at = finding.merged_by = None
    finding.save()
    record(finding, Act.UNMERGE, by=by, now=now, text=f"从 {into.number} 分出：{reason}")
    record(into, Act.UNMERGE, by=by, now=now, text=f"{finding.number} 分出：{reason}")
    to = by if finding.state == State.DEPARTMENT_APPROVAL else answerer_of(finding, now)
    hand_over(finding, by=by, now=now, to=to, doing="继续整改", due=due_of(finding))
    return finding
