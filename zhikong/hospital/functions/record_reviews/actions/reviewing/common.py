"""What every act of a review needs: a wide scope once the rules were asked, people behind staff numbers, notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import current_scope, scoped
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewSetting

SOURCE = "record_review"
CORRECTION = "record_correction"


@contextmanager
def wide() -> Iterator[None]:
    """An act writes for others as well: the next stage, the writer's task. Who may act has been asked before."""
    with scoped(replace(current_scope(), departments=None)):
        yield


def setting() -> ReviewSetting:
    """How the hospital reviews; a row of defaults that is not stored until somebody changes it."""
    found = ReviewSetting.objects.first()
    return found or ReviewSetting(institution_id=current_scope().institution_id, escalated=["乙级", "丙级"])


def users_of(codes: Iterable[str]) -> Mapping[str, User]:
    """Staff number -> active account."""
    wanted = {code for code in codes if code}
    found = User.objects.filter(person__staff_number__in=wanted, is_active=True).select_related("person")
    return {user.person.staff_number: user for user in found}


def lock(review: ReviewAssignment) -> ReviewAssignment:
    """The review as it is now; two who act at once wait for each other here."""
    found = ReviewAssignment.objects.select_for_update(of=("self",)).select_related(
        "case", "sheet", "reviewer"
    )
    return found.get(pk=review.pk)


def required(text: str, sentence: str) -> str:
    """The text without blanks; refused with the sentence when nothing is said."""
    text = (text or "").strip()
    if len(text) < 2:
        raise ValidationError(sentence)
    return text


def give_task(
    owner,
    *,
    by,
    now: datetime,
    title: str,
    due_on: date,
    reason: str,
    kind: str,
    key: str,
    url: str,
    department_id: int,
) -> None:
    """A task of a review for a person; whoever reads for another department gets it as a matter of the own one."""
    tasks.assign(
        by=by, now=now, owner=owner, title=title, due_on=due_on, due_reason=reason, source_kind=kind, source_key=key,
        url=url, department_id=_department_for(owner, department_id, now),
    )  # fmt: skip


def _department_for(owner, department_id: int, now: datetime) -> int | None:
    scope = scope_of(owner, timezone.localdate(now))
    if scope.covers(department_id):
        return department_id
    return min(scope.departments or (), default=None)


def tell(
    *,
    by,
    now: datetime,
    title: str,
    text: str = "",
    url: str = "",
    users=(),
    roles=(),
    departments=(),
    key="",
) -> None:
    """A notice about a review; nothing is sent to nobody."""
    users = [user for user in users if user is not None]
    if users or roles or departments:
        notices.send(
            by=by, now=now, title=title, text=text, url=url, users=users, roles=roles, departments=departments,
            kind=SOURCE, source_kind=SOURCE, source_key=key,
        )  # fmt: skip
