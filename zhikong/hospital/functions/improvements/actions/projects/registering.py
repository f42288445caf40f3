"""A project is proposed, described, staffed, approved, stopped and closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.files.actions import use
from zhikong.foundation.organisation.queries import department_on
from zhikong.hospital.functions.improvements import rules_projects as rules
from zhikong.hospital.functions.improvements.actions.projects.common import (
    begin,
    begin_judging,
    finish_tasks,
    hand_over,
    lock,
    number,
    record,
    required,
    tell,
    url_of,
)
from zhikong.hospital.functions.improvements.models.projects import Link, Member, Project, Step
from zhikong.hospital.functions.improvements.queries.projects import kinds, people
from zhikong.hospital.functions.improvements.queries.projects.facts import facts

__all__ = ["url_of"]
APPROVE_DAYS = 5
BASICS = (
    "title", "why", "line", "partners", "circle_name", "circle_meaning", "emblem", "indicator_id", "measured", "direction",
    "unit",
)  # fmt: skip


@transaction.atomic
def propose(
    *, by, now: datetime, kind_id: str, title: str, department_id: int, leader: User | None = None, why: str = "",
    starts_on: date | None = None, ends_on: date | None = None, ends_reason: str = "",
    origin: str = Project.Origin.OWN, people_ids: Iterable[int] = (), **basics: Any,
) -> Project:  # fmt: skip
    """Register a project with its steps; who judges projects is asked to approve it.

    basics: any of BASICS. people_ids: the team besides the leader. Raises ValidationError with a sentence.
    """
    require(by, Permission.RUN_IMPROVEMENTS, department_id)
    today = timezone.localdate(now)
    kind, place = kinds.kind(kind_id), department_on(department_id=department_id, on=today)
    if kind is None or place is None:
        raise ValidationError("请选择项目类型和科室。")
    starts_on = starts_on or today
    reason = ends_reason.strip() or f"{kind.title}通常用 {kind.days} 天"
    ends_on = ends_on or starts_on + timedelta(days=kind.days)
    if ends_on <= starts_on:
        raise ValidationError("计划完成日期应晚于开始日期。")
    project = Project.objects.create(
        institution_id=current_scope().institution_id, number=number("project", now), kind_id=kind.id,
        kind_version=kind.version, title=required(title, "请写明主题。", least=4), department_id=department_id,
        department_name=place.name, why=why, origin=origin, leader=leader or by, starts_on=starts_on, ends_on=ends_on,
        ends_reason=reason[:300], proposed_at=now, proposed_by=by, **{k: v for k, v in basics.items() if k in BASICS},
    )  # fmt: skip
    Step.objects.bulk_create(
        Step(
            institution_id=project.institution_id,
            project=project,
            key=one.id,
            position=index,
            title=one.title,
        )
        for index, one in enumerate(kind.steps, 1)
    )
    _begin_team(project, people_ids)
    record(project, "proposed", by=by, now=now, text=why)
    _ask_for_approval(project, by=by, now=now)
    return project


def _begin_team(project: Project, people_ids: Iterable[int]) -> None:
    leader = project.leader.person_id if project.leader else None
    seats = {pk: Member.Role.MEMBER for pk in people_ids} | ({leader: Member.Role.LEADER} if leader else {})
    Member.objects.bulk_create(
        Member(institution_id=project.institution_id, project=project, person_id=pk, role=role)
        for pk, role in seats.items()
    )
    let_in(project)


def _ask_for_approval(project: Project, *, by, now: datetime) -> None:
    today = timezone.localdate(now)
    able = [one for one in people.judges(department_id=project.department_id) if one != by]
    due = working_calendar().add_working_days(today, APPROVE_DAYS)
    reason = f"提出后 {APPROVE_DAYS} 个工作日内决定是否立项"
    hand_over(project, by=by, now=now, to=next(iter(able), None), doing="立项审批", due_on=due, reason=reason)


def let_in(project: Project, *, gone: Iterable[int] = ()) -> None:
    """Members and tutor see the project wherever they work; so do judges, who were let in when they were drawn.

    gone: people who are no longer of the team. Tools saved in the project follow.
    """
    from zhikong.hospital.functions.improvements.actions import tools

    ids, left = set(project.members.values_list("person_id", flat=True)), set(gone)
    accounts = User.objects.filter(is_active=True)
    readers = set(accounts.filter(person_id__in=ids).values_list("pk", flat=True))
    before = set(project.readers) - set(accounts.filter(person_id__in=left).values_list("pk", flat=True))
    project.readers = sorted(before | readers | ({project.leader_id} if project.leader_id else set()))
    project.save(update_fields=["readers"])
    if hasattr(tools, "share"):
        tools.share(project_id=project.pk, readers=project.readers)


@transaction.atomic
def describe(project: Project, *, by, now: datetime, **basics: Any) -> Project:
    """Change the basics of an open project: any of BASICS, and starts_on, ends_on with its reason."""
    begin(project, by=by)
    before = project.ends_on
    for name, value in basics.items():
        if name not in (*BASICS, "starts_on", "ends_on"):
            raise ValueError(f"{name} is none of a project's basics.")
        if not (name == "ends_on" and value is None):
            setattr(project, name, value)
    if project.ends_on <= project.starts_on:
        raise ValidationError("计划完成日期应晚于开始日期。")
    project.title = required(project.title, "请写明主题。", least=4)
    if project.emblem is not None and not project.emblem.used_for:
        use(
            project.emblem,
            by=by,
            now=now,
            used_for=f"improvements.emblem:{project.pk}",
            text=f"圈徽 {project.number}",
        )
    project.save()
    text = f"计划完成日期 {before} → {project.ends_on}" if before != project.ends_on else ""
    record(project, "described", by=by, now=now, text=text)
    return project


@transaction.atomic
def set_team(project: Project, *, by, now: datetime, seats: dict[int, tuple[str, str]]) -> Project:
    """The whole team: person id → (role, duty). Who has voted stays; the leader with an account leads the project."""
    begin(project, by=by)
    leaders = [pk for pk, (role, _) in seats.items() if role == Member.Role.LEADER]
    if len(leaders) != 1:
        raise ValidationError("应有且只有一名圈长（负责人）。")
    gone = project.members.exclude(person_id__in=seats)
    if voted := gone.filter(ballots__isnull=False).distinct():
        names = "、".join(one.person.name for one in voted)
        raise ValidationError(f"{names} 已经评过分，不能从小组里删除。")
    left = list(gone.values_list("person_id", flat=True))
    gone.delete()
    for pk, (role, duty) in seats.items():
        Member.objects.update_or_create(
            project=project, person_id=pk, institution_id=project.institution_id,
            defaults={"role": role, "duty": duty[:120]},
        )  # fmt: skip
    account = User.objects.filter(person_id=leaders[0], is_active=True).order_by("pk").first()
    project.leader = account or project.leader
    project.save(update_fields=["leader"])
    let_in(project, gone=left)
    record(project, "team", by=by, now=now, text=f"成员 {len(seats)} 人")
    return project


@transaction.atomic
def link(project: Project, *, by, now: datetime, what: str, key: str, label: str = "") -> Link:
    """Note what the project has to do with; the same again changes nothing."""
    begin(project, by=by)
    found, new = Link.objects.get_or_create(
        project=project, what=what, key=key, institution_id=project.institution_id,
        defaults={"label": label[:160], "linked_at": now, "linked_by": by},
    )  # fmt: skip
    if new:
        record(project, "linked", by=by, now=now, text=f"{found.get_what_display()}：{label or key}")
    return found


@transaction.atomic
def approve(project: Project, *, by, now: datetime, text: str = "") -> Project:
    """The project may go ahead; its leader gets the first step."""
    begin_judging(project, by=by)
    if project.state != Project.State.PROPOSED:
        raise ValidationError(f"项目{project.get_state_display()}，不需要再审批。")
    project.state, project.approved_at, project.approved_by = Project.State.APPROVED, now, by
    project.save()
    record(project, "approved", by=by, now=now, text=text)
    next_step(project, by=by, now=now)
    tell(project, by=by, now=now, title="已批准立项", text=text, users=[project.leader, project.proposed_by])
    return project


def next_step(project: Project, *, by, now: datetime) -> None:
    """The leader's task is the first open step; when none is left, somebody is asked to judge the whole."""
    step = project.steps.filter(state=Step.State.OPEN).order_by("position").first()
    if step is not None:
        due = step.planned_to or project.ends_on
        reason = (
            "项目计划里这一步的完成日期"
            if step.planned_to
            else f"项目的计划完成日期（{project.ends_reason}）"
        )
        hand_over(
            project, by=by, now=now, to=project.leader, doing=f"完成“{step.title}”", due_on=due, reason=reason,
            step=step.key,
        )  # fmt: skip
        return
    due = working_calendar().add_working_days(timezone.localdate(now), APPROVE_DAYS)
    able = [
        one for one in people.judges(department_id=project.department_id) if people.may_judge(one, project)
    ]
    reason = f"各步骤完成后 {APPROVE_DAYS} 个工作日内评审结题"
    hand_over(project, by=by, now=now, to=next(iter(able), None), doing="结题评审", due_on=due, reason=reason)


@transaction.atomic
def decline(project: Project, *, by, now: datetime, text: str) -> Project:
    """The proposal is not taken up, with the reason."""
    begin_judging(project, by=by)
    if project.state != Project.State.PROPOSED:
        raise ValidationError("已立项的项目只能终止，不能退回立项申请。")
    return _end(project, Project.State.DECLINED, "declined", by=by, now=now, text=text, title="未批准立项")


@transaction.atomic
def stop(project: Project, *, by, now: datetime, text: str) -> Project:
    """The project ends before its end, with the reason; what was done stays."""
    begin_judging(project, by=by)
    if not project.is_open or project.state == Project.State.PROPOSED:
        raise ValidationError(f"项目{project.get_state_display()}，不能终止。")
    return _end(project, Project.State.STOPPED, "stopped", by=by, now=now, text=text, title="项目已终止")


def _end(project: Project, state: str, act: str, *, by, now: datetime, text: str, title: str) -> Project:
    project.judgement = required(text, "请写明理由。", least=4)
    project.state, project.closed_at, project.closed_by = state, now, by
    project.save()
    record(project, act, by=by, now=now, text=text)
    finish_tasks(project, by=by, now=now)
    tell(project, by=by, now=now, title=title, text=text, users=[project.leader, project.proposed_by])
    return project


@transaction.atomic
def close(project: Project, *, by, now: datetime, success: str, text: str) -> Project:
    """Another than the team judges the whole; the success may not be better than the figures say.

    Raises ValidationError while a step is open.
    """
    begin_judging(project, by=by)
    if not project.is_open or project.state == Project.State.PROPOSED:
        raise ValidationError(f"项目{project.get_state_display()}，不能结题。")
    open_ones = [one.title for one in project.steps.filter(state=Step.State.OPEN)]
    if open_ones:
        raise ValidationError(f"还有步骤没有完成：{'、'.join(open_ones)}。")
    known = facts(project)
    if success in (Project.Success.REACHED, Project.Success.IMPROVED) and known.verdict != "better":
        raise ValidationError(f"{rules.VERDICTS[known.verdict]}请选“未见改善”，或请项目补充数据。")
    if success == Project.Success.UNKNOWN:
        raise ValidationError("请选择成效。")
    project.success = success
    return _end(project, Project.State.CLOSED, "closed", by=by, now=now, text=text, title="项目已结题")


def refresh(project: Project) -> None:
    """Copy what the steps say now into the register's columns, and the state that follows from them."""
    lock(project)
    known = facts(project)
    project.baseline, project.target, project.result = known.current, known.goal, known.result
    if project.is_open and project.state != Project.State.PROPOSED:
        project.state = state_of(known)
    project.save(update_fields=["baseline", "target", "result", "state"])


def state_of(known) -> str:
    """approved → doing → checking → standardised, as the phases' steps are finished."""
    open_phases = {one.phase for one in known.steps if one.state == Step.State.OPEN}
    if "plan" in open_phases:
        return Project.State.APPROVED
    if "do" in open_phases:
        return Project.State.DOING
    if "check" in open_phases:
        return Project.State.CHECKING
    standard = known.of("standard")
    if standard is not None and standard.state == Step.State.OPEN:
        return Project.State.CHECKING
    return Project.State.STANDARDISED
