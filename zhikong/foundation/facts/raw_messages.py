"""Keeping many small contents at once: what `raw.keep` does for one, with three statements for all.

A listener takes thousands of messages a minute; one by one, asking the database takes longer than keeping them. The
rows are written as arrays, because making a model of each takes longer than everything else together.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import raw, raw_keys
from zhikong.foundation.facts.models import RawItem
from zhikong.foundation.files.storage import framing

_INSERT = """
    INSERT INTO facts_rawitem (institution_id, address, sha256, size, kind, source, received_at, retain_until, key,
        sealed, held)
    SELECT %s, address, sha256, size, %s, %s, %s, %s, %s, sealed, false
      FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bytea[]) AS new (address, sha256, size, sealed)
    RETURNING address, id
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that is kept: the row's id, the content's hash and size."""

    id: int
    sha256: str
    size: int


def keep_all(
    *, now: datetime, contents: Sequence[bytes], kind: str, source: str, retention_days: int
) -> list[Kept]:
    """Keep contents as `raw.keep` would, one after the other; one row for each, the same one for equal contents.

    Durable when the caller's transaction commits. Raises DiskFull, or KeyMissing when the key is gone.
    """
    institution_id = current_scope().institution_id
    until = timezone.localdate(now) + timedelta(days=retention_days)
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    addresses = [raw.address_of(institution_id, digest) for digest in digests]
    ids = _known(set(addresses), until)
    fresh: dict[str, tuple[str, bytes]] = {}
    for content, digest, address in zip(contents, digests, addresses, strict=True):
        if ids.get(address) is not None or address in fresh:
            continue
        if address in ids or len(content) > raw.SMALL:
            kept = raw.keep(now=now, content=content, kind=kind, source=source, retention_days=retention_days)
            ids[address] = kept.pk
        else:
            fresh[address] = (digest, content)
    ids |= _inserted(institution_id, fresh, (kind, source, now, until)) if fresh else {}
    return [
        Kept(ids[address], digest, len(content))
        for address, digest, content in zip(addresses, digests, contents, strict=True)
    ]


def _known(addresses: set[str], until: date) -> dict[str, int | None]:
    """Address -> id of what is kept, in its row, for long enough; None where `raw.keep` has something to do."""
    found = RawItem.objects.filter(address__in=addresses)
    rows = found.values_list("address", "id", "deleted_at", "size", "retain_until")
    return {
        address: number if deleted_at is None and size <= raw.SMALL and retained >= until else None
        for address, number, deleted_at, size, retained in rows
    }


def _inserted(institution_id: int, fresh: dict[str, tuple[str, bytes]], common: tuple) -> dict[str, int]:
    number, key = raw_keys.sealing_key(sealed_with=raw._newest_key())
    columns = (
        list(fresh),
        [digest for digest, _ in fresh.values()],
        [len(content) for _, content in fresh.values()],
        [_sealed(content, key, address) for address, (_, content) in fresh.items()],
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [institution_id, *common, number, *columns])
        return dict(cursor.fetchall())


def _sealed(content: bytes, key: bytes, address: str) -> bytes:
    buffer = io.BytesIO()
    framing.write([content], buffer, key=key, address=address)
    return buffer.getvalue()
