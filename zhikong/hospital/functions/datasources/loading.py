"""How one load runs from file to publication, and what is kept of it whatever happens on the way.

Only the last step, publishing, is visible to readers, and it is one database commit. A process that dies before
leaves a load marked as running and files that nobody reads; the next load notices and says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.facts import gateway, locks, raw, raw_keys
from zhikong.foundation.facts.models import Load
from zhikong.foundation.organisation.queries import institution
from zhikong.foundation.patients import live, settling
from zhikong.hospital.functions.datasources import people, progress
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.queries import reading_context
from zhikong.intake.context import Context
from zhikong.intake.reading import KEPT_PROBLEMS, Reading
from zhikong.intake.reasons import FileRefused

Read = Callable[[Context, Path, list[str]], Reading]
"""Reads a delivery: (hospital, folder to work in, parquet files of the published stays) -> reading."""

_ROOM = (
    2  # free bytes that a load wants for a byte of input before it begins: staging, mapped tables, the lake
)
_NO_SPACE_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")
MOST_ATTEMPTS = 3
"""Processes that may die of one load before it is given up."""


class Split(Exception):
    """One content spoils its batch: to be tried again with half of it."""


_SETTLED = 2_000  # stays of one turn


class NothingNew(Exception):
    """The very same delivery was loaded before; its message says when."""


@dataclass(frozen=True)
class Run:
    """One load on its way. by: who started it, None for a job."""

    load: Load
    scope: Scope
    by: object
    now: datetime
    retry: bool = False  # what failed waits and is tried again by itself
    live_at: datetime | None = None  # single rows of a feed, received by then; None: complete months
    settles: bool = False  # they become facts right away


def carry_out(run: Run, read: Read) -> Load:
    """Wait for the institution's lock and bring one load in, as ``bring_in`` does."""
    with scoped(run.scope):
        code = institution().code
    with locks.loading(code, wait=True):
        return bring_in(run, read)


def bring_in(run: Run, read: Read) -> Load:
    """Read, publish and record one load; returns it in its final state. An unexpected error is recorded and raised.

    The caller holds the institution's lock.
    """
    with scoped(run.scope):
        code = institution().code
    with _folder(code) as folder:
        if not _started(run):
            return run.load
        try:
            with scoped(run.scope):
                context, stays = reading_context(run.now), list(gateway.published().files("stays"))
            progress.tell(run.load, run.scope, _("读取和核对"), 0)
            raw.check_room(_ROOM * run.load.size)
            reading = read(context, folder, stays)
            progress.tell(run.load, run.scope, _("写入"), progress.READ)
            with scoped(run.scope):
                _publish(run, reading, folder) if run.live_at is None else _apply(run, reading)
            if run.settles:
                _take_into_the_lake(run)
        except NothingNew as known:
            _end(run, Load.State.UNCHANGED, message=str(known))
        except FileRefused as refused:
            _end(run, Load.State.REFUSED, message=refused.message, remedy=refused.remedy)
        except Split:
            raise
        except (raw.RawProblem, raw_keys.KeyMissing) as problem:
            _end(run, Load.State.FAILED, message=str(problem), remedy=_("排除后请重新读入。"))
        except Exception as error:
            if not _is_disk_full(error):
                _failed_unexpectedly(run)
                raise
            message = _("服务器的磁盘空间不足，导入停在中途，没有改动任何数据。")
            _end(run, Load.State.FAILED, message=message, remedy=_("请清理磁盘后重新读入。"))
    return run.load


def _take_into_the_lake(run: Run) -> None:
    """Turns until nothing is due. A process that dies here leaves rows in the live store, whose own job takes them on."""
    with scoped(run.scope):
        while settling.settle(by=run.by, now=run.now, after=timedelta(0), limit=_SETTLED).stays >= _SETTLED:
            pass


def _failed_unexpectedly(run: Run) -> None:
    message = _("导入时出现意外错误，没有改动任何数据。")
    _end(run, Load.State.FAILED, message=message, remedy=_("请联系系统管理员查看日志。"))


def _is_disk_full(error: BaseException | None) -> bool:
    """Whether the disk was the reason, whichever library met it first: the lake and DuckDB say it in words only."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in raw.NO_SPACE:
            return True
        if any(words in str(error) for words in _NO_SPACE_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _folder(code: str) -> Iterator[Path]:
    """A private working folder; what interrupted loads left there is removed, since the lock is ours."""
    base = Path(settings.ZHIKONG_HOME) / "staging" / code
    shutil.rmtree(base, ignore_errors=True)
    folder = base / uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(run: Run) -> bool:
    """Mark this load as running, and what a dead process left running as interrupted or waiting.

    False when processes have died of this very load too often: then it is ended as failed.
    """
    with scoped(run.scope):
        others = Load.objects.filter(state=Load.State.RUNNING).exclude(pk=run.load.pk)
        others.filter(receipts__isnull=False).update(
            state=Load.State.WAITING
        )  # its input is kept: done again
        others.filter(receipts__isnull=True).update(
            state=Load.State.INTERRUPTED,
            finished_at=run.now,
            message=_("导入被中断，没有改动任何数据。"),
            remedy=_("请重新导入该文件。"),
        )
        run.load.attempts += 1
        if run.load.attempts <= MOST_ATTEMPTS:
            run.load.state = Load.State.RUNNING
            run.load.save(update_fields=["state", "attempts"])
            return True
    message = _("导入进程在这批数据上中断了 %(n)d 次，没有改动任何数据。") % {"n": MOST_ATTEMPTS}
    _end(run, Load.State.FAILED, message=message, remedy=_("请联系系统管理员查看日志。"))
    return False


def _publish(run: Run, reading: Reading, folder: Path) -> None:
    """Everything that a load writes to the database, in one transaction."""
    facts.quarantine(by=run.by, load=run.load, problems=reading.problems)
    stored = facts.publish(
        by=run.by, now=run.now, tables=reading.tables, folder=folder, load=run.load, stated=reading.stated
    )
    if "stays" in reading.tables:
        live.note_front_pages(file=reading.tables["stays"], now=run.now)
    people.store_people(by=run.by, now=run.now, reading=reading)
    merge = stored.merge
    good = sum(reading.rows.values())
    stays = {"new_stays": merge.new, "changed_stays": merge.changed, "unchanged_stays": merge.unchanged}
    _note_counts(run.load, reading, stays)
    run.load.months = stored.months
    if stored.publication is not None:
        _end(run, Load.State.PUBLISHED, message=_summary(run.load))
    elif good:
        _end(run, Load.State.UNCHANGED, message=_("内容与已发布的数据一致，没有改动任何数据。"))
    else:
        message = _("%(n)d 行全部有问题，没有可以导入的行。") % {"n": reading.faulty_rows}
        _end(run, Load.State.REFUSED, message=message, remedy=_("请按下面的问题汇总改正后重新导入。"))


def _apply(run: Run, reading: Reading) -> None:
    """As _publish, for events of open stays: they change the live store, the lake comes when a stay is closed."""
    facts.quarantine(by=run.by, load=run.load, problems=reading.problems)
    done = live.apply(
        by=run.by,
        now=run.now,
        tables=reading.tables,
        removed=reading.removed,
        feed=run.load.feed,
        received_at=run.live_at,
        receipt=str(run.load.pk),
    )
    people.store_identities(by=run.by, now=run.now, reading=reading, partial=True)
    _note_counts(run.load, reading, {f"{name}_rows": count for name, count in asdict(done).items()})
    changed = done.new + done.changed + done.removed
    message = _(
        "共 %(delivered)d 行，隔离 %(faulty)d 行；在院数据新增 %(new)d 行，更新 %(changed)d 行，"
        "撤回 %(removed)d 行，未变 %(unchanged)d 行，迟到 %(older)d 行。"
    ) % {"delivered": reading.delivered_rows, "faulty": reading.faulty_rows, **asdict(done)}
    _end(run, Load.State.PUBLISHED if changed else Load.State.UNCHANGED, message=message)


def _note_counts(load: Load, reading: Reading, further: dict[str, int]) -> None:
    load.counts = {
        "delivered": reading.delivered_rows,
        "faulty": reading.faulty_rows,
        **further,
        "tables": reading.rows,
    }
    load.reasons = [{"reason": r, "label": label, "count": n} for (r, label), n in reading.counts.items()]
    load.notes = [*reading.notes, *_cut_off(reading)]


def _cut_off(reading: Reading) -> list[str]:
    total = sum(reading.counts.values())
    if total <= KEPT_PROBLEMS:
        return []
    return [
        _("共 %(total)d 处问题，逐条保留前 %(kept)d 处；汇总计数是完整的。")
        % {"total": total, "kept": KEPT_PROBLEMS}
    ]


def _summary(load: Load) -> str:
    counts = load.counts
    return _(
        "共 %(delivered)d 行，隔离 %(faulty)d 行；新增住院 %(new)d 次，更新 %(changed)d 次，未变 %(unchanged)d 次。"
    ) % {
        "delivered": counts["delivered"],
        "faulty": counts["faulty"],
        "new": counts["new_stays"],
        "changed": counts["changed_stays"],
        "unchanged": counts["unchanged_stays"],
    }


def _end(run: Run, state: Load.State, *, message: str, remedy: str = "") -> None:
    with scoped(run.scope):
        run.load.state, run.load.message, run.load.remedy = state, message, remedy
        run.load.stage, run.load.progress = "", None
        run.load.finished_at = max(timezone.now(), run.load.started_at)
        run.load.save()
        _settle(run, state, message)


_OUTCOMES = {
    Load.State.PUBLISHED: Receipt.State.APPLIED,
    Load.State.UNCHANGED: Receipt.State.APPLIED,
    Load.State.REFUSED: Receipt.State.REFUSED,
    Load.State.FAILED: Receipt.State.FAILED,
}


def _settle(run: Run, state: Load.State, message: str) -> None:
    """What became of the receipts, in the transaction that makes their effect visible."""
    waiting = run.load.receipts.filter(state=Receipt.State.WAITING)
    if state == Load.State.FAILED and run.retry:
        waiting.update(load=None)
    elif state == Load.State.REFUSED or state == Load.State.FAILED:
        waiting.update(state=_OUTCOMES[state], note=message[:300])
    else:
        waiting.update(state=_OUTCOMES[state])
        if run.load.feed:
            Feed.objects.filter(code=run.load.feed).update(last_success_at=run.load.finished_at)
