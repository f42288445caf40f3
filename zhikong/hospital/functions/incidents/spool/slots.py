"""Fixed slots in one file that is written once, full of random bytes, and never grows.

A record is durable before its writer hears of it: content, fsync, heading, fsync. A process that dies in between
leaves a slot without a valid heading: a free one. The file's times are set to a constant after every change.
"""

import fcntl
import os
import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zhikong.hospital.functions.incidents.spool.places import SLOT, Places
from zhikong.hospital.functions.incidents.spool.sealing import random_bytes

HEAD = struct.Struct(">4sB16sI")  # mark, urgent, tag, checksum
ROOM = 64  # bytes before the content; the heading lies in one sector
CONTENT = SLOT - ROOM
MARK = b"ZKS1"
RESERVE = 16  # slots that only what goes at once may take
NO_TIME = (946684800, 946684800)  # 2000-01-01: a time that says nothing


class SpoolFull(RuntimeError):
    """No slot is free: the writer is told, nothing is lost silently."""


@dataclass(frozen=True)
class Waiting:
    """A record in its slot."""

    slot: int
    tag: bytes
    urgent: bool
    content: bytes


def prepare(places: Places) -> None:
    """Write the file of slots, once; a full disk is noticed now and not when somebody reports."""
    places.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = places.count * SLOT
    with _locked(places):
        if places.slots.exists() and places.slots.stat().st_size == size:
            return
        if places.slots.exists() and _occupied(places):
            return  # a changed size waits until the spool is empty
        draft = places.folder / ".slots"
        try:
            _write_free_slots(draft, places.count)
            draft.replace(places.slots)
        finally:
            draft.unlink(missing_ok=True)  # what a full disk left of it
        _forget_times(places)


def _write_free_slots(draft: Path, count: int) -> None:
    with open(draft, "wb", opener=_private) as file:
        for _ in range(count):
            file.write(random_bytes(SLOT))
        file.flush()
        os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def is_ready(places: Places) -> bool:
    """Whether there are slots to write into."""
    return places.slots.exists()


def put(places: Places, *, tag: bytes, content: bytes, urgent: bool = False) -> None:
    """Keep a record durably; the same tag a second time changes nothing. Raises SpoolFull, OSError."""
    if len(content) != CONTENT or len(tag) != 16:
        raise ValueError("not a sealed record")
    with _locked(places), places.slots.open("r+b", buffering=0) as file:
        taken = _heads(file)
        if any(known == tag for known, _urgent in taken.values()):
            return
        free = [n for n in range(_count(file)) if n not in taken]
        if len(free) <= (0 if urgent else min(RESERVE, _count(file) // 8)):
            raise SpoolFull
        start = secrets.choice(free) * SLOT
        _write(file, start + ROOM, content)
        _write(file, start, _head(tag, urgent))
        _forget_times(places)


def waiting(places: Places, *, urgent_only: bool = False) -> list[Waiting]:
    """What lies in the spool, in the order of its (random) slots."""
    if not is_ready(places):
        return []
    with _locked(places), places.slots.open("rb", buffering=0) as file:
        found = [
            Waiting(slot, tag, urgent, os.pread(file.fileno(), CONTENT, slot * SLOT + ROOM))
            for slot, (tag, urgent) in sorted(_heads(file).items())
            if urgent or not urgent_only
        ]
    return found


def wipe(places: Places, records: list[Waiting]) -> None:
    """Overwrite what has been taken over; a slot that holds something else meanwhile is left alone."""
    with _locked(places), places.slots.open("r+b", buffering=0) as file:
        taken = _heads(file)
        for record in records:
            if taken.get(record.slot, (b"",))[0] == record.tag:
                _write(file, record.slot * SLOT, random_bytes(SLOT))
        _forget_times(places)


def stir(places: Places) -> None:
    """Touch the file, so that the moment of its last change is always this minute and never a report's."""
    if is_ready(places):
        with _locked(places):
            os.chmod(places.slots, 0o600)
            _forget_times(places)
            os.utime(places.folder, NO_TIME)


def filling(places: Places) -> float:
    """Share of the slots that are taken, 0 to 1."""
    if not is_ready(places):
        return 0.0
    with _locked(places), places.slots.open("rb", buffering=0) as file:
        return len(_heads(file)) / max(1, _count(file))


def _occupied(places: Places) -> bool:
    with places.slots.open("rb", buffering=0) as file:
        return bool(_heads(file))


def _count(file) -> int:
    return os.fstat(file.fileno()).st_size // SLOT


def _heads(file) -> dict[int, tuple[bytes, bool]]:
    """Slot → (tag, urgent) of the slots that are taken."""
    found = {}
    for slot in range(_count(file)):
        mark, urgent, tag, check = HEAD.unpack(os.pread(file.fileno(), HEAD.size, slot * SLOT))
        if mark == MARK and check == _check(urgent, tag):
            found[slot] = (tag, bool(urgent))
    return found


def _head(tag: bytes, urgent: bool) -> bytes:
    return HEAD.pack(MARK, urgent, tag, _check(urgent, tag)) + random_bytes(ROOM - HEAD.size)


def _check(urgent: int, tag: bytes) -> int:
    return zlib.crc32(MARK + bytes([urgent]) + tag)


def _write(file, start: int, content: bytes) -> None:
    """A short write continues; what is written is on the disk before this returns."""
    view = memoryview(content)
    while view:
        done = os.pwrite(file.fileno(), view, start)
        start, view = start + done, view[done:]
    os.fsync(file.fileno())


def _forget_times(places: Places) -> None:
    os.utime(places.slots, NO_TIME)


@contextmanager
def _locked(places: Places) -> Iterator[None]:
    """One writer at a time, of all threads and processes; the lock ends with the process that holds it."""
    with places.lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
