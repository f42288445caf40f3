"""Raw input: every content as it came in, encrypted, kept once, until its retention is over.

Order of writing: the sealed file is on disk (file and folder flushed) before the row that knows it commits. A process
that dies in between leaves a file without a row, which the nightly sweep removes; never a row without its file.
Small contents lie sealed in the row itself: a message costs one commit and no file.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import hmac
import io
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import raw_keys
from zhikong.foundation.facts.models import RawItem
from zhikong.foundation.files.storage import framing

SMALL = 32 * 1024
"""Contents up to so many bytes lie in their row."""
GRACE_SECONDS = 3600  # a file without a row may belong to a transaction that is still open
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PIECE = 256 * 1024


class RawProblem(RuntimeError):
    """Raw input cannot be kept or read; the message is a Chinese sentence."""


class DiskFull(RawProblem):
    """There is no room; nothing was kept."""


class Damaged(RawProblem):
    """What lies on disk is not what was kept: changed, cut off, or gone."""


# ---- keeping -----------------------------------------------------------------------------------------------------------


def keep(*, now: datetime, content: bytes | Path, kind: str, source: str, retention_days: int) -> RawItem:
    """Keep a content; the same content is kept once, with the longer of its retentions.

    kind: file, hl7, fhir, sql or push; source: code of the feed. Durable when the caller's transaction commits.
    Raises DiskFull, or KeyMissing when the key is gone.
    """
    institution_id = current_scope().institution_id
    digest, size = _measured(content)
    address = address_of(institution_id, digest)
    until = timezone.localdate(now) + timedelta(days=retention_days)
    known = RawItem.objects.filter(address=address).first()
    if known is not None and _is_there(known):
        return _prolonged(known, until)
    number, key = raw_keys.sealing_key(sealed_with=_newest_key())
    sealed = _placed(institution_id, content, digest, size, key, address)
    item, _new = RawItem.objects.update_or_create(
        institution_id=institution_id,
        address=address,
        defaults={
            "sha256": digest,
            "size": size,
            "kind": kind,
            "source": source,
            "received_at": now,
            "retain_until": until,
            "key": number,
            "sealed": sealed,
            "deleted_at": None,
        },
    )
    return item


def address_of(institution_id: int, digest: str) -> str:
    """Keyed hash of a content's SHA-256: one institution cannot find out what another one keeps."""
    return hmac.digest(
        settings.FILES_SECRET.encode(), f"raw {institution_id} {digest}".encode(), "sha256"
    ).hex()


def path_of(institution_id: int, address: str) -> Path:
    """Where a larger content lies."""
    return Path(settings.RAW_FOLDER) / str(institution_id) / address[:2] / address


def _measured(content: bytes | Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(content):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _is_there(item: RawItem) -> bool:
    if item.deleted_at is not None:
        return False
    return item.sealed is not None or path_of(item.institution_id, item.address).exists()


def _prolonged(item: RawItem, until) -> RawItem:
    if until > item.retain_until:
        item.retain_until = until
        item.save(update_fields=["retain_until"])
    return item


def _newest_key() -> str | None:
    return RawItem.objects.filter(deleted_at=None).order_by("-pk").values_list("key", flat=True).first()


def check_key() -> None:
    """At the start of the installation: make the first key; raise KeyMissing when input of the scope's institution
    was sealed with a key that is not at hand."""
    raw_keys.sealing_key(sealed_with=_newest_key())


def _placed(institution_id, content, digest: str, size: int, key: bytes, address: str) -> bytes | None:
    """The sealed content when it is small; a larger one is written to its place, durably."""
    if size <= SMALL:
        buffer = io.BytesIO()
        framing.write(_pieces(content), buffer, key=key, address=address)
        return buffer.getvalue()
    check_room(size)
    with room_explained():
        _write(path_of(institution_id, address), content, digest, key, address)
    return None


def check_room(size: int) -> None:
    """Refuse before the disk is full: the database lives on the same one and must go on working."""
    folder = Path(settings.RAW_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if disk_usage(folder).free < size + settings.FILES_RESERVE_BYTES:
        raise DiskFull("服务器的磁盘空间快用完了，没有接收这份数据。请联系系统管理员清理磁盘后再试。")


@contextmanager
def room_explained() -> Iterator[None]:
    """Turn a full disk into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise DiskFull("服务器的磁盘空间不足，没有接收这份数据。请联系系统管理员清理磁盘后再试。") from error


def _write(target: Path, content: bytes | Path, digest: str, key: bytes, address: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{os.getpid()}-{secrets.token_hex(8)}")
    seen = hashlib.sha256()
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            framing.write(_noted(_pieces(content), seen), file, key=key, address=address)
            file.flush()
            os.fsync(file.fileno())
        if seen.hexdigest() != digest:
            raise RawProblem("文件在读取的时候被改动了。请等它写完后再导入。")
        with _locked(target.parent):
            draft.replace(target)
        _flush_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Writers and the sweep do not pass each other: what has just been placed is fresh, and the sweep sees it so."""
    with open(folder / ".lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _noted(pieces: Iterable[bytes], digest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _flush_folder(folder: Path) -> None:
    """A rename is durable when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---- reading -----------------------------------------------------------------------------------------------------------


def open_raw(item: RawItem, *, by, now: datetime, purpose: str) -> BinaryIO:
    """The content for a person who may read raw input and says what for; the look is in the audit trail."""
    require(by, Permission.READ_RAW)
    if not purpose.strip():
        raise RawProblem("请写明读取原始数据的用途。")
    opened = stream_for_job(item)
    log_read(by=by, subject=f"facts.raw:{item.pk}", purpose=purpose.strip()[:200], count=1)
    return opened


def stream_for_job(item: RawItem) -> BinaryIO:
    """The content for a named job, which records its reading by the batch. Raises Damaged or KeyMissing.

    Damage further on is raised while reading: no piece is given that did not pass its check.
    """
    if item.deleted_at is not None:
        raise Damaged("原始数据的保存期已满，内容已经删除。")
    key = raw_keys.key_named(item.key)
    source = io.BytesIO(bytes(item.sealed)) if item.sealed is not None else _opened(item)
    return io.BufferedReader(_Stream(source, key, item.address))


def verify(item: RawItem) -> None:
    """Read a content to its end. Raises Damaged, KeyMissing."""
    with stream_for_job(item) as source:
        while source.read(_PIECE):
            pass


def copy_to(item: RawItem, target: BinaryIO) -> None:
    """Write the content into a file that is open for writing. Raises Damaged, KeyMissing."""
    with stream_for_job(item) as source:
        while piece := source.read(_PIECE):
            target.write(piece)


def _opened(item: RawItem) -> BinaryIO:
    try:
        return path_of(item.institution_id, item.address).open("rb")
    except FileNotFoundError:
        raise Damaged("原始数据在服务器磁盘上找不到了。请从备份恢复。") from None


class _Stream(io.RawIOBase):
    """A sealed content as a file that is read from beginning to end."""

    def __init__(self, source: BinaryIO, key: bytes, address: str):
        self._source, self._rest = source, b""
        try:
            self._pieces = framing.read(source, key=key, address=address)
        except framing.Unreadable as error:
            raise _damaged() from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._rest:
            try:
                piece = next(self._pieces, None)
            except framing.Unreadable as error:
                raise _damaged() from error
            if piece is None:
                return 0
            self._rest = piece
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def close(self) -> None:
        self._source.close()
        super().close()


def _damaged() -> Damaged:
    return Damaged("原始数据在磁盘上已损坏或被改动，解密没有通过校验。请从备份恢复。")


# ---- the end of retention ------------------------------------------------------------------------------------------------


def sweep(*, institution_id: int) -> int:
    """Remove files that no row needs any more and drafts that a crash left; returns how many."""
    folder, gone = Path(settings.RAW_FOLDER) / str(institution_id), 0
    for path in sorted(folder.glob("??/*")):
        if path.name != ".lock":
            with _locked(path.parent):
                gone += _removed(path)
    return gone


def _removed(path: Path) -> bool:
    if time.time() - path.stat().st_mtime < GRACE_SECONDS or _wanted(path.name):
        return False
    path.unlink()
    return True


def _wanted(address: str) -> bool:
    return RawItem.objects.filter(address=address, deleted_at=None, sealed=None).exists()
