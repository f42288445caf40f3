"""What every act on a task checks and writes down."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.tasks import sources
from zhikong.foundation.tasks.models import Task, TaskEvent


def sees(person, department_id: int | None, now: datetime) -> bool:
    return scope_of(person, timezone.localdate(now)).covers(department_id)


def leads(person, task: Task) -> bool:
    """Whether a person follows up what is due in the task's department; the hospital's matters need all of it."""
    place = task.department_id
    return can(person, Permission.MANAGE_TASKS, place, whole_hospital=place is None)


def check_sees(owner, department_id: int | None, now: datetime) -> None:
    if not sees(owner, department_id, now):
        raise ValidationError(f"{owner} 看不到这个科室的事项，不能把它交给这个账号。")


def check_open(task: Task) -> None:
    if task.state != Task.State.OPEN:
        raise ValidationError(f"这项待办{task.get_state_display()}，不能再改。")


def check_owner(task: Task, by) -> None:
    if by is not None and by.pk != task.owner_id:
        raise PermissionDenied("这不是您的待办。")


def kept(task: Task, words: str) -> str:
    """What somebody wrote, or nothing where the task's source keeps no words (sources.py)."""
    return "" if sources.source(task.source_kind).wordless else words


def record(task: Task, what: str, *, by, now: datetime, text: str) -> None:
    TaskEvent.objects.create(
        institution_id=task.institution_id, task=task, department_id=task.department_id,
        at=now, by=by, what=what, text=text[:300],
    )  # fmt: skip
