"""What the pages of tasks have in common: the filter, and what stands in a row."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.queries import names
from zhikong.foundation.tasks import queries, sources
from zhikong.foundation.tasks.forms import TaskFilter
from zhikong.foundation.tasks.models import Task


def filtered(request, tasks: QuerySet[Task], **more) -> tuple[TaskFilter, QuerySet[Task], dict[int, str]]:
    """The query form, the tasks that fit it, and the departments' names."""
    today = timezone.localdate()
    named = names(on=today)
    form = TaskFilter(request.GET, origins=queries.origins(tasks), names=named, **more)
    return form, queries.narrowed(tasks, today=today, **form.conditions()), named


def rows(tasks: Iterable[Task], named: dict[int, str]) -> list[dict]:
    """Each task with its source in words and its department."""
    return [
        {
            "task": task,
            "source": sources.source(task.source_kind).title,
            "tick": sources.source(task.source_kind).tick,
            "department": named.get(task.department_id, ""),
        }
        for task in tasks
    ]


def colleagues(user) -> QuerySet[User]:
    """Active accounts of the hospital but one's own."""
    people = User.objects.filter(institution_id=user.institution_id, is_active=True)
    return people.exclude(pk=user.pk).order_by("last_name", "first_name", "username")
