"""SQL reads of the trail as text, so that a digest does not depend on how a driver reads numbers and times."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from zhikong.foundation.audit.rules import Seal, event_digest

FIELDS = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), institution_id::text, subject, row_key,
    action, before::text, after::text, actor, user_id::text, request, database_role"""


def digests(cursor: Any, key: bytes, events: Sequence[int]) -> dict[int, str]:
    """Event id → digest of the event as it is now; events that are not there are left out."""
    cursor.execute(f"SELECT id, {FIELDS} FROM audit_auditevent WHERE id = ANY(%s)", [list(events)])  # noqa: S608
    return {number: event_digest(key, fields) for number, *fields in cursor.fetchall()}


def seals(cursor: Any, *, after: int = 0, batch: int = 50) -> Iterator[Seal]:
    """Seals with a number above ``after``, in order, read in batches because a seal can hold thousands of ids."""
    while True:
        cursor.execute(
            """SELECT number, to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), events::text,
                      previous, digest
                 FROM audit_auditseal WHERE number > %s ORDER BY number LIMIT %s""",
            [after, batch],
        )
        rows = cursor.fetchall()
        for number, sealed_at, events, previous, digest in rows:
            pairs = [(event, mark) for event, mark in json.loads(events)]
            yield Seal(number, sealed_at, pairs, previous, digest)
        if len(rows) < batch:
            return
        after = rows[-1][0]


def insert_seal(cursor: Any, seal: Seal) -> None:
    cursor.execute(
        """INSERT INTO audit_auditseal (number, sealed_at, events, previous, digest)
           VALUES (%s, %s::timestamp AT TIME ZONE 'UTC', %s::jsonb, %s, %s)""",
        [seal.number, seal.sealed_at, json.dumps(seal.events), seal.previous, seal.digest],
    )


def origins(cursor: Any, marks: Sequence[str]) -> dict[str, int]:
    """Digest → id of the event that was sealed with it, in whichever seal."""
    if not marks:
        return {}
    cursor.execute(
        """SELECT pair ->> 1, (pair ->> 0)::bigint FROM audit_auditseal, jsonb_array_elements(events) pair
            WHERE pair ->> 1 = ANY(%s)""",
        [list(marks)],
    )
    return dict(cursor.fetchall())


def last_seal(cursor: Any) -> tuple[int, str] | None:
    """(number, digest) of the newest seal, or None."""
    cursor.execute("SELECT number, digest FROM audit_auditseal ORDER BY number DESC LIMIT 1")
    return cursor.fetchone()
