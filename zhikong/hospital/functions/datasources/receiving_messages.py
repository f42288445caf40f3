"""Taking many messages in with one commit: what `receiving.receive_all` does, with a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from zhikong.foundation.facts import raw_messages
from zhikong.hospital.functions.datasources import receiving
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.receiving import Delivery, State


def receive_messages(*, feed: Feed, now: datetime, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """As `receive_all`, for contents in memory; the caller has set the scope. All or none.

    A correction (another content under a known identity) is rare and goes the usual way, with everything that came
    together with it.
    """
    with transaction.atomic():
        receiving._lock(feed)
        items = raw_messages.keep_all(
            now=now,
            contents=[one.content for one in deliveries],
            kind=feed.kind,
            source=feed.code,
            retention_days=feed.retention_days,
        )
        identities = [
            (one.identity or f"sha256:{item.sha256}")[:200]
            for one, item in zip(deliveries, items, strict=True)
        ]
        before = _known(feed, identities)
        known = dict(before)
        receipts, last = [], Receipt.objects.filter(feed=feed).aggregate(last=Max("seq"))["last"] or 0
        for place, (delivery, item, identity) in enumerate(
            zip(deliveries, items, identities, strict=True), start=1
        ):
            if known.setdefault(identity, item.sha256) != item.sha256:
                return receiving.receive_all(feed=feed, now=now, deliveries=deliveries)
            receipts.append(_receipt(feed, now, delivery, item, identity, last + place))
        _mark_duplicates(receipts, before)
        receiving._note_time(feed, now)
        return Receipt.objects.bulk_create(receipts)


def _known(feed: Feed, identities: Sequence[str]) -> dict[str, str]:
    """Identity -> hash of the newest content that counts under it."""
    found = Receipt.objects.filter(feed=feed, identity__in=set(identities)).exclude(state=State.DUPLICATE)
    return dict(found.order_by("seq").values_list("identity", "sha256"))


def _mark_duplicates(receipts: list[Receipt], seen: dict[str, str]) -> None:
    for receipt in receipts:
        if receipt.identity in seen:
            receipt.state = State.DUPLICATE
        seen[receipt.identity] = receipt.sha256


def _receipt(feed: Feed, now: datetime, delivery: Delivery, item, identity: str, seq: int) -> Receipt:
    return Receipt(
        institution_id=feed.institution_id,
        feed=feed,
        seq=seq,
        identity=identity,
        name=delivery.name[:255],
        part=delivery.part,
        sha256=item.sha256,
        size=item.size,
        raw=item,
        received_at=now,
        state=State.WAITING,
        note=delivery.note[:300],
    )
