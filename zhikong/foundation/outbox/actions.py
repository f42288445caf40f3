"""Announce facts, deliver them to their subscribers, decide about those that nobody took.

At least once, and for the database exactly once: a handler runs in the transaction that writes its delivery, so
its effect and its receipt are committed together or not at all. A handler with an effect outside the database gets
the delivery's key with each attempt; whoever is told twice can see that it is the same.
"""

import logging
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.outbox import queries, registry
from zhikong.foundation.outbox.models import Announcement, Delivery
from zhikong.foundation.outbox.rules import MOST_ATTEMPTS, pause_after

__all__ = ["MOST_ATTEMPTS", "announce", "claim", "deliver_pending", "pass_over", "retry", "run"]

logger = logging.getLogger(__name__)


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
        Delivery(
            institution_id=institution_id,
            announcement=announcement,
            subscriber=name,
            subject=registry.subject_of(fact, name),
        )
        for name in registry.subscribers(fact.fact_name)
    )
    return announcement


def deliver_pending(*, now: datetime, limit: int = 200) -> int:
    """Deliver what is due in the current scope and transaction, oldest first; gives how many arrived.

    A handler that fails is undone, noted, and tried again after a pause that grows; after MOST_ATTEMPTS it waits
    for the administrator. The worker (jobs.py) takes the same two steps in a transaction each.
    """
    arrived, tried = 0, set()
    while len(tried) < limit:
        pk = queries.due(now=now).exclude(pk__in=tried).values_list("pk", flat=True).first()
        if pk is None:
            break
        tried.add(pk)
        arrived += claim(pk, now=now) and run(pk, now=now)
    return arrived


def claim(pk: int, *, now: datetime) -> bool:
    """Count an attempt before it is made; False when another worker has the delivery or it is not due."""
    found = queries.due(now=now).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if found is None:
        return False
    found.attempts += 1
    found.next_at = now + pause_after(found.attempts)
    found.save(update_fields=["attempts", "next_at"])
    return True


def run(pk: int, *, now: datetime) -> bool:
    """Let the subscriber take the fact; its effect and the receipt are one transaction."""
    found = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("announcement")
    delivery = found.filter(pk=pk, delivered_at=None, passed_at=None).first()
    if delivery is None:
        return False
    try:
        with transaction.atomic():
            _handle(delivery, now)
    except Exception as error:
        logger.exception("fact %s was not taken by %s", delivery.announcement.fact, delivery.subscriber)
        delivery.last_error = type(error).__name__
    else:
        delivery.delivered_at = now
    delivery.save(update_fields=["delivered_at", "last_error"])
    return delivery.delivered_at is not None


def _handle(delivery: Delivery, now: datetime) -> None:
    name = delivery.announcement.fact
    handler = registry.subscribers(name).get(delivery.subscriber)
    if handler is None:
        logger.warning("subscriber %s is gone; its fact is passed over", delivery.subscriber)
        return
    more = {"key": key_of(delivery)} if registry.is_outside(name, delivery.subscriber) else {}
    handler(registry.from_payload(name, delivery.announcement.payload), now=now, **more)


def key_of(delivery: Delivery) -> str:
    """The idempotency key of a delivery: the same for every attempt, and for no other delivery."""
    return f"outbox-{delivery.institution_id}-{delivery.pk}"


def retry(*, by, now: datetime, delivery: Delivery) -> None:
    """Give a dead letter all its attempts again, the first at once."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    Delivery.objects.filter(pk=_open(delivery).pk).update(attempts=0, next_at=now)


def pass_over(*, by, now: datetime, delivery: Delivery, reason: str) -> None:
    """Decide that a dead letter is not delivered any more; what waits behind it may go on."""
    require(by, Permission.MANAGE_MESSAGES, whole_hospital=True)
    if not reason.strip():
        raise ValidationError("放弃送达必须写明理由。")
    open_one = _open(delivery)
    open_one.passed_at, open_one.passed_by, open_one.passed_reason = now, by, reason.strip()[:200]
    open_one.save(update_fields=["passed_at", "passed_by", "passed_reason"])


@transaction.atomic
def _open(delivery: Delivery) -> Delivery:
    found = queries.given_up().select_for_update(of=("self",)).filter(pk=delivery.pk).first()
    if found is None:
        raise ValidationError("它已经送达或已有人处理，不用再做什么。")
    return found
