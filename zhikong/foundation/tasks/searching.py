"""What the search finds among tasks: one's own, those one gave, and those in departments that one leads."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.search.rules import holding
from zhikong.foundation.tasks.models import Task
from zhikong.web.panels import SearchHit


def hits(request, q: str) -> Iterable[SearchHit]:
    """Tasks within the reader's scope, the latest first."""
    user = request.user
    found = Task.objects.filter(**holding("title", q)).exclude(state=Task.State.CANCELLED)
    if not can(user, Permission.MANAGE_TASKS):
        found = found.filter(Q(owner=user) | Q(created_by=user) | Q(held_for=user))
    for task in found.prefetch_related("owner").order_by("-pk")[:6]:
        note = f"{task.owner} · {task.get_state_display()}"
        yield SearchHit(task.title, task.url or f"/tasks/{task.pk}/", _("待办"), note=note, at=task.due_on)
