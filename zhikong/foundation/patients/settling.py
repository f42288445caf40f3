"""Closed stays leave the live store for the lake: one commit, so that a killed process leaves either nothing or all.

A stay is due some hours after its discharge, or when its front page has come. Rows for stays that are facts already
follow at the next turn. What would break the contract, or has no stay, waits here and is reported once.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.locks import lock_publication
from zhikong.foundation.facts.models import Load
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients import listeners
from zhikong.foundation.patients import settling_due as due
from zhikong.foundation.patients import settling_rows as rows
from zhikong.foundation.patients.live_store import group_of, lock
from zhikong.foundation.patients.models import LiveRow
from zhikong.foundation.patients.settling_problems import problems_of

AFTER = timedelta(hours=24)
"""How long after its discharge a stay is settled: the last orders, results and signatures are in by then."""
ORPHANS_AFTER = timedelta(days=3)
"""How long a row waits for its stay before it is reported."""
SOURCE = "live"
_WORK = ".settle-"


@dataclass(frozen=True)
class Settled:
    """What a turn did. load: where it is recorded, None when nothing was due; rows: that left the live store.

    waiting: rows that had to stay, each reported once.
    """

    load: Load | None = None
    stays: int = 0
    rows: int = 0
    waiting: int = 0


@transaction.atomic
def settle(
    *,
    by,
    now: datetime,
    after: timedelta = AFTER,
    orphans_after: timedelta = ORPHANS_AFTER,
    limit: int = 2_000,
) -> Settled:
    """Carry due stays, rows without stays, and late rows into the lake. Again right away, it finds nothing to do.

    limit: stays of one turn; call again while `stays` reaches it. after, orphans_after: see AFTER, ORPHANS_AFTER.
    """
    require(by, Permission.MANAGE_DATA)
    lock_publication(
        current_scope().institution_id
    )  # first this, then the store's: publishing takes both that way
    lock()
    found = due.due_rows(now=now, after=after, limit=limit)
    orphans = due.orphans(before=now - orphans_after)
    if not found and not orphans:
        return Settled()
    load = _begin(by, now)
    published = _publish(by, now, load, found)
    refused = [] if published is None else published.merge.refused
    done = _leave(found, {one.id for one in refused}, now)
    reported = _report(by, load, found, refused, orphans, now)
    return _end(load, now, published, done, reported)


def _begin(by, now: datetime) -> Load:
    return Load.objects.create(
        institution_id=current_scope().institution_id,
        source_name=_("在院数据转入"),
        mapping=SOURCE,
        state=Load.State.RUNNING,
        started_at=now,
        started_by=by,
    )


def _publish(by, now: datetime, load: Load, found: Sequence[LiveRow]) -> facts.Published | None:
    if not found:
        return None
    root = lake.root(institution().code)
    for left in root.glob(f"{_WORK}*"):  # of processes that died; the lock is ours
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_WORK, dir=root) as name:
        tables, removed = rows.write(found, due.settled_groups(found), Path(name))
        return facts.publish(
            by=by, now=now, tables=tables, removed=removed, folder=Path(name), load=load, complete=False
        )


def _leave(found: Sequence[LiveRow], refused: set[int], now: datetime) -> list[LiveRow]:
    """Rows that are facts now leave the store; those of settled stays that could not go wait as late ones."""
    done = [row for row in found if row.pk not in refused]
    due.remember(done, now=now)
    LiveRow.objects.filter(pk__in=[row.pk for row in done]).delete()
    settled = {group_of(row.table, row.key, row.stay_id) for row in done if row.table == "stays"}
    waiting = [row.pk for row in found if row.pk in refused and row.stay_id in settled]
    LiveRow.objects.filter(pk__in=waiting).update(late=True)
    listeners.tell(settled, now=now)
    return done


def _report(by, load: Load, found, refused, orphans: Sequence[LiveRow], now: datetime) -> list[int]:
    """Quarantine what waits, each row once; a row whose stay itself is reported is not reported beside it."""
    by_id = {row.pk: row for row in found}
    stays = {by_id[one.id].stay_id for one in refused if one.table == "stays"}
    told = [
        one
        for one in refused
        if by_id[one.id].reported_at is None
        and not (one.reason == "no_stay" and by_id[one.id].stay_id in stays)
    ]
    facts.quarantine(by=by, load=load, problems=problems_of(told, by_id, orphans))
    numbers = [one.id for one in told] + [row.pk for row in orphans]
    LiveRow.objects.filter(pk__in=numbers).update(reported_at=now)
    return sorted(set(numbers))


def _end(load: Load, now: datetime, published, done: Sequence[LiveRow], reported: Sequence[int]) -> Settled:
    merge = published.merge if published else None
    tables: dict[str, int] = {}
    for row in done:
        tables[row.table] = tables.get(row.table, 0) + 1
    load.counts = {
        "delivered": len(done) + len(reported),
        "faulty": len(reported),
        "new_stays": merge.new if merge else 0,
        "changed_stays": merge.changed if merge else 0,
        "unchanged_stays": merge.unchanged if merge else 0,
        "tables": tables,
    }
    load.months = published.months if published else []
    changed = published is not None and published.publication is not None
    load.state = Load.State.PUBLISHED if changed else Load.State.UNCHANGED
    load.message = _("在院数据转入：新增住院 %(new)d 次，更新 %(changed)d 次，%(waiting)d 行待补。") % {
        "new": load.counts["new_stays"],
        "changed": load.counts["changed_stays"],
        "waiting": len(reported),
    }
    load.finished_at = now
    load.save()
    stays = sum(row.table == "stays" for row in done)
    return Settled(load, stays, len(done), len(reported))
