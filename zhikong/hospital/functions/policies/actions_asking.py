"""What is asked of people each morning: to review a document after a year, to read what must be read."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import scope_of, users_with_role
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.policies import queries
from zhikong.hospital.functions.policies.actions import READING_SOURCE, REVIEW_SOURCE, address
from zhikong.hospital.functions.policies.models import (
    PolicyVersion,
)

State = PolicyVersion.State
LEAD = timedelta(days=30)  # a review is asked for so long before its day
PRESS = timedelta(days=3)  # who has not read gets a task so long before the last day


def ask_for_reviews(*, now: datetime) -> int:
    """Owners get a task when the yearly review of a document comes near; again never while it is open."""
    today = timezone.localdate(now)
    due = list(queries.due_for_review(on=today + LEAD))
    given = 0
    for one in due:
        owner = _reached(one.policy.owner, today)
        if owner is None:
            continue
        tasks.assign(
            by=None, now=now, owner=owner, title=f"年度复审：{one.policy.title}"[:160], url=address(one),
            due_on=max(one.review_due_on, today), due_reason=f"{one.effective_on} 施行，每年复审一次",
            source_kind=REVIEW_SOURCE, source_key=str(one.policy_id), department_id=_place(owner, today),
        )  # fmt: skip
        given += 1
    return given


def _reached(owner: User, today: date) -> User | None:
    """The owner, or the quality office for an owner who left; None where nobody is there."""
    if owner.is_active and scope_of(owner, today).departments != frozenset():
        return owner
    return next(iter(users_with_role(role="quality_office", on=today)), None)


def _place(owner: User, today: date) -> int | None:
    """A task of somebody who works in one department is that department's; of hospital-wide roles, the hospital's."""
    reached = scope_of(owner, today).departments
    return None if reached is None else min(reached)


def press_readers(*, now: datetime) -> int:
    """Who has not read what must be read gets a task shortly before the last day."""
    today = timezone.localdate(now)
    given = 0
    for version in PolicyVersion.objects.filter(state=State.PUBLISHED, must_read=True, read_by_on__lte=today + PRESS, policy__withdrawn_at=None):  # fmt: skip
        for reader in queries.reading(version, on=today).waiting:
            if scope_of(reader, today).departments == frozenset():
                continue  # an account without a role sees no task
            tasks.assign(
                by=None, now=now, owner=reader, title=f"阅读并确认：{version.policy.title}"[:160], url=address(version),
                due_on=max(version.read_by_on, today), due_reason=f"发布时规定的阅读期限 {version.read_by_on}",
                source_kind=READING_SOURCE, source_key=f"{version.pk}:{reader.pk}",
                department_id=_place(reader, today),
            )  # fmt: skip
            given += 1
    return given
