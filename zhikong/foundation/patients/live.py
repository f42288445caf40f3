"""The live store: what feeds tell of stays that are not closed facts yet (decision 3, ADR 0022).

apply() takes the tables of a live reading, rows() gives what is known of open stays, settle() carries closed stays
into the lake. One at a time for an institution; each is one transaction, so that a killed process leaves the store as
it was before, and the same events again change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients import listeners, live_stays, live_store
from zhikong.foundation.patients.live_events import events, typed
from zhikong.foundation.patients.live_rules import Outcome
from zhikong.foundation.patients.models import LiveRow
from zhikong.foundation.patients.settling import Settled as Settled
from zhikong.foundation.patients.settling import settle as settle
from zhikong.foundation.patients.settling_due import note_front_pages as note_front_pages


@dataclass
class Applied:
    """How many rows the events of a delivery made, changed, left as they were, came too late for, or took back."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    removed: int = 0

    def count(self, outcome: Outcome) -> None:
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)


@transaction.atomic
def apply(
    *,
    by,
    now: datetime,
    tables: Mapping[str, Path],
    feed: str,
    received_at: datetime,
    removed: Mapping[str, Path] | None = None,
    receipt: str = "",
) -> Applied:
    """Take in the rows of a live reading (`Reading.tables` and `Reading.removed`); doing it again changes nothing.

    feed, receipt: where the rows came from, kept with each row. received_at: counts as the time of events that have
    none. Keeps the list of patients in hospital, their beds and the treating departments in step.
    """
    require(by, Permission.MANAGE_DATA)
    live_store.lock()
    zone, applied = institution().time_zone, Applied()
    source = live_store.Source(feed, receipt, received_at)
    touched: set[str] = set()
    for table in dict.fromkeys([*tables, *(removed or {})]):
        files = (tables.get(table), (removed or {}).get(table))
        for chunk in events(table, *files, zone=zone, arrived=micros(received_at)):
            touched |= live_store.write(chunk, source, applied.count, now=now)
    live_stays.follow(by=by, now=now, stay_ids=touched, zone=zone)
    listeners.tell(touched, now=now)
    return applied


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)


def rows(table: str, *, stay_id: str | None = None, department_id: int | None = None) -> list[dict[str, Any]]:
    """Rows of a contract table of open stays, of the departments in scope; columns that nobody spoke of are absent."""
    return live_rows(stay_id=stay_id, department_id=department_id, tables=[table]).get(table, [])


def live_rows(
    *, stay_id: str | None = None, department_id: int | None = None, tables=None
) -> dict[str, list[dict[str, Any]]]:
    """All that is known of one stay or of a department's open stays: contract table -> rows, in one query.

    Rows without a number of their own (transfers) get it here, in the order of their time.
    """
    found = LiveRow.objects.filter(late=False).exclude(row={})
    if stay_id is not None:
        found = found.filter(stay_id=stay_id)
    if department_id is not None:
        found = found.filter(department_id=department_id)
    if tables is not None:
        found = found.filter(table__in=tables)
    result: dict[str, list[dict[str, Any]]] = {}
    for name, row in found.order_by("table", "key").values_list("table", "row"):
        result.setdefault(name, []).append(typed(name, row))
    return {name: live_stays.numbered(name, listed) for name, listed in result.items()}
