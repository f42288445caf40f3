"""The suggestion box: any employee proposes, the office answers, thanks, and takes it further (QCC-05)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.findings.actions import raise_finding
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.improvements.actions.projects.common import number, required, wide
from zhikong.hospital.functions.improvements.actions.projects.registering import propose
from zhikong.hospital.functions.improvements.models.projects import Link, Project
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion
from zhikong.hospital.functions.improvements.queries.projects import people

KIND = "suggestion"
ANSWER_DAYS = 7
DUE = f"收到建议后 {ANSWER_DAYS} 个工作日内答复"
State = Suggestion.State


@transaction.atomic
def suggest(
    *, by, now: datetime, title: str, text: str, benefit: str = "", department_id: int | None = None,
    name_hidden: bool = False, paper: bool = False,
) -> Suggestion:  # fmt: skip
    """A proposal, with the account that typed it. paper: copied by the office from the paper box, without an author."""
    if by is None:
        raise PermissionDenied("请先登录。")
    if paper:
        require(by, Permission.JUDGE_IMPROVEMENTS, whole_hospital=True)
    today = timezone.localdate(now)
    made = Suggestion.objects.create(
        institution_id=current_scope().institution_id, number=number("suggestion", now),
        title=required(title, "请用一句话写出建议。", least=4), text=required(text, "请写明现状和建议的做法。", least=10),
        benefit=benefit.strip(), department_id=department_id, name_hidden=name_hidden and not paper, paper=paper,
        made_at=now, made_by=by, due_on=working_calendar().add_working_days(today, ANSWER_DAYS), due_reason=DUE,
    )  # fmt: skip
    office = next(iter(people.judges(department_id=department_id or 0)), None)
    if office is not None:
        with wide():
            tasks.assign(
                by=by, now=now, owner=office, title=f"答复员工建议：{made.title}", due_on=made.due_on, due_reason=DUE,
                source_kind=KIND, source_key=str(made.pk), url=url_of(made),
            )  # fmt: skip
    return made


def url_of(suggestion: Suggestion) -> str:
    return reverse("improvements:suggestion", args=[suggestion.pk])


def _begin(suggestion: Suggestion, *, by) -> None:
    suggestion.refresh_from_db(from_queryset=Suggestion.objects.select_for_update(of=("self",)))
    require(by, Permission.JUDGE_IMPROVEMENTS)
    if suggestion.state not in (State.OPEN, State.ANSWERED, State.ADOPTED):
        raise ValidationError(f"这条建议{suggestion.get_state_display()}，不能再改。")
    if by is not None and suggestion.made_by_id == by.pk and not suggestion.paper:
        raise PermissionDenied("自己提的建议由其他人答复。")


@transaction.atomic
def answer(
    suggestion: Suggestion, *, by, now: datetime, text: str, state: str = State.ANSWERED, thanks: str = ""
) -> Suggestion:
    """What the office says, whether it is adopted, and thanks that everybody sees."""
    _begin(suggestion, by=by)
    if state not in (State.ANSWERED, State.ADOPTED, State.DECLINED):
        raise ValidationError("请选择答复、采纳或不采纳。")
    suggestion.answer = required(text, "请写明答复。", least=4)
    return _answered(suggestion, state, by=by, now=now, thanks=thanks)


def _answered(suggestion: Suggestion, state: str, *, by, now: datetime, thanks: str) -> Suggestion:
    suggestion.state, suggestion.thanks = state, (thanks.strip() or suggestion.thanks)[:200]
    suggestion.answered_at, suggestion.answered_by = now, by
    suggestion.save()
    with wide():
        tasks.complete_for(source_kind=KIND, source_key=str(suggestion.pk), by=by, now=now)
    if suggestion.made_by is not None and not suggestion.paper:
        notices.send(
            by=by, now=now, title=f"您的建议{suggestion.get_state_display()}：{suggestion.title}"[:120],
            text=suggestion.answer, url=url_of(suggestion), users=[suggestion.made_by], source_kind=KIND,
            source_key=str(suggestion.pk),
        )  # fmt: skip
    return suggestion


@transaction.atomic
def to_project(
    suggestion: Suggestion,
    *,
    by,
    now: datetime,
    kind_id: str,
    department_id: int,
    leader=None,
    thanks: str = "",
) -> Project:
    """An improvement project begins from the suggestion; whoever suggested it may be of the team."""
    _begin(suggestion, by=by)
    author = suggestion.made_by.person_id if suggestion.made_by and not suggestion.paper else None
    project = propose(
        by=by, now=now, kind_id=kind_id, title=suggestion.title, department_id=department_id, leader=leader,
        why=suggestion.text, origin=Project.Origin.SUGGESTION,
        people_ids=[author] if author and not suggestion.name_hidden else [],
    )  # fmt: skip
    Link.objects.create(
        institution_id=project.institution_id, project=project, what=Link.What.SUGGESTION, key=str(suggestion.pk),
        label=f"{suggestion.number} {suggestion.title}"[:160], linked_at=now, linked_by=by,
    )  # fmt: skip
    suggestion.project = project
    suggestion.answer = suggestion.answer or f"已立项：{project.number}"
    _answered(suggestion, State.PROJECT, by=by, now=now, thanks=thanks)
    return project


@transaction.atomic
def to_finding(suggestion: Suggestion, *, by, now: datetime, department_id: int, thanks: str = ""):
    """A problem that a department has to put right is raised as a finding."""
    _begin(suggestion, by=by)
    finding = raise_finding(
        by=by, now=now, department=department_id, title=suggestion.title, detail=suggestion.text, severity="minor",
        source_kind=KIND, source_key=str(suggestion.pk),
    )  # fmt: skip
    suggestion.finding_id = finding.pk
    suggestion.answer = suggestion.answer or f"已转为质量问题：{finding.number}"
    _answered(suggestion, State.FINDING, by=by, now=now, thanks=thanks)
    return finding
