"""The functional department's half: accept or return, comment, close."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.findings import effects, rules
from zhikong.foundation.findings.actions.planning import give_measures
from zhikong.foundation.findings.actions.steps import (
    KIND,
    answerer_of,
    begin,
    due_of,
    finish,
    hand_over,
    record,
    required,
    tell,
    worker_of,
)
from zhikong.foundation.findings.facts import FindingClosed
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.permissions import may_remind
from zhikong.foundation.findings.rules import Act, Check, Due
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.tasks import actions as tasks
from zhikong.foundation.tasks.models import Task
from zhikong.foundation.tasks.queries import tasks_of

DEFAULT_ITEMS = 10
REINSPECTION_DAYS = 14


@transaction.atomic
def accept(
    finding: Finding,
    *,
    by,
    now: datetime,
    text: str = "",
    check_by: str = "",
    items_required: int | None = None,
    check_due_on: date | None = None,
) -> Finding:
    """The office accepts the measure and says by what it will be verified; the department carries it out.

    check_by: evidence, reinspection (of items_required items until check_due_on) or effect (the chart).
    """
    state = begin(finding, Act.ACCEPT, by=by)
    allowed = rules.checks_allowed(finding.severity, finding.recurrent, effects.has_provider(finding))
    chosen = Check(check_by or allowed[0])
    if chosen not in allowed:
        raise ValidationError(_("这个问题不能用“%(check)s”来核实。") % {"check": rules.CHECK_NAMES[chosen]})
    finding.state, finding.check_by = state, chosen
    finding.accepted_at, finding.accepted_by = now, by
    _plan_reinspection(finding, chosen, items_required, check_due_on)
    finding.save()
    record(finding, Act.ACCEPT, by=by, now=now, text=_accept_text(finding, text))
    worker = worker_of(finding, now)
    due, promised = due_of(finding), finding.measure_due_on
    if promised and promised < due.on:
        due = Due(promised, f"科室答复的完成日期（整改期限 {due.on}）")
    hand_over(finding, by=by, now=now, to=worker, doing="落实整改并提交证据", due=due)
    give_measures(finding, by=by, now=now, except_to=worker)
    tell(finding, by=by, now=now, title="整改措施已受理", text=text, users=[finding.owner, worker])
    return finding


def _plan_reinspection(finding: Finding, chosen: Check, items: int | None, on: date | None) -> None:
    if chosen is not Check.REINSPECTION:
        finding.items_required, finding.check_due_on = 0, None
        return
    finding.items_required = max(items or DEFAULT_ITEMS, 1)
    finding.check_due_on = on or finding.due_on + timedelta(days=REINSPECTION_DAYS)


def _accept_text(finding: Finding, text: str) -> str:
    plan = f"核实方式：{rules.CHECK_NAMES[Check(finding.check_by)]}"
    if finding.check_by == Check.REINSPECTION:
        plan += f"（{finding.check_due_on} 前复查 {finding.items_required} 份）"
    return f"{text}\n{plan}".strip()


@transaction.atomic
def return_to_department(finding: Finding, *, by, now: datetime, text: str) -> Finding:
    """Not good enough: back to the department with an opinion; what was written stays (CAP-01)."""
    finding.state, text = begin(finding, Act.RETURN, by=by), required(text, _("退回时请写明意见。"))
    finding.approved_at = finding.approved_by = None
    finding.save()
    record(finding, Act.RETURN, by=by, now=now, text=text)
    owner = answerer_of(finding, now)
    hand_over(finding, by=by, now=now, to=owner, doing="修改整改答复", due=due_of(finding))
    tell(finding, by=by, now=now, title="整改答复被退回", text=text, users=[owner], group=True)
    return finding


@transaction.atomic
def comment(finding: Finding, *, by, now: datetime, text: str) -> Finding:
    """An opinion of anybody who can see the finding; part of the story, changes nothing."""
    begin(finding, Act.COMMENT, by=by)
    record(finding, Act.COMMENT, by=by, now=now, text=required(text, _("请写明意见。")))
    others = [user for user in (finding.owner, finding.raised_by) if user is not None and user != by]
    tell(finding, by=by, now=now, title="有新的意见", text=text, users=others)
    return finding


@transaction.atomic
def remind(finding: Finding, *, by, now: datetime, text: str = "") -> Finding:
    """催办: the owners of the open tasks get a notice; those who check findings and the hospital's leaders may."""
    begin(finding, Act.COMMENT, by=by)
    if not may_remind(by, finding):
        raise PermissionDenied(_("您没有权限：催办这个问题。"))
    said = _("催办：期限 %(due)s。") % {"due": finding.due_on} + text
    record(finding, Act.COMMENT, by=by, now=now, text=said)
    for task in tasks_of(source_kind=KIND, source_key=str(finding.pk)).filter(state=Task.State.OPEN):
        tasks.remind(task, by=by, now=now, text=text)
    return finding


@transaction.atomic
def close(finding: Finding, *, by, now: datetime, text: str = "") -> Finding:
    """Close a verified finding; the closing rules are checked where it is stored."""
    finding.state = begin(finding, Act.CLOSE, by=by)
    finding.closed_at, finding.closed_by = now, by
    finding.save()
    record(finding, Act.CLOSE, by=by, now=now, text=text)
    finish(finding, by=by, now=now)
    tell(finding, by=by, now=now, title="问题已关闭", text=text, users=[finding.owner], group=True)
    announce(FindingClosed(finding.pk, overridden=False), now=now)
    return finding
