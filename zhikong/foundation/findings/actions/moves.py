"""More time when there is a reason, and other hands when somebody cannot: extension, delegation, merged departments."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.findings import policy, queries
from zhikong.foundation.findings.actions.steps import (
    answerer_of,
    begin,
    due_of,
    hand_over,
    head_of,
    record,
    required,
    set_due,
    tell,
    worker_of,
)
from zhikong.foundation.findings.models import Extension, Finding
from zhikong.foundation.findings.permissions import may_delegate
from zhikong.foundation.findings.rules import Act, Due, State
from zhikong.foundation.organisation.queries import successor_on


@transaction.atomic
def ask_extension(finding: Finding, *, by, now: datetime, wanted_on: date, reason: str) -> Extension:
    """The department asks for more time; whoever holds EXTEND_FINDING decides, and it is no other date till then."""
    begin(finding, Act.ASK_EXTENSION, by=by)
    reason = required(reason, _("延期必须写明理由。"))
    _check_extension(finding, wanted_on)
    if open_request(finding) is not None:
        raise ValidationError(_("已经有一份延期申请在等待批复。"))
    asked = Extension.objects.create(
        institution_id=finding.institution_id, department_id=finding.department_id, finding=finding, reason=reason,
        due_before=finding.due_on, wanted_on=wanted_on, asked_at=now, asked_by=by,
    )  # fmt: skip
    text = f"{finding.due_on} → {wanted_on}{_more(finding.due_on, wanted_on)}：{reason}"
    record(finding, Act.ASK_EXTENSION, by=by, now=now, text=text)
    tell(finding, by=by, now=now, title="申请延期", text=text, users=_deciders(finding, now))
    return asked


@transaction.atomic
def extend(finding: Finding, *, by, now: datetime, due_on: date, reason: str) -> Finding:
    """Move the due date later; the reason becomes the sentence beside it (延期). Answers an open request."""
    begin(finding, Act.EXTEND, by=by)
    reason = required(reason, _("延期必须写明理由。"))
    _check_extension(finding, due_on)
    before, asked = finding.due_on, open_request(finding)
    if asked is not None and by is not None and asked.asked_by_id == by.pk:
        raise ValidationError(_("申请延期的人不能自己批准。"))
    _grant(asked, finding, by=by, now=now, due_on=due_on, reason=reason)
    set_due(finding, Due(due_on, f"经{by}同意，由 {before} 延期{_more(before, due_on)}：{reason}"))
    finding.extended_times += 1
    finding.save()
    record(finding, Act.EXTEND, by=by, now=now, text=f"{before} → {due_on}{_more(before, due_on)}：{reason}")
    if not finding.accepted_at and finding.approved_at:
        return finding  # the task lies with the office, its own date stays
    owner = worker_of(finding, now)
    hand_over(finding, by=by, now=now, to=owner, doing="整改", due=due_of(finding))
    tell(finding, by=by, now=now, title=f"整改期限延至 {due_on}", text=reason, users=[owner])
    return finding


@transaction.atomic
def refuse_extension(finding: Finding, *, by, now: datetime, reason: str) -> Finding:
    """The date stays; the department is told why."""
    begin(finding, Act.REFUSE_EXTENSION, by=by)
    reason, asked = required(reason, _("不同意延期必须写明理由。")), open_request(finding)
    if asked is None:
        raise ValidationError(_("没有等待批复的延期申请，可能已经有人批复。"))
    asked.granted, asked.answer, asked.decided_at, asked.decided_by = False, reason, now, by
    asked.save()
    record(finding, Act.REFUSE_EXTENSION, by=by, now=now, text=f"期限仍为 {finding.due_on}：{reason}")
    tell(finding, by=by, now=now, title="延期未获同意", text=reason, users=[asked.asked_by, finding.owner])
    return finding


def open_request(finding: Finding) -> Extension | None:
    """The request that waits for a decision, or None."""
    return finding.extensions.filter(granted=None).select_related("asked_by").first()


def _check_extension(finding: Finding, due_on: date) -> None:
    if due_on <= finding.due_on:
        raise ValidationError(_("新的期限应晚于原期限 %(due)s。") % {"due": finding.due_on})
    most = policy.in_force().extensions
    if finding.extended_times >= most:
        said = _("已经延期 %(n)d 次，按规则最多 %(most)d 次；确有困难的，请提交委员会研究。")
        raise ValidationError(said % {"n": finding.extended_times, "most": most})


def _grant(
    asked: Extension | None, finding: Finding, *, by, now: datetime, due_on: date, reason: str
) -> None:
    """Answer the request, or keep one that the office made of itself."""
    if asked is None:
        asked = Extension(
            institution_id=finding.institution_id, department_id=finding.department_id, finding=finding,
            reason=reason, due_before=finding.due_on, wanted_on=due_on, asked_at=now, asked_by=by,
        )  # fmt: skip
    asked.granted, asked.granted_on, asked.answer = True, due_on, reason
    asked.decided_at, asked.decided_by = now, by
    asked.save()


def _more(before: date, after: date) -> str:
    days = working_calendar().working_days_between(before, after)
    return f"（{days} 个工作日）"


def _deciders(finding: Finding, now: datetime) -> list:
    on = timezone.localdate(now)
    for role in dict.fromkeys((finding.office, "quality_office")):
        found = users_with_role(role=role, on=on) if role in ROLES else []
        if found := [user for user in found if can(user, Permission.EXTEND_FINDING, finding.department_id)]:
            return found
    return []


@transaction.atomic
def delegate(
    finding: Finding, *, by, now: datetime, to, text: str = "", accountable: bool = False
) -> Finding:
    """Hand the work to a person; the owner stays accountable, unless ``accountable``: then ``to`` becomes the owner."""
    begin(finding, Act.DELEGATE, by=by)
    if by is not None and not may_delegate(by, finding):
        raise PermissionDenied(_("只有责任人、科主任或职能部门可以转交。"))
    if not can(to, Permission.ANSWER_FINDING, finding.department_id):
        raise ValidationError(_("%(who)s 不能办理这个科室的问题，请另选一位。") % {"who": to})
    said = (
        f"{to} 接替 {finding.owner or '（空缺）'} 为责任人"
        if accountable
        else f"交由 {to} 办理，责任人仍为 {finding.owner}"
    )
    finding.owner, finding.handler = (to, None) if accountable else (finding.owner, to)
    finding.save()
    record(finding, Act.DELEGATE, by=by, now=now, text=f"{said}。{text}".strip())
    if doing := _task_of_department(finding):
        hand_over(finding, by=by, now=now, to=to, doing=doing, due=due_of(finding))
    tell(finding, by=by, now=now, title="转交您办理", text=said, users=[to])
    return finding


def _task_of_department(finding: Finding) -> str:
    """What the department has to do now, or nothing while the turn is another's."""
    if finding.state in (State.RAISED, State.CAUSE, State.REOPENED):
        return "整改答复"
    return "落实整改并提交证据" if finding.state == State.ACCEPTED and not finding.corrected_at else ""


def follow_departments(*, scope: Scope, now: datetime) -> int:
    """Open findings of a department that was merged go to the one that took it over; gives how many."""
    on, moved = timezone.localdate(now), 0
    with scoped(scope):
        for finding in queries.of_ended_departments(on=on):
            after = successor_on(department_id=finding.department_id, on=on)
            if after is not None:
                _move(finding, after, now)
                moved += 1
    return moved


@transaction.atomic
def _move(finding: Finding, after, now: datetime) -> None:
    finding.moved_from, finding.department_name = finding.department_name, after.name
    finding.department_id = after.id
    if finding.owner is None or not can(finding.owner, Permission.ANSWER_FINDING, after.id):
        finding.owner = head_of(after.id, now)
    if finding.handler is not None and not can(finding.handler, Permission.ANSWER_FINDING, after.id):
        finding.handler = None
    finding.save()
    text = f"{finding.moved_from}已并入{after.name}，由{after.name}继续整改，责任人 {finding.owner or '（未设账号）'}"
    record(finding, Act.MOVE, by=None, now=now, text=text)
    if doing := _task_of_department(finding):
        hand_over(finding, by=None, now=now, to=answerer_of(finding, now), doing=doing, due=due_of(finding))
    tell(finding, by=None, now=now, title="随科室合并转来", text=text, users=[finding.owner], group=True)
