"""One act on many tasks: each succeeds or fails by itself, and the outcome says which and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.foundation.tasks.actions.moving import delegate, extend, remind, tick
from zhikong.foundation.tasks.actions.steps import leads
from zhikong.foundation.tasks.models import Task

ACTS = ("done", "delegate", "remind", "extend")


@dataclass(frozen=True)
class Outcome:
    """What became of one task of a batch; reason is empty when it succeeded."""

    title: str
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.reason


def in_batch(tasks: Iterable[Task], *, act: str, by, now: datetime, **values) -> list[Outcome]:
    """Do one act to each task, in a savepoint of its own. values: what the act needs besides (to, reason, …)."""
    if act not in ACTS:
        raise ValidationError("没有这样的操作。")
    return [_one(task, act, by, now, values) for task in tasks]


def _one(task: Task, act: str, by, now: datetime, values) -> Outcome:
    try:
        with transaction.atomic():
            fresh = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
            {"done": tick, "delegate": delegate, "remind": _remind, "extend": extend}[act](
                fresh, by=by, now=now, **values
            )
    except ValidationError as refused:
        return Outcome(task.title, "".join(refused.messages))
    except PermissionDenied as refused:
        return Outcome(task.title, str(refused))
    return Outcome(task.title)


def _remind(task: Task, *, by, now: datetime, text: str = "") -> None:
    """Who gave it may remind, and who leads the department; one does not remind oneself."""
    if by.pk == task.owner_id:
        raise ValidationError("这是您自己的待办，不用催办。")
    if by.pk != task.created_by_id and not leads(by, task):
        raise PermissionDenied("只有布置的人和科室负责人可以催办。")
    remind(task, by=by, now=now, text=text)
