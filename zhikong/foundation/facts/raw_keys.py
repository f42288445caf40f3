"""The key of raw input: a file outside the data folder, so that a copy of that folder opens nothing.

The first line seals; further lines are earlier keys that still open what they have sealed. A key is made once, at the
installation's start. When it is gone while sealed input exists, nothing is made in its place: that would hide that
the input can no longer be read.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from zhikong.foundation.files.storage import framing
from zhikong.foundation.files.storage.keys import create


class KeyMissing(RuntimeError):
    """The key is gone, or is another one than the input was sealed with; the message is a Chinese sentence."""


def keys() -> dict[str, bytes]:
    """Key id -> key, the sealing one first; empty when there is no key file."""
    path = Path(settings.RAW_KEY_FILE)
    if not path.exists():
        return {}
    found = [bytes.fromhex(line) for line in path.read_text(encoding="ascii").split()]
    return {framing.key_id(key).hex(): key for key in found}


def key_named(number: str) -> bytes:
    """The key with an id; raises KeyMissing."""
    found = keys().get(number)
    if found is None:
        raise KeyMissing(
            f"原始数据的密钥不见了或不是原来那一把（{settings.RAW_KEY_FILE}，需要编号 {number}）。请恢复原来的密钥文件。"
        )
    return found


def sealing_key(*, sealed_with: str | None) -> tuple[str, bytes]:
    """(id, key) for new input; made when nothing was ever sealed.

    sealed_with: id of the key of the newest kept input, None when there is none. Raises KeyMissing.
    """
    if sealed_with is not None:
        key_named(sealed_with)
    elif not keys():
        create(Path(settings.RAW_KEY_FILE))
    return next(iter(keys().items()))
