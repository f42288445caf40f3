"""From what was received to what readers see: one load after the other, in order of arrival, each restartable.

The order of the house: whoever holds the institution's lock is the only one who brings data in, and first finishes
what others left unfinished. What a receipt brought is marked as applied in the transaction that makes it visible, so
a process that dies at any point leaves either nothing or everything of a load, and the next one does it again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import Scope, job_scope, scoped
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import locks, raw
from zhikong.foundation.facts.models import Load
from zhikong.foundation.facts.queries import same_load
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.datasources import feeds
from zhikong.hospital.functions.datasources.loading import NothingNew, Run, bring_in
from zhikong.hospital.functions.datasources.mappings import delivery, fingerprint_of, mapping_named, readable
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.intake.context import Context
from zhikong.intake.reading import Reading, read_files

UNFINISHED = (Load.State.WAITING, Load.State.RUNNING)
_SUFFIXES = (".whl", ".zip")  # by which a delivery is known to be an archive
log = logging.getLogger("zhikong.datasources")


@dataclass(frozen=True)
class AtHand:
    """Files of a load that this process has itself just kept: they need not be opened from the raw store."""

    load_id: int = 0
    path: Path | None = None
    companions: Mapping[str, Path] = field(default_factory=dict)


# ---- finishing loads -----------------------------------------------------------------------------------------------


def finish(load: Load, scope: Scope, *, now: datetime, at_hand: AtHand | None = None) -> Load:
    """Wait for the institution's lock, finish every load that came before this one, then this one; gives it ended.

    An unexpected error of this load is recorded and raised; one of another load is recorded and logged.
    """
    with scoped(scope):
        code = institution().code
    with locks.loading(code, wait=True):
        for one in _unfinished(scope, until=load.pk):
            if one.pk != load.pk:
                _finish_other(one, now)
        with scoped(scope):
            load.refresh_from_db()
        if load.state in UNFINISHED:
            _bring_in(load, scope, now, at_hand or AtHand())
    return load


def process(*, feed: Feed, now: datetime, limit: int) -> list[Load]:
    """See receiving.process."""
    scope = job_scope(feed.institution_id, job=f"feed.{feed.code}")
    with scoped(scope):
        code = institution().code
    try:
        with locks.loading(code, wait=False):
            done = [_finish_other(load, now) for load in _unfinished(scope)]
            while (load := _claim(feed, scope, now, limit)) is not None:
                done.append(_finish_other(load, now))
                if done[-1].state == Load.State.FAILED:
                    break
            return [load for load in done if load.feed == feed.code]
    except locks.Busy:
        return []


def _unfinished(scope: Scope, *, until: int | None = None) -> list[Load]:
    """Loads with kept input that nobody finished; the caller holds the lock, so nobody is at it."""
    with scoped(scope):
        loads = Load.objects.filter(state__in=UNFINISHED, receipts__isnull=False).distinct().order_by("pk")
        return list(loads if until is None else loads.filter(pk__lte=until))


def _finish_other(load: Load, now: datetime) -> Load:
    try:
        return _bring_in(load, job_scope(load.institution_id, job="datasources.process"), now, AtHand())
    except Exception:
        log.exception("load %s failed", load.pk)  # what failed is in the load's own state
        return load


def _claim(feed: Feed, scope: Scope, now: datetime, limit: int) -> Load | None:
    """A new load over the oldest waiting receipts; committed, so that a dead process leaves it to the next one."""
    with scoped(scope):
        waiting = Receipt.objects.filter(feed=feed, state=Receipt.State.WAITING, load=None).order_by("seq")
        ids = list(waiting.values_list("pk", flat=True)[:limit])
        if not ids:
            return None
        load = Load.objects.create(
            institution_id=feed.institution_id,
            source_name=feed.title[:255],
            mapping=feed.mapping,
            feed=feed.code,
            started_at=now,
        )
        Receipt.objects.filter(pk__in=ids).update(load=load)
        return load


# ---- one load ----------------------------------------------------------------------------------------------------------


def _bring_in(load: Load, scope: Scope, now: datetime, at_hand: AtHand) -> Load:
    with scoped(scope):
        receipts = list(
            load.receipts.exclude(state=Receipt.State.SUPERSEDED)
            .select_related("raw", "feed")
            .order_by("seq")
        )

    def read(context: Context, folder: Path, stays: list[str]) -> Reading:
        with scoped(scope):
            chosen = mapping_named(load.mapping)
        files = _files(load, receipts, chosen.mapping, folder, at_hand, scope)
        load.sha256, load.size = fingerprint_of(files), sum(file.stat().st_size for file in files.values())
        load.mapping_hash = _hash_of(chosen.hash, context)
        with scoped(scope):
            _stop_if_known(load)
        texts, header_rows = readable(files, chosen.mapping, folder)
        known = [Path(p) for p in stays]
        return read_files(texts, chosen.mapping, context, folder, known_stays=known, header_rows=header_rows)

    by = None if scope.user_id is None else load.started_by
    return bring_in(Run(load, scope, by, now, retry=not _is_file(receipts)), read)


def _is_file(receipts: list[Receipt]) -> bool:
    return bool(receipts) and receipts[0].feed.kind == Feed.Kind.FILE


def _files(load: Load, receipts, mapping, folder: Path, at_hand: AtHand, scope: Scope) -> dict[str, Path]:
    """Source name -> file. What comes from the raw store is written into the load's own folder, which is private."""
    if at_hand.load_id == load.pk and at_hand.path is not None:
        return {**delivery(at_hand.path, mapping, folder), **at_hand.companions}
    with scoped(scope):
        log_read(by=None, subject=f"facts.raw:load {load.pk}", purpose="process", count=len(receipts))
    if not _is_file(receipts):
        joined = folder / "received.data"
        feeds.kind_of(receipts[0].feed).join(_opened(receipts, folder), joined)
        return delivery(joined, mapping, folder)
    files: dict[str, Path] = {}
    for receipt, path in zip(receipts, _opened(receipts, folder), strict=True):
        files |= {receipt.part: path} if receipt.part else delivery(path, mapping, folder)
    return files


def _opened(receipts: Iterable[Receipt], folder: Path) -> list[Path]:
    place, paths = folder / "raw", []
    place.mkdir(mode=0o700)
    for receipt in receipts:
        suffix = Path(receipt.name).suffix.lower()
        path = place / f"{receipt.seq}{suffix if suffix in _SUFFIXES else ''}"
        with path.open("xb") as file:
            raw.copy_to(receipt.raw, file)
        paths.append(path)
    return paths


def _hash_of(mapping_hash: str, context: Context) -> str:
    """Mapping and directory of departments: a new alias is a reason to read the same file again."""
    known = "\n".join(f"{alias}={code}" for alias, code in sorted((context.departments or {}).items()))
    return hashlib.sha256(f"{mapping_hash}\n{known}".encode()).hexdigest()


def _stop_if_known(load: Load) -> None:
    if load.replay_of_id:
        return  # a replay reads again on purpose
    earlier = same_load(sha256=load.sha256, mapping=load.mapping, mapping_hash=load.mapping_hash)
    if earlier is not None:
        when = timezone.localtime(earlier.finished_at).strftime("%Y-%m-%d %H:%M")
        raise NothingNew(
            _("同一文件已于 %(when)s 导入过，内容没有变化，本次没有改动任何数据。") % {"when": when}
        )
