"""The folder of blobs: files/<institution>/aa/bb/<address>, each written whole or not at all.

A blob is drafted in files/incoming, flushed to disk, and renamed into place; a crash leaves a draft or a blob that
no row knows, and the sweep finds both. Writers refresh a blob's time, and the sweep removes a rowless blob only
when that time is old: a transaction that has just stored it may still be on its way. A lock per sub-folder, held for
moments only, keeps the two from passing each other.
"""

import errno
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import BinaryIO

from django.conf import settings

from zhikong.foundation.files.storage import framing, keys

PIECE = 256 * 1024
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(RuntimeError):
    """There is no room; the message is a Chinese sentence."""


class Missing(framing.Unreadable):
    """A row knows the blob, the disk does not."""


@dataclass(frozen=True)
class Placed:
    """A content that now lies on disk; size in bytes, without header and tags."""

    address: str
    digest: str
    size: int
    sealed: bool


def root() -> Path:
    return Path(settings.FILES_FOLDER)


def path_of(institution_id: int, address: str) -> Path:
    """Where a blob lies."""
    if len(address) != 64 or not all(c in "0123456789abcdef" for c in address):
        raise ValueError(f"{address!r} is no blob address")
    return root() / str(institution_id) / address[:2] / address[2:4] / address


@contextmanager
def draft() -> Iterator[Path]:
    """A path for a file in the making, on the same disk; removed at the end whatever happens."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{os.getpid()}-{secrets.token_hex(12)}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def room_explained() -> Iterator[None]:
    """Turn a full disk into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise DiskFull("服务器的磁盘空间不足，文件没有保存。请联系系统管理员清理磁盘后再上传。") from error


def check_room(size: int) -> None:
    """Refuse before the disk is full: the database lives on the same one and must go on working."""
    root().mkdir(parents=True, exist_ok=True, mode=0o700)
    if disk_usage(root()).free < 2 * size + settings.FILES_RESERVE_BYTES:
        raise DiskFull("服务器的磁盘空间快用完了，暂时不能上传文件。请联系系统管理员清理磁盘。")


def place(
    source: Path,
    *,
    institution_id: int,
    key: bytes | None,
    broken: Callable[[str], bool] = lambda address: False,
) -> Placed:
    """Put a content under its address; when it is there already, it is kept and its time refreshed.

    broken: whether what lies under an address is known to be damaged, and so is written anew.
    """
    digest, hasher, size = hashlib.sha256(), keys.address_hasher(institution_id), 0
    for piece in pieces(source):
        digest.update(piece)
        hasher.update(piece)
        size += len(piece)
    address = hasher.hexdigest()
    target = path_of(institution_id, address)
    with room_explained(), locked(target):
        if target.exists() and not broken(address):
            os.utime(target)
        else:
            _write(source, target, key, address)
        sealed = is_sealed(target)
    return Placed(address, digest.hexdigest(), size, sealed)


def _write(source: Path, target: Path, key: bytes | None, address: str) -> None:
    with draft() as path:
        with open(path, "xb") as file:
            os.fchmod(file.fileno(), 0o600)
            framing.write(pieces(source), file, key=key, address=address)
            file.flush()
            os.fsync(file.fileno())
        path.replace(target)
        _flush_folder(target.parent)


def reseal(institution_id: int, address: str, *, key: bytes | None) -> bool:
    """Write a blob anew, sealed or plain as the hospital now wants; returns whether it is sealed afterwards."""
    target = path_of(institution_id, address)
    with room_explained(), locked(target), open(target, "rb") as old, draft() as path:
        with open(path, "xb") as new:
            os.fchmod(new.fileno(), 0o600)
            framing.write(
                framing.read(old, key=keys.sealing_key(), address=address), new, key=key, address=address
            )
            new.flush()
            os.fsync(new.fileno())
        path.replace(target)
        _flush_folder(target.parent)
    return key is not None


class Content:
    """An open blob: iterate over it once, or close it. Its first piece is read at the start, so that what is wrong
    is known before an answer begins."""

    def __init__(self, source: BinaryIO, address: str):
        self._source = source
        self._pieces = framing.read(source, key=keys.sealing_key(), address=address)
        self._first = next(self._pieces, b"")

    def __iter__(self) -> Iterator[bytes]:
        with self._source:
            yield self._first
            yield from self._pieces

    def close(self) -> None:
        self._source.close()


def read(institution_id: int, address: str) -> Content:
    """Open a blob; raises Missing, or Unreadable with a Chinese sentence."""
    try:
        source = open(path_of(institution_id, address), "rb")  # noqa: SIM115 (Content closes it)
    except FileNotFoundError:
        raise Missing("文件的内容在服务器磁盘上找不到。请联系系统管理员从备份恢复。") from None
    try:
        return Content(source, address)
    except BaseException:
        source.close()
        raise


def remove_if_old(institution_id: int, address: str, *, grace: float, wanted: Callable[[], bool]) -> bool:
    """Remove a blob unless ``wanted()`` or somebody stored it within the last ``grace`` seconds."""
    target = path_of(institution_id, address)
    with locked(target):
        if not target.exists() or time.time() - target.stat().st_mtime < grace or wanted():
            return False
        target.unlink()
        _flush_folder(target.parent)
        return True


def addresses(institution_id: int) -> Iterator[str]:
    """Every blob that lies on disk for an institution."""
    for path in (root() / str(institution_id)).glob("??/??/*"):
        if not path.name.startswith("."):
            yield path.name


def old_drafts(*, grace: float) -> list[Path]:
    """Drafts that a crash left behind."""
    folder = root() / "incoming"
    found = list(folder.iterdir()) if folder.exists() else []
    return [path for path in found if time.time() - path.stat().st_mtime > grace]


def is_sealed(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(len(framing.SEALED)) == framing.SEALED


def pieces(path: Path) -> Iterator[bytes]:
    """A file in pieces."""
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            yield piece


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Only one process or thread at a time changes blobs beside this one."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(target.parent / ".lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _flush_folder(folder: Path) -> None:
    """A rename is durable when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
