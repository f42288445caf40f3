"""The spool's key pairs: made and kept by the worker, a new one each day, old ones destroyed once nothing needs them.

A copy of the disk that is older than two days opens nothing any more, not even with today's keys.
"""

import os
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from zhikong.hospital.functions.incidents.spool import sealing
from zhikong.hospital.functions.incidents.spool.places import Places

RENEW_AFTER = timedelta(hours=24)
KEEP_FOR = timedelta(hours=48)


class NotReady(RuntimeError):
    """The worker has not made a key yet: nothing can be sealed."""


def public_key(places: Places) -> bytes:
    """The key that seals today; raises NotReady."""
    try:
        found = places.public.read_bytes()
    except FileNotFoundError:
        raise NotReady("no public key yet") from None
    if len(found) != 32:
        raise NotReady("the public key is damaged")
    return found


def private_key(places: Places, identity: bytes) -> X25519PrivateKey | None:
    """The private key of that id, or None when it was destroyed."""
    path = _path(places, identity)
    return X25519PrivateKey.from_private_bytes(path.read_bytes()) if path.exists() else None


def renew(places: Places, *, now: datetime, needed: Collection[bytes] = ()) -> None:
    """Make a key when there is none or the present one is a day old; destroy keys that are old and not needed."""
    places.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    current = places.public.read_bytes() if places.public.exists() else b""
    identity = sealing.key_id(current) if current else b""
    if not identity or _age(_path(places, identity), now) >= RENEW_AFTER:
        identity = _make(places)
    keep = {identity.hex(), *(one.hex() for one in needed)}
    for path in places.keys.glob("*.key"):
        if path.stem not in keep and _age(path, now) >= KEEP_FOR:
            _destroy(path)


def _make(places: Places) -> bytes:
    """The private half first: a record is never sealed for a key that nobody holds."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    identity = sealing.key_id(public)
    _write(_path(places, identity), private.private_bytes_raw())
    _write(places.public, public)
    return identity


def _path(places: Places, identity: bytes) -> Path:
    return places.keys / f"{identity.hex()}.key"


def _age(path: Path, now: datetime) -> timedelta:
    """A key that is gone is older than any."""
    if not path.exists():
        return timedelta.max
    return timedelta(seconds=now.timestamp() - path.stat().st_mtime)


def _destroy(path: Path) -> None:
    """Overwritten before it is unlinked; what the disk itself keeps of it is beyond a program's reach."""
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_once(path: Path, content: bytes) -> None:
    """Like the others, but of two processes that race the first one's content stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(draft, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        draft.unlink()
