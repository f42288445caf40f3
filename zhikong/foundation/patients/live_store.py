"""Live rows in bulk: arrays in one statement, because an ORM object a row costs ten times as much."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.patients.live_events import Told
from zhikong.foundation.patients.live_rules import Outcome, State, lost, told
from zhikong.foundation.patients.models import LiveRowHistory, SettledVersions

Name = tuple[str, str]
"""Table and key."""

_FIND = """
    SELECT r.table, r.key, r.row, r.stamps, r.version, r.removed, r.feed, r.receipt, r.received_at
    FROM patients_liverow AS r JOIN unnest(%s::text[], %s::text[]) AS w (t, k) ON r.table = w.t AND r.key = w.k
    WHERE r.institution_id = %s"""
_WRITE = """
    INSERT INTO patients_liverow AS known (institution_id, "table", key, stay_id, row, stamps, version, removed,
        feed, receipt, received_at, late, department_id)
    SELECT %s, w.t, w.k, w.stay, w.row, w.stamps, w.version, w.removed, %s, %s, %s, w.late, w.department
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[], %s::jsonb[], %s::bigint[], %s::bigint[], %s::bool[],
        %s::bigint[]) AS w (t, k, stay, row, stamps, version, removed, late, department)
    ON CONFLICT (institution_id, "table", key) DO UPDATE
    SET stay_id = CASE WHEN excluded.stay_id = '' THEN known.stay_id ELSE excluded.stay_id END,
        department_id = CASE WHEN known.stay_id = '' THEN excluded.department_id
            ELSE coalesce(known.department_id, excluded.department_id) END,
        row = excluded.row, stamps = excluded.stamps, version = excluded.version, removed = excluded.removed,
        feed = excluded.feed, receipt = excluded.receipt, received_at = excluded.received_at, reported_at = NULL"""


@dataclass(frozen=True)
class Source:
    """Where rows came from and when."""

    feed: str
    receipt: str
    received_at: datetime


@dataclass
class Held:
    """A row's state on its way through a chunk. source: who spoke of it last before; late: its facts are settled."""

    state: State
    stay_id: str
    source: Source | None = None
    late: bool = False
    written: bool = False


def lock() -> None:
    """Wait for others who write the institution's live store; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('zhikong.live'), %s)", [current_scope().institution_id]
        )


def write(
    chunk: Sequence[Told], source: Source, count: Callable[[Outcome], None], *, now: datetime
) -> set[str]:
    """Apply events in their order; returns the stays whose rows changed."""
    held, history = _held(chunk), []
    for one in chunk:
        row = held[one.table, one.key]
        before = row.state.copy()
        outcome = told(row.state, one.event)
        count(outcome)
        row.stay_id = row.stay_id or one.stay_id
        row.written = row.written or row.state != before
        if outcome is Outcome.OLDER:
            history.append(_past(one, one.event.values, one.event.version, outcome, source, source, now))
        elif before.values and lost(before.values, row.state):
            kind = Outcome.REMOVED if not row.state.values else Outcome.CHANGED
            history.append(_past(one, before.values, before.version, kind, row.source or source, source, now))
        if outcome is not Outcome.OLDER:
            row.source = source
    changed = {name: row for name, row in held.items() if row.written}
    _store(changed, source)
    LiveRowHistory.objects.bulk_create(history, batch_size=2_000)
    return {row.stay_id for row in changed.values() if row.stay_id}


def _past(
    one: Told, values, version, outcome: Outcome, former: Source, source: Source, now
) -> LiveRowHistory:
    kinds = {Outcome.OLDER: "older", Outcome.REMOVED: "removed"}
    return LiveRowHistory(
        institution_id=current_scope().institution_id,
        table=one.table,
        key=one.key,
        stay_id=one.stay_id,
        kind=kinds.get(outcome, "superseded"),
        row=dict(values),
        version=version,
        feed=former.feed,
        receipt=former.receipt,
        received_at=former.received_at,
        ended_by=source.feed,
        ended_receipt=source.receipt,
        ended_at=now,
    )


def _held(chunk: Sequence[Told]) -> dict[Name, Held]:
    """The present states of everything that a chunk speaks of: live, settled, or nothing yet."""
    names = {(one.table, one.key): one for one in chunk}
    held = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [[t for t, _ in names], [k for _, k in names], current_scope().institution_id])
        for table, key, row, stamps, version, removed, *whence in cursor.fetchall():
            state = State(_json(row), _json(stamps), version, removed)
            held[table, key] = Held(state, names[table, key].stay_id, Source(*whence))
    unknown = [one for name, one in names.items() if name not in held]
    settled = _settled({group_of(one.table, one.key, one.stay_id) for one in unknown})
    for one in unknown:
        group = settled.get(group_of(one.table, one.key, one.stay_id))
        state = _thawed((group or {}).get(one.table, {}).get(one.key))
        held[one.table, one.key] = Held(state, one.stay_id, late=group is not None)
    return held


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def group_of(table: str, key: str, stay_id: str) -> str:
    """What is settled together: a stay, or a row that belongs to none."""
    by_stay = table == "stays" or TABLES[table].child_of == "stays"
    return stay_id if by_stay and stay_id else f"{table} {key}"


def _settled(groups: Iterable[str]) -> dict[str, dict]:
    found = SettledVersions.objects.filter(group__in=list(groups)).values_list("group", "versions")
    return {group: json.loads(zlib.decompress(bytes(versions))) for group, versions in found}


def _thawed(kept: list | None) -> State:
    """A settled row's times; its values are in the lake."""
    if kept is None:
        return State()
    version, stamps, removed = kept
    return State({}, stamps, version, removed)


def _store(rows: dict[Name, Held], source: Source) -> None:
    held = list(rows.values())
    codes = dict(Department.objects.values_list("code", "pk"))
    arrays = [
        [table for table, _ in rows],
        [key for _, key in rows],
        [row.stay_id for row in held],
        [json.dumps(row.state.values, ensure_ascii=False) for row in held],
        [json.dumps(row.state.stamps) for row in held],
        [row.state.version for row in held],
        [row.state.removed for row in held],
        [row.late for row in held],
        [codes.get(row.state.values.get("department") or "") for row in held],
    ]
    with connection.cursor() as cursor:
        where = [current_scope().institution_id, source.feed, source.receipt, source.received_at]
        cursor.execute(_WRITE, [*where, *arrays])
