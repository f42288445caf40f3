"""The keys of stored files: one that seals contents, one per institution that makes their addresses."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings


class KeyMissing(RuntimeError):
    """The key is gone while sealed files exist; a new one would hide that they cannot be opened."""


def sealing_key() -> bytes | None:
    """The key of this installation, or None when none was ever made (or it is gone)."""
    path = Path(settings.FILES_KEY_FILE)
    return bytes.fromhex(path.read_text(encoding="ascii").strip()) if path.exists() else None


def key_for_writing(*, sealed_exist: bool) -> bytes | None:
    """The key for new contents, or None when the hospital stores them plain; made at first use.

    sealed_exist: sealed contents are already there, so a missing key is an accident and not a beginning.
    """
    if not settings.FILES_ENCRYPT:
        return None
    known = sealing_key()
    if known is not None:
        return known
    if sealed_exist:
        raise KeyMissing("加密密钥 secrets/files.key 不见了，不能再保存加密文件。请从备份恢复该文件。")
    return create(Path(settings.FILES_KEY_FILE))


def create(path: Path) -> bytes:
    """The key of a new key file. Written whole under another name and linked into place: of two processes that race,
    one key wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        draft.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def address_hasher(institution_id: int) -> hmac.HMAC:
    """A running keyed hash; its hex digest is a content's address within the institution."""
    own = hmac.digest(settings.FILES_SECRET.encode(), f"institution {institution_id}".encode(), "sha256")
    return hmac.new(own, digestmod=hashlib.sha256)
