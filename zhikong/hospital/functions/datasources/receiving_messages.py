"""Taking many messages in with one commit: what `receiving.receive_all` does, with a few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from zhikong.foundation.facts import raw_messages
from zhikong.hospital.functions.datasources import receiving
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.receiving import Delivery, State

_INSERT = """
    INSERT INTO datasources_receipt (institution_id, feed_id, seq, identity, name, part, sha256, size, raw_id,
        received_at, state, note)
    SELECT %s, %s, before.seq + place, identity, name, part, sha256, size, raw_id, %s, state, note
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[],
        %s::text[]) AS new (place, identity, name, part, sha256, size, raw_id, state, note),
        (SELECT coalesce(max(seq), 0) AS seq FROM datasources_receipt WHERE feed_id = %s) AS before
"""


def receive_messages(*, feed: Feed, now: datetime, deliveries: Sequence[Delivery]) -> None:
    """As `receive_all`, for contents in memory; the caller has set the scope, whose transaction it spoils when it fails.

    A correction (another content under a known identity) is rare and goes the usual way, with everything that came
    together with it.
    """
    with transaction.atomic(savepoint=False):  # one message alone pays for every statement
        receiving._lock(feed)
        kept = raw_messages.keep_all(
            now=now,
            contents=[one.content for one in deliveries],
            kind=feed.kind,
            source=feed.code,
            retention_days=feed.retention_days,
        )
        pairs = zip(deliveries, kept, strict=True)
        identities = [(one.identity or f"sha256:{item.sha256}")[:200] for one, item in pairs]
        seen, states = _known(feed, identities), []
        for identity, item in zip(identities, kept, strict=True):
            states.append(State.DUPLICATE if identity in seen else State.WAITING)
            if seen.setdefault(identity, item.sha256) != item.sha256:
                receiving.receive_all(feed=feed, now=now, deliveries=deliveries)
                return
        receiving._note_time(feed, now)
        _insert(feed, now, deliveries, kept, identities, states)


def _known(feed: Feed, identities: Sequence[str]) -> dict[str, str]:
    """Identity -> hash of the newest content that counts under it."""
    found = Receipt.objects.filter(feed=feed, identity__in=set(identities)).exclude(state=State.DUPLICATE)
    return dict(found.order_by("seq").values_list("identity", "sha256"))


def _insert(feed: Feed, now: datetime, deliveries, kept, identities, states) -> None:
    columns = [
        list(range(1, len(kept) + 1)),
        identities,
        [one.name[:255] for one in deliveries],
        [one.part for one in deliveries],
        [item.sha256 for item in kept],
        [item.size for item in kept],
        [item.id for item in kept],
        [str(state) for state in states],
        [one.note[:300] for one in deliveries],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [feed.institution_id, feed.pk, now, *columns, feed.pk])
