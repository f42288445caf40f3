"""Reads of notices: one's own box, and who has read a notice."""

from dataclasses import dataclass

from django.db.models import QuerySet

from zhikong.foundation.notices.models import Notice, Receipt


@dataclass(frozen=True)
class ReadCount:
    """How many received a notice and how many have opened it."""

    sent: int
    read: int


def inbox(*, user, unread_only: bool = False) -> QuerySet[Receipt]:
    """A person's notices, newest first."""
    receipts = Receipt.objects.filter(user=user).select_related("notice", "notice__sent_by")
    if unread_only:
        receipts = receipts.filter(read_at=None)
    return receipts.order_by("-notice__sent_at", "-pk")


def unread_count(*, user) -> int:
    return Receipt.objects.filter(user=user, read_at=None).count()


def read_count(notice: Notice) -> ReadCount:
    times = list(notice.receipts.values_list("read_at", flat=True))
    return ReadCount(len(times), sum(t is not None for t in times))


def receipts(notice: Notice) -> QuerySet[Receipt]:
    """Who received the notice; those who have not read it first."""
    return notice.receipts.select_related("user").order_by("read_at", "user__username")
