"""Reads for the pages of feeds: how each fares, what came today, and how fresh its tables are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.facts.freshness import Fresh
from zhikong.foundation.facts.freshness import State as Freshness
from zhikong.foundation.facts.models import Load, RawItem
from zhikong.foundation.facts.templatetags.fact_tags import span
from zhikong.hospital.functions.datasources import feeds
from zhikong.hospital.functions.datasources.mappings import mappings
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.rules import patience

IN_PROGRESS = (Load.State.WAITING, Load.State.RUNNING)


@dataclass(frozen=True)
class Standing:
    """How a feed fares now. lag: since its last success, in words; rows and rejects: of today; waiting: contents not yet in."""

    feed: Feed
    lag: str
    freshness: Freshness
    rows: int
    rejects: int
    waiting: int
    fetches: bool


def standings(now: datetime) -> list[Standing]:
    """Every feed of the institution, by name."""
    today, waiting = _today(now), _waiting()
    return [_standing(feed, now, today.get(feed.code, (0, 0)), waiting) for feed in Feed.objects.all()]


def standing(feed: Feed, now: datetime) -> Standing:
    """One feed."""
    return _standing(feed, now, _today(now).get(feed.code, (0, 0)), _waiting())


def _standing(feed: Feed, now: datetime, counts: tuple[int, int], waiting: dict[int, int]) -> Standing:
    return Standing(
        feed=feed,
        lag="" if feed.last_success_at is None else span(now - feed.last_success_at),
        freshness=freshness_of(feed, now),
        rows=counts[0],
        rejects=counts[1],
        waiting=waiting.get(feed.pk, 0),
        fetches=feeds.kind_of(feed).pull is not None,
    )


def _today(now: datetime) -> dict[str, tuple[int, int]]:
    """Code of a feed -> rows delivered and set aside by the loads that began today."""
    begin = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    loads = Load.objects.filter(started_at__gte=begin).exclude(feed="").order_by().values("feed")
    sums = loads.annotate(rows=_sum_of("delivered"), rejects=_sum_of("faulty"))
    return {line["feed"]: (line["rows"] or 0, line["rejects"] or 0) for line in sums}


def _sum_of(key: str) -> Sum:
    return Sum(Cast(KeyTextTransform(key, "counts"), BigIntegerField()))


def _waiting() -> dict[int, int]:
    found = Receipt.objects.filter(state=Receipt.State.WAITING).order_by().values("feed")
    return {line["feed"]: line["n"] for line in found.annotate(n=Count("pk"))}


def freshness_of(feed: Feed, now: datetime) -> Freshness:
    """On time, later than its rhythm allows, stopped, broken, or never come."""
    if feed.state != Feed.State.ACTIVE:
        return Freshness.PAUSED if feed.state == Feed.State.PAUSED else Freshness.BROKEN
    if feed.last_success_at is None:
        return Freshness.NEVER
    allowed = patience(feed.kind, feed.schedule, feed.settings)
    return Freshness.LATE if now - feed.last_success_at > allowed else Freshness.FRESH


def fresh_feeds() -> Iterable[Fresh]:
    """What pages that show numbers say about the feeds behind them (registered with facts.freshness)."""
    now, known = timezone.now(), mappings()
    for feed in Feed.objects.all():
        found = known.get(feed.mapping)
        tables = frozenset(t.table for t in found.mapping.tables) if found else frozenset()
        yield Fresh(
            source=feed.title,
            last_success=feed.last_success_at,
            last_row_at=feed.last_received_at,
            lag=None if feed.last_success_at is None else max(now - feed.last_success_at, timedelta()),
            state=freshness_of(feed, now),
            tables=tables,
            url=reverse("datasources:feed", args=[feed.code]),
        )


# ---- one feed ----------------------------------------------------------------------------------------------------------


def receipts(feed: Feed, *, state: str = "", text: str = "") -> QuerySet[Receipt]:
    """What came by a feed, the newest first; narrowed by state and by text in identity, file name or note."""
    found = Receipt.objects.filter(feed=feed).select_related("raw", "load").order_by("-seq")
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(identity__icontains=text) | Q(name__icontains=text) | Q(note__icontains=text))
    return found


def receipt_counts(feed: Feed) -> list[tuple[str, str, int]]:
    """State, its name and how many receipts; those states that occur."""
    found = Receipt.objects.filter(feed=feed).order_by().values_list("state").annotate(n=Count("pk"))
    counts = dict(found)
    return [(state.value, state.label, counts[state]) for state in Receipt.State if state in counts]


def recent_loads(feed: Feed, most: int = 10) -> list[Load]:
    return list(Load.objects.filter(feed=feed.code).select_related("started_by")[:most])


@dataclass(frozen=True)
class Kept:
    """Raw input of a feed that is still there."""

    items: int
    size: int
    held: int


def kept(feed: Feed) -> Kept:
    found = RawItem.objects.filter(source=feed.code, deleted_at=None)
    sums = found.aggregate(n=Count("pk"), bytes=Sum("size"), on_hold=Count("pk", filter=Q(held=True)))
    return Kept(sums["n"], sums["bytes"] or 0, sums["on_hold"])
