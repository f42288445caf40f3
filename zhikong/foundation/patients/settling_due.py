"""Which live rows are due for the lake, and what is remembered of those that went."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import gateway
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients.live_store import group_of
from zhikong.foundation.patients.models import LiveRow, SettledVersions

BY_STAY = tuple(name for name, table in TABLES.items() if name == "stays" or table.child_of == "stays")

_REMEMBER = """
    INSERT INTO patients_settledversions AS known (institution_id, "group", settled_at, front_page_at, versions)
    SELECT %s, w.g, %s, w.front, w.versions
    FROM unnest(%s::text[], %s::timestamptz[], %s::bytea[]) AS w (g, front, versions)
    ON CONFLICT (institution_id, "group") DO UPDATE SET settled_at = excluded.settled_at,
        front_page_at = coalesce(excluded.front_page_at, known.front_page_at), versions = excluded.versions"""


def due_rows(*, now: datetime, after: timedelta, limit: int) -> list[LiveRow]:
    """Everything of due stays, and rows without a stay that have rested as long as a stay does."""
    stays = _due_stays(now, after, limit)
    of_stays = LiveRow.objects.filter(table__in=BY_STAY, stay_id__in=stays)
    alone = LiveRow.objects.exclude(table__in=BY_STAY).filter(
        received_at__lte=now - after, reported_at__isnull=True
    )
    return [*of_stays.order_by("pk"), *alone.order_by("pk")[: limit * 20]]


def _due_stays(now: datetime, after: timedelta, limit: int) -> list[str]:
    """Discharged long enough ago, or with a front page, or facts already; those reported before wait for news."""
    zone = ZoneInfo(institution().time_zone)
    left = (now - after).astimezone(zone).replace(tzinfo=None).isoformat()
    unreported = LiveRow.objects.filter(reported_at__isnull=True)
    closed = unreported.filter(table="stays", late=False).filter(
        Q(row__discharged_at__lte=left) | Q(front_page_at__isnull=False)
    )
    late = unreported.filter(late=True, table__in=BY_STAY)
    found = list(late.values_list("stay_id", flat=True).distinct()[:limit])
    found += closed.order_by("row__discharged_at").values_list("stay_id", flat=True)[:limit]
    found += _facts_already(unreported)
    return list(dict.fromkeys(found))[:limit]


def _facts_already(rows: QuerySet[LiveRow]) -> list[str]:
    """Stays that nobody discharged here but that are in the lake: their front page came before the feed spoke."""
    waiting = set(_without_stay(rows).values_list("stay_id", flat=True))
    open_here = rows.filter(table="stays", late=False, row__discharged_at__isnull=True).exclude(row={})
    waiting.update(open_here.values_list("stay_id", flat=True))
    return sorted(gateway.known_stays(waiting)) if waiting else []


def _without_stay(rows: QuerySet[LiveRow]) -> QuerySet[LiveRow]:
    stay = LiveRow.objects.filter(table="stays", stay_id=OuterRef("stay_id"))
    children = rows.filter(table__in=BY_STAY, late=False).exclude(table="stays")
    return children.filter(~Exists(stay))


def orphans(*, before: datetime) -> list[LiveRow]:
    """Rows that have waited too long for a stay that nobody knows, and were not reported yet."""
    rows = LiveRow.objects.filter(reported_at__isnull=True, received_at__lte=before).exclude(row={})
    waiting = list(_without_stay(rows).order_by("pk")[:10_000])
    known = gateway.known_stays({row.stay_id for row in waiting}) if waiting else frozenset()
    return [row for row in waiting if row.stay_id not in known]


# ---- what is remembered ------------------------------------------------------------------------------------------------


def settled_groups(rows: Iterable[LiveRow]) -> dict[str, SettledVersions]:
    """What is remembered of the groups of these rows."""
    groups = {group_of(row.table, row.key, row.stay_id) for row in rows}
    return {one.group: one for one in SettledVersions.objects.filter(group__in=groups)}


def remember(rows: Sequence[LiveRow], *, now: datetime) -> None:
    """Keep how new each column was that went to the lake: an older event that comes later must not win there."""
    known = settled_groups(rows)
    kept = {group: json.loads(zlib.decompress(bytes(one.versions))) for group, one in known.items()}
    fronts: dict[str, datetime | None] = {}
    for row in rows:
        group = group_of(row.table, row.key, row.stay_id)
        kept.setdefault(group, {}).setdefault(row.table, {})[row.key] = frozen(row)
        fronts[group] = fronts.get(group) or row.front_page_at
    with connection.cursor() as cursor:
        where = [current_scope().institution_id, now]
        written = [zlib.compress(json.dumps(kept[g], separators=(",", ":")).encode()) for g in fronts]
        cursor.execute(_REMEMBER, [*where, list(fronts), list(fronts.values()), written])


def frozen(row: LiveRow) -> list:
    """The times of a row's columns, without its values: as live_store reads them again."""
    stamps = {name: row.stamps.get(name, row.version) for name in {*row.row, *row.stamps}}
    return [row.version, stamps, row.removed]


def note_front_pages(*, file: Path, now: datetime) -> None:
    """A whole delivery brought the front pages of the stays in a file: what feeds said before yields to them.

    Called in the transaction that publishes them, which holds the lock that settling waits for.
    """
    if not LiveRow.objects.exists() and not SettledVersions.objects.exists():
        return
    for batch in pq.ParquetFile(file).iter_batches(batch_size=10_000, columns=["stay_id"]):
        part = batch["stay_id"].to_pylist()
        LiveRow.objects.filter(stay_id__in=part, table="stays").update(front_page_at=now, reported_at=None)
        SettledVersions.objects.filter(group__in=part).update(front_page_at=now)
