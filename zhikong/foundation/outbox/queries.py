"""Reads of the outbox: what is due now, what waits, what was given up."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from zhikong.foundation.outbox.models import Delivery
from zhikong.foundation.outbox.rules import MOST_ATTEMPTS


@dataclass(frozen=True)
class Waiting:
    """Deliveries that are on their way: not tried yet, tried in vain, and left to a person."""

    fresh: int
    retrying: int
    given_up: int


def undelivered() -> QuerySet[Delivery]:
    return Delivery.objects.filter(delivered_at=None, passed_at=None)


def due(*, now: datetime) -> QuerySet[Delivery]:
    """What may be tried now, oldest first; an ordered one waits while an earlier one of its subject is open."""
    earlier = Delivery.objects.filter(
        delivered_at=None,
        passed_at=None,
        subscriber=OuterRef("subscriber"),
        subject=OuterRef("subject"),
        pk__lt=OuterRef("pk"),
    ).exclude(subject="")
    ready = undelivered().filter(Q(next_at=None) | Q(next_at__lte=now), attempts__lt=MOST_ATTEMPTS)
    return ready.filter(Q(subject="") | ~Exists(earlier)).order_by("pk")


def given_up() -> QuerySet[Delivery]:
    """Dead letters, the latest first: a person decides about them."""
    dead = undelivered().filter(attempts__gte=MOST_ATTEMPTS)
    return dead.select_related("announcement").order_by("-pk")


def retrying() -> QuerySet[Delivery]:
    """What failed and will be tried again, the next one first."""
    tried = undelivered().filter(attempts__gt=0, attempts__lt=MOST_ATTEMPTS)
    return tried.select_related("announcement").order_by(F("next_at").asc(nulls_first=True), "pk")


def waiting() -> Waiting:
    """How much is on its way in the current scope."""
    attempts = list(undelivered().values_list("attempts", flat=True))
    dead = sum(n >= MOST_ATTEMPTS for n in attempts)
    return Waiting(attempts.count(0), sum(n > 0 for n in attempts) - dead, dead)


def given_up_count() -> int:
    return undelivered().filter(attempts__gte=MOST_ATTEMPTS).count()


def behind(delivery: Delivery) -> int:
    """How many later facts of the same subject wait behind this one."""
    if not delivery.subject:
        return 0
    same = undelivered().filter(subscriber=delivery.subscriber, subject=delivery.subject)
    return same.filter(pk__gt=delivery.pk).count()
