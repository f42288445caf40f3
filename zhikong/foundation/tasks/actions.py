"""All writes to tasks. Tasks are made by the thing that is due: these check the owner, no permission."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.registry import Moved
from zhikong.foundation.notices import actions as notices
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
    """
    if not due_reason.strip():
        raise ValidationError("期限必须说明依据。")
    _check_sees(owner, department_id, now)
    task, _created = Task.objects.get_or_create(
        institution_id=current_scope().institution_id,
        owner=owner,
        source_kind=source_kind,
        source_key=source_key,
        title=title[:160],
        state=Task.State.OPEN,
        defaults={
            "department_id": department_id,
            "url": url,
            "due_on": due_on,
            "due_reason": due_reason[:300],
            "due_from": due_from,
            "due_working_days": working_days,
            "created_at": now,
            "created_by": by,
        },
    )
    return task


def _check_sees(owner, department_id: int | None, now: datetime) -> None:
    if not scope_of(owner, timezone.localdate(now)).covers(department_id):
        raise ValidationError(f"{owner} 看不到这个科室的事项，不能把它交给这个账号。")


@transaction.atomic
def complete(task: Task, *, by, now: datetime) -> None:
    """Mark a task done. The owner does it, or the job or action on whose source it hangs."""
    _check_owner(task, by)
    _finish(task, by=by, now=now)


def complete_for(*, source_kind: str, source_key: str, by, now: datetime) -> int:
    """Finish all open tasks of a source: its step was taken. Gives how many there were."""
    open_ones = Task.objects.filter(source_kind=source_kind, source_key=source_key, state=Task.State.OPEN)
    return open_ones.update(state=Task.State.DONE, done_at=now, done_by=by)


@transaction.atomic
def cancel_for(*, source_kind: str, source_key: str, by, now: datetime, reason: str) -> int:
    """Withdraw all open tasks of a source that needs nothing more, with the reason."""
    tasks = list(Task.objects.filter(source_kind=source_kind, source_key=source_key, state=Task.State.OPEN))
    for task in tasks:
        task.state = Task.State.CANCELLED
        task.save(update_fields=["state"])
        _record(task, TaskEvent.What.CANCELLED, by=by, now=now, text=reason)
    return len(tasks)


@transaction.atomic
def delegate(task: Task, *, by, now: datetime, to, reason: str = "") -> None:
    """Hand an open task to someone who can see it; the first owner stays on record (转办)."""
    _check_owner(task, by)
    _check_open(task)
    _check_sees(to, task.department_id, now)
    if to.pk == task.owner_id:
        raise ValidationError("已经是这个人的待办。")
    _record(task, TaskEvent.What.DELEGATED, by=by, now=now, text=f"{task.owner} → {to}。{reason}".strip())
    task.delegated_from = task.delegated_from or task.owner
    task.owner = to
    task.save(update_fields=["owner", "delegated_from"])
    title = f"{by} 转给您一项待办：{task.title}"
    notices.send(
        by=by, now=now, users=[to], title=title, url=task.url, source_kind="task", source_key=str(task.pk)
    )


@transaction.atomic
def extend(task: Task, *, by, now: datetime, due_on: date, reason: str) -> None:
    """Move the due date later; the reason becomes the sentence beside it. The owner alone may not."""
    _check_open(task)
    if by is not None and by.pk == task.owner_id and by.pk != task.created_by_id:
        raise PermissionDenied("延期要由布置这项待办的人同意，本人不能给自己延期。")
    if due_on <= task.due_on:
        raise ValidationError("新的期限应晚于原期限。")
    if not reason.strip():
        raise ValidationError("延期必须写明理由。")
    _record(task, TaskEvent.What.EXTENDED, by=by, now=now, text=f"{task.due_on} → {due_on}：{reason}")
    task.due_on, task.due_reason = due_on, f"经 {by} 同意延期：{reason}"[:300]
    task.due_from = task.due_working_days = None
    task.save(update_fields=["due_on", "due_reason", "due_from", "due_working_days"])


@transaction.atomic
def remind(task: Task, *, by, now: datetime, text: str = "") -> None:
    """Send the owner a notice about an open task (催办)."""
    _check_open(task)
    _record(task, TaskEvent.What.REMINDED, by=by, now=now, text=text)
    title = f"催办：{task.title}（期限 {task.due_on}）"
    notices.send(
        by=by, now=now, users=[task.owner], title=title, text=text, url=task.url,
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


def _finish(task: Task, *, by, now: datetime) -> None:
    _check_open(task)
    task.state, task.done_at, task.done_by = Task.State.DONE, now, by
    task.save(update_fields=["state", "done_at", "done_by"])


def _check_open(task: Task) -> None:
    if task.state != Task.State.OPEN:
        raise ValidationError(f"这项待办{task.get_state_display()}，不能再改。")


def _check_owner(task: Task, by) -> None:
    if by is not None and by.pk != task.owner_id:
        raise PermissionDenied("这不是您的待办。")


def _record(task: Task, what: str, *, by, now: datetime, text: str) -> None:
    TaskEvent.objects.create(
        institution_id=task.institution_id, task=task, department_id=task.department_id,
        at=now, by=by, what=what, text=text[:300],
    )  # fmt: skip
