"""The sealer: each minute the new events of all institutions go under one seal, chained to the seal before.

The unsealed window is what has happened since the last seal, normally up to a minute: within it somebody who
rules the database server can change the trail unseen. Afterwards he cannot.
"""

from datetime import UTC, datetime

from django.db import connections, transaction

from zhikong.foundation.audit import places, trail
from zhikong.foundation.audit.rules import BEGINNING, GONE, Seal, seal_digest

LARGEST_BATCH = 5000
ONE_SEALER = 7_419_008  # number of the advisory lock, any constant


def seal_all(*, now: datetime, using: str = "default") -> int:
    """Seal everything that is committed, then copy the heads to the second place; returns the number of seals."""
    count = 0
    while seal_batch(now=now, using=using):
        count += 1
    publish_heads(using=using)
    return count


def seal_batch(*, now: datetime, using: str = "default") -> Seal | None:
    """Put one seal on up to 5000 waiting events; None when nothing waits. Two sealers cannot collide."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])
        waiting = _waiting(cursor)
        if not waiting:
            return None
        seal = _seal(cursor, waiting, now)
        trail.insert_seal(cursor, seal)
        cursor.execute("DELETE FROM audit_auditpending WHERE event_id = ANY(%s)", [waiting])
        return seal


def publish_heads(*, using: str = "default") -> None:
    """Write the heads that the second place lacks; after a crash between the two the next run catches up."""
    known = max((head.number for head in places.read_heads()), default=0)
    with connections[using].cursor() as cursor:
        missing = list(trail.seals(cursor, after=known))
    if missing:
        places.append_heads(missing)


def _waiting(cursor) -> list[int]:
    cursor.execute("SELECT event_id FROM audit_auditpending ORDER BY event_id LIMIT %s", [LARGEST_BATCH])
    return [row[0] for row in cursor.fetchall()]


def _seal(cursor, waiting: list[int], now: datetime) -> Seal:
    """A number that was ever given, here or in the second place, is not given again: a cut stays visible."""
    last = trail.last_seal(cursor)
    heads = places.read_heads()
    key = places.sealing_key(may_create=last is None and not heads)
    highest = max([last[0] if last else 0, *(head.number for head in heads)])
    present = trail.digests(cursor, key, waiting)
    seal = Seal(
        number=highest + 1,
        sealed_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        events=[(event, present.get(event, GONE)) for event in waiting],
        previous=last[1] if last else BEGINNING,
        digest="",
    )
    return Seal(seal.number, seal.sealed_at, seal.events, seal.previous, seal_digest(key, seal))
