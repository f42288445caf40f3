"""Definitions whose review is due: a task for whoever stands for them, sixty days before and until it is done."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.engine.definitions.model import Definition
from zhikong.engine.inspection import SOON
from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.tasks import actions as tasks
from zhikong.foundation.tasks.models import Task
from zhikong.hospital.functions.indicators.catalogue import definitions

KIND = "definition_review"
OTHERWISE = "quality_office"
"""Who is asked when nobody holds the role that stands for a definition."""


def ask_for_reviews(*, now: datetime) -> int:
    """One task for each role and review date that is near or past; a task whose reviews are done is finished.

    Harmless when it runs twice. Gives how many tasks are open afterwards.
    """
    due = _due(on=timezone.localdate(now))
    for key in _asked() - due.keys():
        tasks.complete_for(source_kind=KIND, source_key=key, by=None, now=now)
    for key, found in due.items():
        owner = _owner(found[0].owner, on=timezone.localdate(now))
        if owner is not None:
            _assign(key, found[0], owner, now=now)
    return len(_asked())


def _due(*, on: date) -> Mapping[str, list[Definition]]:
    """'medical_affairs@2027-10-31' -> the definitions in force whose review is due within SOON days or overdue."""
    found: dict[str, list[Definition]] = defaultdict(list)
    for definition in definitions().values():
        if (definition.next_review - on).days <= SOON:
            found[f"{definition.owner}@{definition.next_review}"].append(definition)
    return found


def _asked() -> set[str]:
    open_ones = Task.objects.filter(source_kind=KIND, state=Task.State.OPEN)
    return set(open_ones.values_list("source_key", flat=True))


def _owner(role: str, *, on: date) -> User | None:
    holders = users_with_role(role=role, on=on) or users_with_role(role=OTHERWISE, on=on)
    return next(iter(holders), None)


def _assign(key: str, first: Definition, owner: User, *, now: datetime) -> None:
    """The number of definitions stands on the page behind the link: in the title it would make a new task."""
    said = {"date": first.next_review.isoformat()}
    tasks.assign(
        by=None,
        now=now,
        owner=owner,
        title=_("复审 %(date)s 到期的指标定义") % said,
        due_on=first.next_review,
        due_reason=_("指标定义写明的复审日期：%(date)s。核对来源文件后更新口径或复审日期。") % said,
        source_kind=KIND,
        source_key=key,
        url=reverse("indicators:library") + f"?owner={first.owner}",
    )
