"""The steps of a project: filled in, voted on, finished when their checks hold, or passed over with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.hospital.functions.improvements.actions.projects.common import begin, record, required
from zhikong.hospital.functions.improvements.actions.projects.registering import next_step, refresh
from zhikong.hospital.functions.improvements.models.projects import Member, Project, Step
from zhikong.hospital.functions.improvements.models.working import Ballot
from zhikong.hospital.functions.improvements.queries.projects.facts import facts, outcomes_of
from zhikong.hospital.functions.improvements.queries.projects.kinds import step_of


def step_row(project: Project, key: str) -> Step:
    """The row of a step, locked. Raises ValidationError when there is none."""
    found = project.steps.select_for_update().filter(key=key).first()
    if found is None:
        raise ValidationError("没有这个步骤。")
    return found


@transaction.atomic
def save_step(
    project: Project, key: str, *, by, now: datetime, content: Mapping[str, Any], seen: datetime | None = None
) -> Step:
    """Keep what was filled in. seen: when the form was read; somebody else's later change is not overwritten.

    Raises ValidationError for a finished step.
    """
    begin(project, by=by)
    step = step_row(project, key)
    if step.state != Step.State.OPEN:
        raise ValidationError(f"“{step.title}”已完成；要修改请先重新打开这一步。")
    if seen is not None and step.changed_at is not None and step.changed_at > seen:
        raise ValidationError(
            f"您填写期间，{step.changed_by} 已修改了这一步。请刷新页面后再填，您的内容还没有保存。"
        )
    step.content = {**step.content, **content}
    step.started_at = step.started_at or now
    step.changed_at, step.changed_by = now, by
    step.save()
    refresh(project)
    return step


@transaction.atomic
def plan_steps(
    project: Project, *, by, now: datetime, dates: Mapping[str, tuple[date | None, date | None]]
) -> None:
    """The planned dates of all steps: key → (from, to)."""
    begin(project, by=by)
    for step in project.steps.select_for_update():
        if step.key not in dates:
            continue
        start, end = dates[step.key]
        if start and end and end < start:
            raise ValidationError(f"“{step.title}”的完成日期早于开始日期。")
        step.planned_from, step.planned_to = start, end
        step.save(update_fields=["planned_from", "planned_to"])


@transaction.atomic
def cast_ballot(
    project: Project, key: str, *, by, now: datetime, member: Member, points: Mapping[str, Mapping[str, int]],
    moment: str = "",
) -> Ballot:  # fmt: skip
    """One member's points, by the member, or copied from paper by who works on the project; a later one replaces it."""
    begin(project, by=by)
    step, described = step_row(project, key), step_of(project, key)
    asked = described.contents.votes if described else None
    if asked is None or step.state != Step.State.OPEN:
        raise ValidationError("这一步现在不评分。")
    if member.project_id != project.pk or not member.votes:
        raise ValidationError("评分的人应是本项目的成员（辅导员不评分）。")
    if moment not in dict(asked.rounds):
        raise ValidationError("没有这个评分时点。")
    criteria, clean = [code for code, _ in asked.criteria], {}
    for item, given in points.items():
        clean[item] = {c: int(given[c]) for c in criteria if str(given.get(c, "")).isdigit()}
        if any(value not in asked.points for value in clean[item].values()):
            raise ValidationError(f"每项只能打 {'、'.join(map(str, asked.points))} 分。")
    ballot, _new = Ballot.objects.update_or_create(
        project=project, step=step, member=member, round=moment, institution_id=project.institution_id,
        defaults={"points": clean, "cast_at": now, "cast_by": by},
    )  # fmt: skip
    step.started_at = step.started_at or now
    step.save(update_fields=["started_at"])
    refresh(project)
    return ballot


def earlier_open(project: Project, step: Step) -> Step | None:
    """The first step before this one that is still open."""
    return (
        project.steps.filter(position__lt=step.position, state=Step.State.OPEN).order_by("position").first()
    )


@transaction.atomic
def finish_step(project: Project, key: str, *, by, now: datetime) -> Step:
    """The step is done: every check holds. Raises ValidationError with everything that is missing."""
    begin(project, by=by)
    _approved(project)
    step = step_row(project, key)
    _in_turn(project, step)
    missing = [text for one in outcomes_of(project, step, facts(project)) for text in one.missing]
    if missing:
        raise ValidationError(missing)
    return _finish(project, step, Step.State.DONE, "", "finished", by=by, now=now)


@transaction.atomic
def pass_over(project: Project, key: str, *, by, now: datetime, reason: str) -> Step:
    """Leave a step although its checks do not hold; the name and the reason stay beside it."""
    begin(project, by=by)
    _approved(project)
    step = step_row(project, key)
    _in_turn(project, step)
    reason = required(reason, "跳过一步必须写明理由（至少十个字）。", least=10)
    return _finish(project, step, Step.State.PASSED_OVER, reason, "passed_over", by=by, now=now)


def _approved(project: Project) -> None:
    if project.state == Project.State.PROPOSED:
        raise ValidationError("项目还没有批准立项；内容可以先填，批准后再完成步骤。")


def _in_turn(project: Project, step: Step) -> None:
    if step.state != Step.State.OPEN:
        raise ValidationError(f"“{step.title}”已经完成了。")
    if before := earlier_open(project, step):
        raise ValidationError(f"请先完成前面的步骤“{before.title}”。")


def _finish(project: Project, step: Step, state: str, reason: str, act: str, *, by, now: datetime) -> Step:
    step.state, step.reason, step.finished_at, step.finished_by = state, reason, now, by
    step.started_at = step.started_at or now
    step.save()
    record(project, act, by=by, now=now, text=reason, step=step.key)
    refresh(project)
    next_step(project, by=by, now=now)
    return step


@transaction.atomic
def reopen_step(project: Project, key: str, *, by, now: datetime, reason: str) -> Step:
    """Something of a finished step has to change; later steps stay as they are and are checked again at the end."""
    begin(project, by=by)
    step = step_row(project, key)
    if step.state == Step.State.OPEN:
        raise ValidationError("这一步本来就没有完成。")
    reason = required(reason, "请写明为什么要重新打开这一步。", least=4)
    step.state, step.reason, step.finished_at, step.finished_by = Step.State.OPEN, "", None, None
    step.save()
    record(project, "reopened", by=by, now=now, text=reason, step=step.key)
    refresh(project)
    next_step(project, by=by, now=now)
    return step
