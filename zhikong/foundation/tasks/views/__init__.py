"""The one 待办 page and what belongs to it."""

from zhikong.foundation.tasks.views.batch import batch, outcome
from zhikong.foundation.tasks.views.leave import end_leave, leave
from zhikong.foundation.tasks.views.lists import badge, given, task_list, team
from zhikong.foundation.tasks.views.month import month
from zhikong.foundation.tasks.views.single import delegate, detail, new, why

__all__ = [
    "badge",
    "batch",
    "delegate",
    "detail",
    "end_leave",
    "given",
    "leave",
    "month",
    "new",
    "outcome",
    "task_list",
    "team",
    "why",
]
