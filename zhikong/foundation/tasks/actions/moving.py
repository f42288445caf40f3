"""Tick, delegate, extend, remind, and move dates with the calendar."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import queries, sources
from zhikong.foundation.tasks.actions.giving import complete
from zhikong.foundation.tasks.actions.steps import check_open, check_owner, check_sees, kept, leads, record
from zhikong.foundation.tasks.models import Task, TaskEvent


def tick(task: Task, *, by, now: datetime) -> None:
    """Mark one's own task done on the page of tasks: only where no step elsewhere stands for it."""
    source = sources.source(task.source_kind)
    if not source.tick:
        raise ValidationError(f"要在“{source.title}”里办理，办完会自动消失，不能直接打勾。")
    complete(task, by=by, now=now)


@transaction.atomic
def delegate(task: Task, *, by, now: datetime, to, reason: str = "") -> None:
    """Hand an open task to someone who can see it; the first owner stays on record (转办)."""
    check_owner(task, by)
    check_open(task)
    to = queries.deputy_of(to, on=timezone.localdate(now)) or to
    check_sees(to, task.department_id, now)
    if to.pk == task.owner_id:
        raise ValidationError("已经是这个人的待办。")
    record(task, TaskEvent.What.DELEGATED, by=by, now=now, text=f"{task.owner} → {to}。{kept(task, reason)}")
    task.delegated_from = task.delegated_from or task.held_for or task.owner
    task.owner, task.held_for = to, None
    task.save(update_fields=["owner", "delegated_from", "held_for"])
    title = f"{by} 转给您一项待办：{task.title}"
    notices.send(
        by=by, now=now, users=[to], title=title, url=task.url, kind="task",
        source_kind="task", source_key=str(task.pk),
    )  # fmt: skip


def may_extend(task: Task, *, by) -> bool:
    """Who gave it; for what the system gave, who leads the department; and the hospital's offices. Never the owner."""
    if by is None or by.pk == task.created_by_id:
        return True
    if by.pk in (task.owner_id, task.held_for_id):
        return False
    if task.created_by_id is None and leads(by, task):
        return True
    return can(by, Permission.MANAGE_TASKS, task.department_id, whole_hospital=True)


@transaction.atomic
def extend(task: Task, *, by, now: datetime, due_on: date, reason: str) -> None:
    """Move the due date later; the reason becomes the sentence beside it. The owner alone may not."""
    check_open(task)
    if not may_extend(task, by=by):
        raise PermissionDenied("延期要由布置这项待办的人同意，本人不能给自己延期。")
    source = sources.source(task.source_kind)
    if not source.extend:
        raise ValidationError(f"它的期限由“{source.title}”决定，请打开事项，在那里申请延期。")
    if due_on <= task.due_on:
        raise ValidationError("新的期限应晚于原期限。")
    if not reason.strip():
        raise ValidationError("延期必须写明理由。")
    record(task, TaskEvent.What.EXTENDED, by=by, now=now, text=f"{task.due_on} → {due_on}：{reason}")
    task.due_on, task.due_reason = due_on, f"经 {by} 同意延期：{reason}"[:300]
    task.due_from = task.due_working_days = None
    task.save(update_fields=["due_on", "due_reason", "due_from", "due_working_days"])


@transaction.atomic
def remind(task: Task, *, by, now: datetime, text: str = "") -> None:
    """Send the owner a notice about an open task (催办)."""
    check_open(task)
    text = kept(task, text)
    record(task, TaskEvent.What.REMINDED, by=by, now=now, text=text)
    title = f"催办：{task.title}（期限 {task.due_on}）"
    notices.send(
        by=by, now=now, users=[task.owner], title=title, text=text, url=task.url, kind="task",
        source_kind="task", source_key=str(task.pk),
    )  # fmt: skip


def recalculate(calendar, years: frozenset[int]) -> list[Moved]:
    """Move open tasks that count working days to what the new calendar says."""
    counted = Task.objects.filter(
        state=Task.State.OPEN, due_working_days__isnull=False, due_on__year__in=years
    )
    return [moved for task in counted if (moved := _move(task, calendar))]


def _move(task: Task, calendar) -> Moved | None:
    before, after = task.due_on, calendar.add_working_days(task.due_from, task.due_working_days)
    if after == before:
        return None
    task.due_on = after
    task.save(update_fields=["due_on"])
    return Moved(f"待办“{task.title}”", before, after)
