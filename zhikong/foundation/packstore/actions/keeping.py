"""Keeping a text that is in use, whatever becomes of the package it came from."""

from __future__ import annotations

from datetime import date, datetime

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.packstore import queries
from zhikong.foundation.packstore.models import Content
from zhikong.foundation.packstore.queries import Resolved


class NotInForce(LookupError):
    """Nothing of that kind and id is in force on the day."""


def pin(kind: str, id: str, *, on: date, now: datetime) -> Resolved:
    """The definition in force on a day, its text kept in the database, so that what is in use outlives the package.

    Raises NotInForce, and queries.Broken when it cannot be read.
    """
    found = queries.resolve(kind, id, on=on)
    if found is None:
        raise NotInForce(f"{kind} {id}")
    keep(found, now=now)
    return found


def keep(found: Resolved, *, now: datetime) -> None:
    """Keep a text under its hash; keeping it again changes nothing, also when two do it at once."""
    if queries.is_kept(found.kind, found.hash):
        return
    row = Content(
        institution_id=current_scope().institution_id, kind=found.kind, definition_id=found.id,
        version=found.version, hash=found.hash, origin=found.origin, title=found.title[:200],
        text=found.text, kept_at=now,
    )  # fmt: skip
    Content.objects.bulk_create([row], ignore_conflicts=True)
