"""Put notices into people's boxes, and plan what of them is announced outside the house."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import kinds
from zhikong.foundation.notices.actions.planning import plan
from zhikong.foundation.notices.models import Notice, Receipt

DEPARTMENT_ROLES = ("department_head", "head_nurse", "qc_officer")


@transaction.atomic
def send(
    *,
    by,
    now: datetime,
    title: str,
    text: str = "",
    url: str = "",
    users: Iterable = (),
    roles: Iterable[str] = (),
    departments: Iterable[int] = (),
    kind: str = kinds.GENERAL,
    source_kind: str = "",
    source_key: str = "",
    sent_to: str = "",
) -> Notice:
    """Put one notice into the boxes of the given users, holders of roles, and leaders of departments (by id).

    Everybody gets it once, the sender not at all. It becomes visible with the caller's commit.
    kind: a code of kinds.py; it says what is urgent, and what may be announced outside the house. Without one it
        follows from source_kind.
    """
    departments = list(departments)
    notice = Notice.objects.create(
        institution_id=current_scope().institution_id,
        title=title[:120],
        text=text,
        url=url,
        kind=kinds.of_source(source_kind) if kind == kinds.GENERAL else kind,
        source_kind=source_kind,
        source_key=source_key,
        sent_at=now,
        sent_by=by,
        sent_to=sent_to,
    )
    found = recipients(now=now, users=users, roles=roles, departments=departments)
    readers = [reader for reader in found if by is None or reader != by.pk]
    _fill_boxes(notice, readers)
    plan(notice, readers=readers, departments=departments, now=now)
    return notice


def recipients(
    *, now: datetime, users: Iterable = (), roles: Iterable[str] = (), departments=()
) -> list[int]:
    """Ids of everybody addressed; a department means its head, head nurse and quality officers (CAP-01)."""
    on = timezone.localdate(now)
    found = {user.pk for user in users if user is not None}
    for role in roles:
        if role in ROLES:
            found |= {user.pk for user in users_with_role(role=role, on=on)}
    for department in departments:
        for role in DEPARTMENT_ROLES:
            found |= {user.pk for user in users_with_role(role=role, department_id=department, on=on)}
    return sorted(found)


def _fill_boxes(notice: Notice, readers: list[int]) -> None:
    Receipt.objects.bulk_create(
        Receipt(institution_id=notice.institution_id, notice=notice, user_id=reader) for reader in readers
    )
