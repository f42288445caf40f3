"""From what was received to what readers see: one load after the other, in order of arrival, each restartable.

The order of the house: whoever holds the institution's lock is the only one who brings data in, and first finishes
what others left unfinished. What a receipt brought is marked as applied in the transaction that makes it visible, so
a process that dies at any point leaves either nothing or everything of a load, and the next one does it again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import Scope, job_scope, scoped
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import locks, raw
from zhikong.foundation.facts.models import Load
from zhikong.foundation.facts.queries import same_load
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.datasources import feeds, progress
from zhikong.hospital.functions.datasources.loading import (
    MOST_ATTEMPTS,
    NothingNew,
    Read,
    Run,
    Split,
    bring_in,
)
from zhikong.hospital.functions.datasources.mappings import delivery, fingerprint_of, mapping_named, readable
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.intake.context import Context
from zhikong.intake.reading import Reading, read_files
from zhikong.intake.reasons import FileRefused

UNFINISHED = (Load.State.WAITING, Load.State.RUNNING)
LOST_AFTER = timedelta(days=1)  # no load waits so long for another one
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
            while not _any_failed(done) and (load := _claim(feed, scope, now, limit)) is not None:
                done.append(_finish_other(load, now))
            return [load for load in done if load.feed == feed.code]
    except locks.Busy:
        return []


def give_up_lost(*, now: datetime) -> int:
    """Say of loads that wait for a day without kept input that their process is gone; returns how many."""
    lost = Load.objects.filter(
        state=Load.State.WAITING, receipts__isnull=True, started_at__lt=now - LOST_AFTER
    )
    return lost.update(
        state=Load.State.INTERRUPTED,
        finished_at=now,
        message=_("导入进程在等待时中断，没有改动任何数据。"),
        remedy=_("请重新导入该文件。"),
    )


def _any_failed(loads: list[Load]) -> bool:
    """After a failure the rest waits for the feed's next turn, which comes later each time."""
    return any(load.state == Load.State.FAILED for load in loads)


def finish_all(scope: Scope, *, now: datetime) -> list[Load]:
    """Finish what dead processes left of the scope's institution; nothing when somebody is at it just now."""
    with scoped(scope):
        code = institution().code
    try:
        with locks.loading(code, wait=False):
            return [_finish_other(load, now) for load in _unfinished(scope)]
    except locks.Busy:
        return []


def _unfinished(scope: Scope, *, until: int | None = None) -> list[Load]:
    """Loads with kept input that nobody finished, those of paused feeds aside; the caller holds the lock, so nobody
    is at it."""
    with scoped(scope):
        paused = Feed.objects.exclude(state=Feed.State.ACTIVE).values("code")
        loads = Load.objects.filter(state__in=UNFINISHED, receipts__isnull=False).exclude(feed__in=paused)
        loads = loads.distinct().order_by("pk")
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
        if not Feed.objects.filter(pk=feed.pk, state=Feed.State.ACTIVE).exists():
            return None  # paused meanwhile
        waiting = Receipt.objects.filter(feed=feed, state=Receipt.State.WAITING, load=None).order_by("seq")
        ids = list(waiting.values_list("pk", flat=True)[:limit])
        if not ids:
            return None
        size = Receipt.objects.filter(pk__in=ids).aggregate(size=Sum("size"))["size"]
        load = Load.objects.create(
            institution_id=feed.institution_id,
            source_name=feed.title[:255],
            mapping=feed.mapping,
            feed=feed.code,
            size=size,
            started_at=now,
        )
        Receipt.objects.filter(pk__in=ids).update(load=load)
        return load


# ---- one load ----------------------------------------------------------------------------------------------------------


def _bring_in(load: Load, scope: Scope, now: datetime, at_hand: AtHand) -> Load:
    """Bring one load in; a content that spoils or kills a whole batch is found by halves, and ends alone."""
    by = None if scope.user_id is None else load.started_by
    while True:
        with scoped(scope):
            receipts = list(
                load.receipts.exclude(state__in=_OUT).select_related("raw", "feed").order_by("seq")
            )
        is_batch, dies = not _is_file(receipts), load.attempts >= MOST_ATTEMPTS
        if is_batch and dies and len(receipts) > 1:
            _halve(load, receipts, scope)
            continue
        reader = _reader(load, receipts, scope, at_hand)
        try:
            settles = bool(receipts) and receipts[0].feed.settles_at_once
            run = Run(
                load, scope, by, now, retry=is_batch and not dies, live_at=_live_at(receipts), settles=settles
            )
            return bring_in(run, reader)
        except Split:
            _halve(load, receipts, scope)


def _live_at(receipts: list[Receipt]) -> datetime | None:
    """When the newest event of a live batch came in; None for complete deliveries."""
    live = bool(receipts) and receipts[0].feed.is_live
    return max(receipt.received_at for receipt in receipts) if live else None


_OUT = (Receipt.State.SUPERSEDED, Receipt.State.FAILED)


def _reader(load: Load, receipts: list[Receipt], scope: Scope, at_hand: AtHand) -> Read:
    def read(context: Context, folder: Path, stays: list[str]) -> Reading:
        if not receipts:
            raise NothingNew(_("收到的内容都已被更正，没有要导入的。"))
        with scoped(scope):
            chosen = mapping_named(load.mapping)
        files = _files(load, receipts, chosen.mapping, folder, at_hand, scope)
        load.sha256, load.size = fingerprint_of(files), sum(file.stat().st_size for file in files.values())
        load.mapping_hash = _hash_of(chosen.hash, context)
        if _is_file(receipts):
            with scoped(scope):
                _stop_if_known(load)
        texts, header_rows = readable(files, chosen.mapping, folder)
        context = replace(context, told=progress.of(load, scope, texts.get(chosen.mapping.main)))
        known = [Path(p) for p in stays]
        try:
            return read_files(
                texts,
                chosen.mapping,
                context,
                folder,
                known_stays=known,
                header_rows=header_rows,
                live=_live_at(receipts) is not None,
            )
        except FileRefused as refused:
            if _is_file(receipts) or len(receipts) == 1:
                raise
            raise Split from refused

    return read


def _halve(load: Load, receipts: list[Receipt], scope: Scope) -> None:
    later = [receipt.pk for receipt in receipts[len(receipts) // 2 :]]
    with scoped(scope):
        Receipt.objects.filter(pk__in=later, state=Receipt.State.WAITING).update(load=None)
        load.attempts = 0
        load.save(update_fields=["attempts"])


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
        sound = [path for path in (_opened_or_failed(r, folder, scope) for r in receipts) if path is not None]
        feeds.kind_of(receipts[0].feed).join(sound, joined)
        return delivery(joined, mapping, folder)
    files: dict[str, Path] = {}
    for receipt in receipts:
        path = _opened(receipt, folder)
        files |= {receipt.part: path} if receipt.part else delivery(path, mapping, folder)
    return files


def _opened(receipt: Receipt, folder: Path) -> Path:
    suffix = Path(receipt.name).suffix.lower()
    path = folder / "raw" / f"{receipt.seq}{suffix if suffix in _SUFFIXES else ''}"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("wb") as file:
        raw.copy_to(receipt.raw, file)
    return path


def _opened_or_failed(receipt: Receipt, folder: Path, scope: Scope) -> Path | None:
    """A damaged content is reported on its receipt; the others of its batch go on without it."""
    try:
        return _opened(receipt, folder)
    except raw.Damaged as damaged:
        with scoped(scope):
            receipt.state, receipt.note = Receipt.State.FAILED, str(damaged)[:300]
            receipt.save(update_fields=["state", "note"])
        return None


def _hash_of(mapping_hash: str, context: Context) -> str:
    """Mapping and directory of departments: a new alias or code is a reason to read the same file again."""
    known = "\n".join(f"{alias}={code}" for alias, code in sorted((context.departments or {}).items()))
    terms = "".join(
        f"\n{place}:{local}={code}"
        for place, codes in sorted(context.terms.items())
        for local, code in sorted(codes.items())
    )
    return hashlib.sha256(f"{mapping_hash}\n{known}{terms}".encode()).hexdigest()


def _stop_if_known(load: Load) -> None:
    if load.replay_of_id:
        return  # a replay reads again on purpose
    earlier = same_load(sha256=load.sha256, mapping=load.mapping, mapping_hash=load.mapping_hash)
    if earlier is not None:
        when = timezone.localtime(earlier.finished_at).strftime("%Y-%m-%d %H:%M")
        raise NothingNew(
            _("同一文件已于 %(when)s 导入过，内容没有变化，本次没有改动任何数据。") % {"when": when}
        )
