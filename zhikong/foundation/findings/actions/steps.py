"""What every step does: lock the finding, check who and whether, write the story, hand the task on."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.findings import permissions, rules
from zhikong.foundation.findings.models import Finding, FindingStep
from zhikong.foundation.findings.rules import Act, Due, State
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.organisation.queries import heads, successor_on
from zhikong.foundation.tasks import actions as tasks

KIND, MEASURE = "finding", "finding_measure"


def begin(finding: Finding, act: Act, *, by) -> State:
    """Lock the finding; refuse who may not, or what its state forbids; gives the state after the act."""
    finding.refresh_from_db(from_queryset=Finding.objects.select_for_update(of=("self",)))
    wanted = permissions.needed_for(act)
    if wanted and not any(can(by, permission, finding.department_id) for permission in wanted):
        require(by, wanted[0], finding.department_id)
    if act in permissions.DEPARTMENT_ACTS and not permissions.answers_for(by, finding):
        raise PermissionDenied(_("这个问题由科室质控小组或责任人答复，您不是其中一员。"))
    try:
        return rules.next_state(finding.state, act)
    except rules.NotAllowedNow as refused:
        raise ValidationError(str(refused)) from refused


def required(text: str, sentence: str, *, least: int = 2) -> str:
    """The text without spaces around it; refuses one that says nothing."""
    text = (text or "").strip()
    if len(text) < least:
        raise ValidationError(sentence)
    return text


def record(finding: Finding, act: Act, *, by, now: datetime, text: str = "") -> None:
    """Add one line to the finding's story."""
    FindingStep.objects.create(
        institution_id=finding.institution_id,
        department_id=finding.department_id,
        finding=finding,
        act=act,
        state=finding.state,
        at=now,
        by=by,
        text=text,
    )


def address(finding: Finding) -> str:
    return reverse("findings:detail", args=[finding.pk])


def hand_over(finding: Finding, *, by, now: datetime, to, doing: str, due: Due) -> None:
    """Finish the tasks of the step just taken and give the next person theirs; to=None only finishes."""
    finish(finding, by=by, now=now)
    if to is None:
        return
    tasks.assign(
        by=by,
        now=now,
        owner=to,
        title=f"{doing}：{finding.title}（{finding.department_name}）",
        url=address(finding),
        due_on=due.on,
        due_reason=due.reason,
        due_from=due.start,
        working_days=due.working_days,
        source_kind=KIND,
        source_key=str(finding.pk),
        department_id=finding.department_id,
    )


def finish(finding: Finding, *, by, now: datetime) -> None:
    """Finish all open tasks of the finding, those of single measures too."""
    tasks.complete_for(source_kind=KIND, source_key=str(finding.pk), by=by, now=now)
    for pk in finding.measures.filter(done_at=None).values_list("pk", flat=True):
        tasks.complete_for(source_kind=MEASURE, source_key=str(pk), by=by, now=now)


def account_of(person_id: int | None, department_id: int | None) -> User | None:
    """The active account of a person who may answer in the department, or None."""
    found = User.objects.filter(person_id=person_id, is_active=True) if person_id else ()
    return next((user for user in found if can(user, Permission.ANSWER_FINDING, department_id)), None)


def tell(
    finding: Finding,
    *,
    by,
    now: datetime,
    title: str,
    text: str = "",
    users: Iterable = (),
    group=False,
    kind: str = KIND,
) -> None:
    """Send a notice to people, and to the department's QC group when asked."""
    notices.send(
        by=by,
        now=now,
        title=f"{title}：{finding.number} {finding.title}",
        text=text,
        url=address(finding),
        kind=kind,
        source_kind=KIND,
        source_key=str(finding.pk),
        users=users,
        departments=[finding.department_id] if group else [],
        sent_to=finding.department_name if group else "",
    )


def head_of(department_id: int, now: datetime) -> User | None:
    """The account that answers for a department, or for the one it was merged into; None when nobody has one."""
    on = timezone.localdate(now)
    found = heads(department_id=department_id, on=on)
    if not found and (after := successor_on(department_id=department_id, on=on)):
        found = heads(department_id=after.id, on=on)
    return next(iter(found), None)


def worker_of(finding: Finding, now: datetime) -> User | None:
    """Who carries the measure out: the responsible person's account, else whom the owner handed it to, else owner, else head."""
    return account_of(finding.responsible_id, finding.department_id) or answerer_of(finding, now)


def answerer_of(finding: Finding, now: datetime) -> User | None:
    """Who answers: whom the owner handed it to, else the owner; the head where both have left."""
    for user in (finding.handler, finding.owner):
        if user is not None and user.is_active:
            return user
    return head_of(finding.department_id, now) or finding.raised_by


def checker_of(finding: Finding, now: datetime) -> User | None:
    """Who accepts and verifies: whoever raised it if allowed to, else the functional office, else the quality office."""
    raiser = finding.raised_by
    if (
        raiser is not None
        and raiser.is_active
        and can(raiser, Permission.VERIFY_FINDING, finding.department_id)
    ):
        return raiser
    on = timezone.localdate(now)
    for role in dict.fromkeys((finding.office, "quality_office")):
        for user in users_with_role(role=role, on=on) if role in ROLES else ():
            if user.pk != finding.corrected_by_id and can(
                user, Permission.VERIFY_FINDING, finding.department_id
            ):
                return user
    return None


def due_of(finding: Finding) -> Due:
    """The finding's own due date, as it was computed."""
    return Due(finding.due_on, finding.due_reason, finding.due_from, finding.due_working_days)


def set_due(finding: Finding, due: Due) -> None:
    """Give the finding a due date; the overdue ladder starts anew."""
    finding.due_on, finding.due_reason, finding.escalated = due.on, due.reason[:300], 0
    finding.due_from, finding.due_working_days = due.start, due.working_days


def working_days(now: datetime, days: int, reason: str) -> Due:
    return rules.working_days_due(timezone.localdate(now), days, reason, working_calendar())
