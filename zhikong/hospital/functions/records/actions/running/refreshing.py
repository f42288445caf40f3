"""Bring obligations and defects of open stays in step with what feeds told and with the time.

One transaction: a killed process leaves everything as it was, and the same check again changes nothing. What a rule
could not judge this time, because it broke or data are missing, stays as it was known: it is no pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.patients.models import LiveRow
from zhikong.hospital.functions.records.actions.running import alerting, defects, obligations
from zhikong.hospital.functions.records.models import Obligation, StayCheck
from zhikong.hospital.functions.records.queries.running.judged import judged
from zhikong.hospital.functions.records.rules_running import next_moment

BATCH = 200
"""Stays that are judged together: their live rows come in one query."""
_TOUCH = """
    INSERT INTO records_staycheck (institution_id, stay_id, touches, seen, touched_at, rules)
    SELECT %s, w.stay, 1, -1, %s, '' FROM unnest(%s::text[]) AS w (stay) ORDER BY w.stay
    ON CONFLICT (institution_id, stay_id) DO UPDATE
    SET touches = records_staycheck.touches + 1, touched_at = excluded.touched_at"""
_SEEN = """
    UPDATE records_staycheck AS c SET seen = w.seen, checked_at = %s, next_at = w.next, rules = %s
    FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[]) AS w (stay, seen, next)
    WHERE c.institution_id = %s AND c.stay_id = w.stay"""


@dataclass(frozen=True)
class Refreshed:
    """What a check did: stays judged, obligations and defects that are new or changed, notices that went out."""

    stays: int = 0
    obligations: int = 0
    defects: int = 0
    notices: int = 0

    def __add__(self, other: Refreshed) -> Refreshed:
        return Refreshed(
            self.stays + other.stays,
            self.obligations + other.obligations,
            self.defects + other.defects,
            self.notices + other.notices,
        )


def touch(stay_ids: Collection[str], *, now: datetime) -> None:
    """Note that something was told of these stays; the worker looks at them within a minute."""
    if not stay_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [current_scope().institution_id, now, sorted(stay_ids)])


@transaction.atomic
def refresh_due(*, by, now: datetime, fingerprint: str, limit: int = 1_000) -> Refreshed:
    """Check the stays that were told of, whose time has come, or that were checked by other rules.

    fingerprint: of the rules in force; a new one makes every stay due.
    """
    require(by, Permission.MANAGE_DATA)
    _lock()
    due = StayCheck.objects.filter(
        Q(touches__gt=F("seen")) | Q(next_at__lte=now) | ~Q(rules=fingerprint)
    ).order_by(F("checked_at").asc(nulls_first=True), "pk")
    done = Refreshed()
    found = list(due.values_list("stay_id", "touches", "seen", "rules")[:limit])
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        told = {stay for stay, touches, seen, rules in part if touches > seen or rules != fingerprint}
        done += _check({stay: touches for stay, touches, *_ in part}, now, fingerprint, told=told)
    return done


@transaction.atomic
def refresh_all(*, by, now: datetime, fingerprint: str) -> Refreshed:
    """Check every stay of the live store together, also those that nobody was told of yet."""
    require(by, Permission.MANAGE_DATA)
    _lock()
    live = LiveRow.objects.filter(table="stays", late=False).exclude(row={})
    _remember(live.values_list("stay_id", flat=True), now)
    return _check(dict(StayCheck.objects.values_list("stay_id", "touches")), now, fingerprint)


def _remember(stay_ids: Iterable[str], now: datetime) -> None:
    known = set(StayCheck.objects.values_list("stay_id", flat=True))
    touch(set(stay_ids) - known, now=now)


def _lock() -> None:
    """One check at a time for an institution; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('zhikong.running'), %s)", [current_scope().institution_id]
        )


def _check(
    touches: dict[str, int], now: datetime, fingerprint: str, *, told: Collection[str] | None = None
) -> Refreshed:
    """Judge some stays and write what changed. touches: stay -> how often it was told of when the check began.

    told: of which something was told since; None: these are all stays, and everything is asked.
    """
    found = judged(touches, now=now, told=told, whole=told is None)
    changed = obligations.follow(found, asked=touches, now=now)
    read = touches.keys() if told is None else set(told) | (touches.keys() - found.stays.keys())
    mended = defects.follow(found, asked=read, now=now)
    notices = alerting.announce(changed, mended, rules=found.titles, now=now)
    _note(touches, found.stays, now, fingerprint)
    return Refreshed(len(found.stays), len(changed.rows), len(mended.rows), notices)


def _note(touches: dict[str, int], stays: Collection[str], now: datetime, fingerprint: str) -> None:
    """Write down that the stays were checked; those that left the live store need no more checks.

    A stay of which something is being told right now is left for the next turn: feeds never wait for a check.
    """
    free = set(
        StayCheck.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(stay_id__in=list(touches))
        .values_list("stay_id", flat=True)
    )
    gone = [stay for stay in free if stay not in stays]
    StayCheck.objects.filter(stay_id__in=gone).delete()
    kept = sorted(free & set(stays))
    times = _times(kept)
    with connection.cursor() as cursor:
        values = [[touches[stay] for stay in kept], [next_moment(times.get(stay, []), now) for stay in kept]]
        cursor.execute(_SEEN, [now, fingerprint, kept, *values, current_scope().institution_id])


def _times(stays: list[str]) -> dict[str, list[tuple]]:
    """Stay -> (warn_at, due_at) of its open obligations."""
    rows = Obligation.objects.filter(stay_id__in=stays, ended_at=None, state__in=Obligation.OPEN)
    found: dict[str, list[tuple]] = {}
    for stay, warn_at, due_at in rows.values_list("stay_id", "warn_at", "due_at"):
        found.setdefault(stay, []).append((warn_at, due_at))
    return found
