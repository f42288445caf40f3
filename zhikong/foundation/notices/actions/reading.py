"""Note that notices were read, and remind those who have not read one."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.foundation.notices.actions.planning import plan
from zhikong.foundation.notices.models import Notice, Receipt


def mark_read(receipt: Receipt, *, by, now: datetime) -> None:
    """The first opening counts; only the addressee's own opening does."""
    if receipt.user_id != by.pk:
        raise ValueError("A notice is read by the person it was sent to.")
    Receipt.objects.filter(pk=receipt.pk, read_at=None).update(read_at=now)


def mark_all_read(*, by, now: datetime) -> int:
    return Receipt.objects.filter(user=by, read_at=None).update(read_at=now)


@transaction.atomic
def remind_unread(notice: Notice, *, by, now: datetime) -> int:
    """The sender asks those who have not opened it to do so (催阅); at most once a day. Gives how many were asked.

    It stands marked at the top of their box, and is announced again by the ways they chose.
    """
    if by is not None and notice.sent_by_id != by.pk:
        raise PermissionDenied("只有发送人可以催阅。")
    unread = Receipt.objects.select_for_update().filter(notice=notice, read_at=None)
    receipts = [r for r in unread if r.reminded_at is None or (now - r.reminded_at).days >= 1]
    if not receipts:
        raise ValidationError("没有可催的人：都已阅读，或今天已经催过。")
    Receipt.objects.filter(pk__in=[r.pk for r in receipts]).update(reminded_at=now)
    plan(notice, readers=sorted(r.user_id for r in receipts), departments=(), now=now)
    return len(receipts)
