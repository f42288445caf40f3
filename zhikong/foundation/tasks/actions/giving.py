"""Give tasks and finish them."""

import uuid
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import queries, sources
from zhikong.foundation.tasks.actions.steps import check_open, check_owner, check_sees, record, sees
from zhikong.foundation.tasks.models import Task, TaskEvent


@transaction.atomic
def assign(
    *,
    by,
    now: datetime,
    owner,
    title: str,
    due_on: date,
    due_reason: str,
    source_kind: str,
    source_key: str,
    url: str = "",
    department_id: int | None = None,
    due_from: date | None = None,
    working_days: int | None = None,
) -> Task:
    """Give a person a task; the same open thing for the same person again gives the task that exists.

    due_reason: the sentence that explains the date; it is shown beside it.
    department_id: whose matter it is; the owner's roles must cover it.
    due_from, working_days: what due_on counts from, if it counts working days; a new calendar moves it.

    Who is on leave keeps the task; the deputy has it meanwhile, if the deputy can see the department.
    """
    if not due_reason.strip():
        raise ValidationError("期限必须说明依据。")
    check_sees(owner, department_id, now)
    known = Task.objects.filter(
        Q(owner=owner) | Q(held_for=owner),
        source_kind=source_kind,
        source_key=source_key,
        title=title[:160],
        state=Task.State.OPEN,
    ).first()
    if known is not None:
        return known
    task = Task.objects.create(
        institution_id=current_scope().institution_id,
        owner=owner,
        source_kind=source_kind,
        source_key=source_key,
        title=title[:160],
        department_id=department_id,
        url=url,
        due_on=due_on,
        due_reason=due_reason[:300],
        due_from=due_from,
        due_working_days=working_days,
        created_at=now,
        created_by=by,
    )
    pass_to_deputy(task, now=now)
    return task


def pass_to_deputy(task: Task, *, now: datetime) -> bool:
    """Hand a task of somebody on leave to the deputy; False when nobody stands in or the deputy may not see it."""
    deputy = queries.deputy_of(task.owner, on=timezone.localdate(now))
    if deputy is None or not sees(deputy, task.department_id, now):
        return False
    record(task, TaskEvent.What.HANDED_OVER, by=None, now=now, text=f"{task.owner} 请假，由 {deputy} 代理")
    task.held_for, task.owner = task.held_for or task.owner, deputy
    task.save(update_fields=["held_for", "owner"])
    return True


@transaction.atomic
def give(*, by, now: datetime, owner, title: str, text: str, due_on: date, department_id: int | None) -> Task:
    """Give a colleague something to do by hand (布置); it is told at once and ticked off on the page of tasks."""
    require(by, Permission.MANAGE_TASKS, department_id, whole_hospital=department_id is None)
    if due_on < timezone.localdate(now):
        raise ValidationError("期限不能早于今天。")
    if not title.strip():
        raise ValidationError("请写明要做什么。")
    reason = f"{by} 布置时指定" + (f"：{text.strip()}" if text.strip() else "")
    task = assign(
        by=by, now=now, owner=owner, title=title.strip(), due_on=due_on, due_reason=reason,
        source_kind=sources.MANUAL, source_key=uuid.uuid4().hex, department_id=department_id,
    )  # fmt: skip
    task.url = reverse("tasks:detail", args=[task.pk])
    task.save(update_fields=["url"])
    notices.send(
        by=by, now=now, users=[task.owner], title=f"{by} 布置了一项待办：{task.title}", text=text, url=task.url,
        kind="task", source_kind="task", source_key=str(task.pk),
    )  # fmt: skip
    return task


@transaction.atomic
def complete(task: Task, *, by, now: datetime) -> None:
    """Mark a task done. The owner does it, or the job or action on whose source it hangs."""
    check_owner(task, by)
    check_open(task)
    task.state, task.done_at, task.done_by = Task.State.DONE, now, by
    task.save(update_fields=["state", "done_at", "done_by"])


def complete_for(*, source_kind: str, source_key: str, by, now: datetime) -> int:
    """Finish all open tasks of a source: its step was taken. Gives how many there were."""
    open_ones = Task.objects.filter(source_kind=source_kind, source_key=source_key, state=Task.State.OPEN)
    return open_ones.update(state=Task.State.DONE, done_at=now, done_by=by)


@transaction.atomic
def cancel_for(*, source_kind: str, source_key: str, by, now: datetime, reason: str, owner=None) -> int:
    """Withdraw all open tasks of a source that needs nothing more (of one owner, if given), with the reason."""
    tasks = Task.objects.filter(source_kind=source_kind, source_key=source_key, state=Task.State.OPEN)
    tasks = list(tasks if owner is None else tasks.filter(Q(owner=owner) | Q(held_for=owner)))
    for task in tasks:
        task.state = Task.State.CANCELLED
        task.save(update_fields=["state"])
        record(task, TaskEvent.What.CANCELLED, by=by, now=now, text=reason)
    return len(tasks)
