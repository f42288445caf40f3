"""What every act on a project does: lock it, check who, write the story, hand the task on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope, scoped
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.improvements.models.projects import Event, Project, Series
from zhikong.hospital.functions.improvements.queries.projects import people

KIND = "improvement"
PREFIX = {"project": "GJ", "suggestion": "JY", "contest": "JS"}


@contextmanager
def wide() -> Iterator[None]:
    """An act writes for others as well: the task of the office, of a judge. Who may act has been asked before."""
    with scoped(replace(current_scope(), departments=None)):
        yield


def number(what: str, now: datetime) -> str:
    """The next number of a year, such as GJ-2026-003; two at once never get the same."""
    year, institution = timezone.localdate(now).year, current_scope().institution_id
    Series.objects.get_or_create(institution_id=institution, what=what, year=year)
    row = Series.objects.select_for_update().get(what=what, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{PREFIX[what]}-{year}-{row.last:03d}"


def lock(project: Project) -> Project:
    """Read the project anew and keep others from changing it."""
    project.refresh_from_db(from_queryset=Project.objects.select_for_update(of=("self",)))
    return project


def begin(project: Project, *, by) -> None:
    """Lock an open project for one who works on it; refuses others, and projects that have ended."""
    lock(project)
    if by is not None and not people.may_work(by, project):
        require(by, Permission.RUN_IMPROVEMENTS, project.department_id)
        raise PermissionDenied("您不是这个项目的成员，也不负责该科室的改进项目。")
    if not project.is_open:
        raise ValidationError(f"项目{project.get_state_display()}，不能再修改。")


def begin_judging(project: Project, *, by) -> None:
    """Lock a project for one who judges it; members do not judge their own."""
    lock(project)
    require(by, Permission.JUDGE_IMPROVEMENTS, project.department_id)
    if by is not None and people.membership(by, project) is not None:
        raise PermissionDenied("您是这个项目的成员，评审须由其他人作出。")


def required(text: str | None, sentence: str, *, least: int = 2) -> str:
    """The text without spaces around it; refuses one that says nothing."""
    text = (text or "").strip()
    if len(text) < least:
        raise ValidationError(sentence)
    return text


def record(project: Project, act: str, *, by, now: datetime, text: str = "", step: str = "") -> None:
    """Add one line to the project's story."""
    Event.objects.create(
        institution_id=project.institution_id,
        project=project,
        act=act,
        step_key=step,
        text=text,
        at=now,
        by=by,
    )


def url_of(project: Project, step: str = "") -> str:
    if step:
        return reverse("improvements:project_step", args=[project.pk, step])
    return reverse("improvements:project", args=[project.pk])


def hand_over(
    project: Project,
    *,
    by,
    now: datetime,
    to: User | None,
    doing: str,
    due_on: date,
    reason: str,
    step: str = "",
) -> None:
    """Finish what was open and give the next thing; nobody to give it to leaves it on the page of projects."""
    finish_tasks(project, by=by, now=now)
    if to is None or not _sees(to, project):
        return
    with wide():
        tasks.assign(
            by=by, now=now, owner=to, title=f"{doing}：{project.title}"[:160], due_on=due_on, due_reason=reason,
            source_kind=KIND, source_key=str(project.pk), url=url_of(project, step), department_id=project.department_id,
        )  # fmt: skip


def _sees(user: User, project: Project) -> bool:
    """Tasks are given to those whose roles cover the department."""
    return can(user, Permission.VIEW_IMPROVEMENTS, project.department_id)


def finish_tasks(project: Project, *, by, now: datetime) -> None:
    """Everything that was open for the project is done."""
    with wide():
        tasks.complete_for(source_kind=KIND, source_key=str(project.pk), by=by, now=now)


def tell(project: Project, *, by, now: datetime, title: str, text: str = "", users=()) -> None:
    """A notice to people about the project."""
    found = [one for one in users if one is not None]
    if found:
        notices.send(
            by=by, now=now, title=f"{title}：{project.title}"[:120], text=text, url=url_of(project), users=found,
            source_kind=KIND, source_key=str(project.pk),
        )  # fmt: skip
