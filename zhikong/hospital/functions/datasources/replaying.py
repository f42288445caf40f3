"""Reading again from what was kept: one delivery, a period, or everything of a feed.

Rows that come out the same change nothing. A delivery of whole months is followed by the later ones of the same
months, in their order: the newest word on a month stays the newest.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.facts.models import Load
from zhikong.hospital.functions.datasources.models import Feed, Receipt

READ = (Receipt.State.APPLIED, Receipt.State.REFUSED, Receipt.State.FAILED)


@transaction.atomic
def replay(
    feed: Feed,
    *,
    by,
    now: datetime,
    receipt: Receipt | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Have the worker read again through the current mapping; returns how many receipts.

    receipt: only the delivery that this belongs to; since, until: what was received then; none of them: everything.
    Raises ValidationError when nothing of it is kept any more.
    """
    require(by, Permission.MANAGE_DATA)
    wanted = Receipt.objects.select_for_update(of=("self",)).filter(feed=feed, state__in=READ)
    wanted = wanted.filter(raw__deleted_at=None)
    if receipt is not None:
        wanted = wanted.filter(load_id=receipt.load_id) if receipt.load_id else wanted.filter(pk=receipt.pk)
    if since is not None:
        wanted = wanted.filter(received_at__gte=since)
    if until is not None:
        wanted = wanted.filter(received_at__lte=until)
    found = list(wanted.order_by("seq"))
    if not found:
        raise ValidationError(_("没有可以重新读入的原始数据：没有收到过，或保存期已满。"))
    if feed.kind == Feed.Kind.FILE:
        return _replay_files(feed, by, now, found)
    return Receipt.objects.filter(pk__in=[r.pk for r in found]).update(
        state=Receipt.State.WAITING, load=None, note=""
    )


def _replay_files(feed: Feed, by, now: datetime, receipts: Iterable[Receipt]) -> int:
    numbers = {receipt.load_id for receipt in receipts if receipt.load_id}
    count = 0
    for load in _with_later(feed, numbers):
        again = Load.objects.create(
            institution_id=load.institution_id,
            source_name=load.source_name,
            mapping=load.mapping,
            size=load.size,
            feed=load.feed,
            replay_of=load,
            started_at=now,
            started_by=by,
        )
        of_load = load.receipts.filter(state__in=READ, raw__deleted_at=None)
        count += of_load.update(state=Receipt.State.WAITING, load=again, note="")
    return count


def _with_later(feed: Feed, numbers: set[int]) -> list[Load]:
    """These loads, and the later ones of the feed that brought rows of the same months, in their order."""
    chosen = list(Load.objects.filter(pk__in=numbers).order_by("pk"))
    months = {month for load in chosen for month in load.months}
    first = min(numbers)
    later = Load.objects.filter(
        feed=feed.code, pk__gt=first, state=Load.State.PUBLISHED, receipts__state__in=READ
    ).exclude(pk__in=numbers)
    return sorted(
        [*chosen, *(load for load in later.distinct() if months & set(load.months))], key=lambda load: load.pk
    )
