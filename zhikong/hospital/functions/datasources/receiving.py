"""Taking contents in: kept raw, given a place in the order of arrival, and told apart from what came before.

``receive`` returns when raw content and receipt are committed: only then may a message be acknowledged. (Inside an
open transaction, a page's for instance, they are committed with it.)
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope_or_none, job_scope, scoped
from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import Load
from zhikong.hospital.functions.datasources.models import Feed, Receipt

State = Receipt.State
FILES = "files"
"""Code of the feed of files that people hand in."""


@dataclass(frozen=True)
class Delivery:
    """One content with its identity; name: its file name, part: source of the mapping it belongs to."""

    content: bytes | Path
    identity: str = ""
    note: str = ""
    name: str = ""
    part: str = ""


def receive(*, feed: Feed, now: datetime, content: bytes | Path, identity: str, note: str = "") -> Receipt:
    """Take one content in. Without an identity its hash is one.

    The same content under the same identity gives a receipt in state duplicate; another content supersedes the
    earlier receipt. Raises raw.DiskFull or raw_keys.KeyMissing: then nothing was taken, and nothing may be
    acknowledged.
    """
    return receive_all(feed=feed, now=now, deliveries=[Delivery(content, identity, note)])[0]


def receive_all(
    *, feed: Feed, now: datetime, deliveries: Sequence[Delivery], load: Load | None = None
) -> list[Receipt]:
    """Take several contents in with one commit; all or none. load: what will bring them in, when that is known."""
    scope = current_scope_or_none()
    inside = nullcontext() if scope else scoped(job_scope(feed.institution_id, job=f"feed.{feed.code}"))
    with inside, transaction.atomic():
        kept = [
            raw.keep(
                now=now,
                content=d.content,
                kind=feed.kind,
                source=feed.code,
                retention_days=feed.retention_days,
            )
            for d in deliveries
        ]
        _lock(feed)
        _note_time(feed, now)
        last = Receipt.objects.filter(feed=feed).aggregate(last=Max("seq"))["last"] or 0
        return [
            _noted(feed, now, delivery, item, last + place, load)
            for place, (delivery, item) in enumerate(zip(deliveries, kept, strict=True), start=1)
        ]


def _lock(feed: Feed) -> None:
    """The order of arrival within a feed is the order of commits; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zhikong.receipts'), %s)", [feed.pk])


def _note_time(feed: Feed, now: datetime) -> None:
    """The page shows minutes: a time for every message would be a line in the audit trail for every message."""
    if feed.last_received_at is None or now - feed.last_received_at > timedelta(minutes=1):
        feed.last_received_at = now
        Feed.objects.filter(pk=feed.pk).update(last_received_at=now)


def _noted(feed: Feed, now: datetime, delivery: Delivery, item, seq: int, load: Load | None) -> Receipt:
    identity = (delivery.identity or f"sha256:{item.sha256}")[:200]
    earlier = (
        Receipt.objects.filter(feed=feed, identity=identity)
        .exclude(state=State.DUPLICATE)
        .order_by("-seq")
        .first()
    )
    same = earlier is not None and earlier.sha256 == item.sha256
    if earlier is not None and not same:
        earlier.state = State.SUPERSEDED
        earlier.note = _("已被第 %(seq)d 份更正") % {"seq": seq}
        earlier.save(update_fields=["state", "note"])
    return Receipt.objects.create(
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
        state=State.DUPLICATE if same else State.WAITING,
        load=load,
        supersedes=earlier if earlier is not None and not same else None,
        note=delivery.note[:300],
    )


def process(*, feed: Feed, now: datetime, limit: int = 2000) -> list[Load]:
    """Bring in what waits, in order of arrival, at most ``limit`` contents to a load; gives the loads it ended.

    May be called again at any time, also after a kill -9: what was not marked as applied is done again, and marking
    commits with the effect. Another process that brings data in just now makes it return an empty list.
    """
    from zhikong.hospital.functions.datasources import processing  # which imports this module's names

    return processing.process(feed=feed, now=now, limit=limit)
