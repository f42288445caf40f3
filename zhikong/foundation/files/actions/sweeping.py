"""The nightly comparison of disk and database, and the work that waits for nobody: scanning, sealing."""

import hashlib
import logging
from contextlib import closing
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import queries, scanner
from zhikong.foundation.files.actions import disposal
from zhikong.foundation.files.actions.story import record
from zhikong.foundation.files.models import Blob, File, Sweep
from zhikong.foundation.files.rules import MB, Act, Scan
from zhikong.foundation.files.storage import blobs, keys
from zhikong.foundation.files.storage.framing import Unreadable
from zhikong.foundation.notices import actions as notices

logger = logging.getLogger(__name__)
CHECK_BYTES = 2048 * MB  # how much content a night reads again to see that it is whole
AT_ONCE = 500


def sweep(*, now: datetime, check_bytes: int = CHECK_BYTES) -> Sweep:
    """Compare disk and database of the institution in scope, and write down what was found."""
    institution_id = current_scope().institution_id
    disposal.drop_unused()
    removed = _remove_strangers(institution_id)
    gone, found_again = _look_for_all(institution_id, now)
    damaged = _read_again(institution_id, now, check_bytes)
    report = Sweep.objects.create(
        institution_id=institution_id,
        at=now,
        removed=removed + _remove_drafts(),
        missing=Blob.objects.filter(problem=Blob.Problem.MISSING).count(),
        damaged=Blob.objects.filter(problem=Blob.Problem.DAMAGED).count(),
        found_again=found_again,
    )
    if gone or damaged:
        _tell(report, now)
    return report


def _remove_strangers(institution_id: int) -> int:
    """Contents that no row knows: a process died between disk and database. Young ones are left for tomorrow."""
    known = set(Blob.objects.values_list("address", flat=True))
    strangers = [address for address in blobs.addresses(institution_id) if address not in known]
    return sum(disposal.purge(institution_id, address) for address in strangers)


def _remove_drafts() -> int:
    left = blobs.old_drafts(grace=disposal.GRACE_SECONDS)
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _look_for_all(institution_id: int, now: datetime) -> tuple[int, int]:
    """Rows whose content is not on disk are marked and told; those that a restore brought back are cleared.

    The rows are read first: what is stored while we look lies on disk before its row is seen.
    """
    rows = list(Blob.objects.values_list("pk", "address", "problem"))
    lying = set(blobs.addresses(institution_id))
    gone = [pk for pk, address, problem in rows if address not in lying and problem != Blob.Problem.MISSING]
    back = [pk for pk, address, problem in rows if address in lying and problem == Blob.Problem.MISSING]
    missing = Blob.objects.filter(pk__in=gone).update(problem=Blob.Problem.MISSING, checked_at=now)
    Blob.objects.filter(pk__in=back).update(problem=Blob.Problem.NONE, checked_at=now)
    for file in File.objects.filter(blob_id__in=gone):
        record(file, Act.MISSING, by=None, now=now, text="夜间核对时发现磁盘上没有内容")
    return missing, len(back)  # what was destroyed while we looked has no row any more


def _read_again(institution_id: int, now: datetime, check_bytes: int) -> int:
    """Read the contents that were not read for longest, and compare their sums; returns how many are damaged anew.

    Rows are changed at the end only: an upload of the same content does not wait for our reading.
    """
    whole, broken = [], []
    for blob in queries.longest_unchecked(before=now):
        if check_bytes <= 0:
            break
        check_bytes -= blob.size
        (whole if _is_whole(institution_id, blob) else broken).append(blob.pk)
    Blob.objects.filter(pk__in=whole).update(problem=Blob.Problem.NONE, checked_at=now)
    anew = Blob.objects.filter(pk__in=broken, problem=Blob.Problem.NONE).count()
    Blob.objects.filter(pk__in=broken).update(problem=Blob.Problem.DAMAGED, checked_at=now)
    return anew


def _is_whole(institution_id: int, blob: Blob) -> bool:
    digest = hashlib.sha256()
    try:
        with closing(blobs.read(institution_id, blob.address)) as content:
            for piece in content:
                digest.update(piece)
    except Unreadable:
        return False
    return digest.hexdigest() == blob.digest


def _tell(report: Sweep, now: datetime) -> None:
    """The administrator hears of it at once; numbers only, no names of files."""
    notices.send(
        by=None,
        now=now,
        title="文件存储有问题",
        text=f"核对发现：磁盘上没有内容的 {report.missing} 份，内容损坏的 {report.damaged} 份。请从备份恢复。",
        url="/files/",
        users=users_with_role(role="administrator", on=timezone.localdate(now)),
    )


def rescan(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Scan what waits in quarantine; stops when the scanner still does not answer. Returns how many got a verdict."""
    judged = 0
    for file in File.objects.filter(scan=Scan.WAITING, deleted_at=None).select_related("blob")[:limit]:
        try:
            scan, sentence = _scan_again(file)
        except scanner.Unavailable:
            break
        except Unreadable:
            continue  # the sweep reports it
        with transaction.atomic():
            file.scan, file.scanned_at = scan, now
            file.save(update_fields=["scan", "scanned_at"])
            record(file, Act.SCANNED, by=None, now=now, text=sentence)
        judged += 1
    return judged


def _scan_again(file: File) -> tuple[Scan, str]:
    try:
        with closing(blobs.read(file.institution_id, file.blob.address)) as content:
            verdict = scanner.scan_pieces(content)
    except scanner.Infected as found:
        return Scan.INFECTED, str(found)
    if verdict.scan is not Scan.CLEAN:
        raise scanner.Unavailable("没有设置病毒扫描")  # quarantine does not end by switching the scanner off
    return verdict.scan, verdict.sentence


def reseal(*, limit: int = AT_ONCE) -> int:
    """Bring older contents to what the hospital now wants, sealed or plain; returns how many were written anew."""
    sealed_exist = Blob.objects.filter(sealed=True).exists()
    key = keys.key_for_writing(sealed_exist=sealed_exist)
    others = Blob.objects.filter(sealed=key is None, problem=Blob.Problem.NONE)[:limit]
    return sum(_reseal(blob, key) for blob in others)


def _reseal(blob: Blob, key: bytes | None) -> bool:
    """Write one content anew; the disk tells by itself how it lies there, so a crash before the row changes is harmless."""
    try:
        blob.sealed = blobs.reseal(blob.institution_id, blob.address, key=key)
    except (Unreadable, FileNotFoundError) as problem:
        logger.warning("content %s was not written anew: %s", blob.address, problem)  # the sweep reports it
        return False
    blob.save(update_fields=["sealed"])
    return True
