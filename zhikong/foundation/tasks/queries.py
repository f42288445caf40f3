"""Reads of tasks. Overdue is computed, never stored: a clock must not change rows."""

from datetime import date

from django.db.models import Case, IntegerField, QuerySet, Value, When

from zhikong.foundation.tasks.models import Task


def open_tasks(*, user=None, department_id: int | None = None) -> QuerySet[Task]:
    """Open tasks of a person or a department (or all in scope), the longest overdue first."""
    tasks = Task.objects.filter(state=Task.State.OPEN).select_related("created_by", "delegated_from")
    if user is not None:
        tasks = tasks.filter(owner=user)
    if department_id is not None:
        tasks = tasks.filter(department_id=department_id)
    return tasks.order_by("due_on", "pk")


def overdue(*, today: date, user=None, department_id: int | None = None) -> QuerySet[Task]:
    """Open tasks whose due date has passed; a task due today is not overdue."""
    return open_tasks(user=user, department_id=department_id).filter(due_on__lt=today)


def open_count(*, user) -> int:
    return Task.objects.filter(owner=user, state=Task.State.OPEN).count()


def done_tasks(*, user) -> QuerySet[Task]:
    """What a person has done, latest first."""
    return (
        Task.objects.filter(owner=user, state=Task.State.DONE)
        .select_related("department")
        .order_by("-done_at")
    )


def tasks_of(*, source_kind: str, source_key: str) -> QuerySet[Task]:
    """All tasks that one source made, open ones first."""
    closed_last = Case(
        When(state=Task.State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    tasks = Task.objects.filter(source_kind=source_kind, source_key=source_key).select_related("owner")
    return tasks.order_by(closed_last, "due_on", "pk")
