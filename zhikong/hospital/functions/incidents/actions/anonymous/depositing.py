"""Putting what a writer sends into the spool. Runs in the web server; touches no database."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from zhikong.hospital.functions.incidents.spool import keys, records, sealing, slots
from zhikong.hospital.functions.incidents.spool.places import places
from zhikong.hospital.functions.incidents.spool.tickets import Ticket

HOUR = 3600
HOLD_HOURS = 24  # a day: when a row appears then says nothing of when it was written


def deposit(
    *,
    ticket: Ticket,
    institution: int,
    kind: str,
    fields: Mapping[str, Any],
    now: float,
    photos: Sequence[bytes] = (),
    at_once: bool = False,
) -> None:
    """Keep it durably, sealed. Raises NotReady, SpoolFull, OSError, TooLong: then nothing was kept.

    at_once: the writer was warned and wants the office to have it within a minute. now: seconds since 1970.
    """
    due = 0 if at_once else due_after(now)
    content = records.packed(records.Record(ticket.record, institution, kind, due, fields, tuple(photos)))
    where = places()
    sealed = sealing.seal(content, keys.public_key(where), slots.CONTENT)
    if not slots.is_ready(where):
        raise keys.NotReady("no slots yet")
    slots.put(where, tag=ticket.tag(settings.SPEAK_SECRET.encode()), content=sealed, urgent=at_once)


def due_after(now: float) -> int:
    """The full hour from which a record may be taken over: one of the next few, drawn by lot."""
    return int(now) // HOUR * HOUR + (1 + secrets.randbelow(hold_hours())) * HOUR


def hold_hours() -> int:
    """Among how many full hours the lot is drawn; 1: always the next one."""
    return max(1, int(getattr(settings, "SPEAK_HOLD_HOURS", HOLD_HOURS)))
