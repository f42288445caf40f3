"""Announce facts and deliver them to their subscribers, each exactly once."""

import logging
from datetime import datetime

from django.db import transaction

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.outbox import registry
from zhikong.foundation.outbox.models import Announcement, Delivery

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 10


def announce(fact: registry.Fact, *, now: datetime) -> Announcement:
    """Write a fact and one delivery for each subscriber in the caller's transaction.

    The worker delivers after the commit; when the transaction is undone, nothing was ever announced.
    """
    institution_id = current_scope().institution_id
    announcement = Announcement.objects.create(
        institution_id=institution_id,
        fact=fact.fact_name,
        payload=registry.to_payload(fact),
        announced_at=now,
    )
    Delivery.objects.bulk_create(
        Delivery(institution_id=institution_id, announcement=announcement, subscriber=name)
        for name in registry.subscribers(fact.fact_name)
    )
    return announcement


def deliver_pending(*, now: datetime, limit: int = 200) -> int:
    """Deliver what is waiting in the current scope, oldest first; gives how many arrived.

    A handler that fails is undone, noted, and tried again by the next call, up to MOST_ATTEMPTS times.
    """
    waiting = Delivery.objects.filter(delivered_at=None, attempts__lt=MOST_ATTEMPTS).order_by("pk")
    return sum(_deliver(pk, now) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


def _deliver(pk: int, now: datetime) -> bool:
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("announcement")
        .filter(pk=pk, delivered_at=None)
        .first()
    )
    if delivery is None:
        return False
    delivery.attempts += 1
    try:
        with transaction.atomic():
            _handle(delivery, now)
    except Exception as error:
        logger.exception("fact %s was not taken by %s", delivery.announcement.fact, delivery.subscriber)
        delivery.last_error = type(error).__name__
    else:
        delivery.delivered_at = now
    delivery.save(update_fields=["attempts", "delivered_at", "last_error"])
    return delivery.delivered_at is not None


def _handle(delivery: Delivery, now: datetime) -> None:
    handler = registry.subscribers(delivery.announcement.fact).get(delivery.subscriber)
    if handler is None:
        logger.warning("subscriber %s is gone; its fact is passed over", delivery.subscriber)
        return
    handler(registry.from_payload(delivery.announcement.fact, delivery.announcement.payload), now=now)
