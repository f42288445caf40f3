"""The recovery key: it seals every backup and lies beside the other keys, never inside a backup.

On paper it is eight groups of letters and digits with a checksum, so that a wrong one is noticed before hours of work.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from zhikong.site import home
from zhikong.site.home import Explained

FILE = "backup.key"
BYTES, SUM = 32, 3
GROUP = 7  # letters between two hyphens on paper


class WrongKey(Explained):
    """What was given is no recovery key, or not the one that sealed this backup."""


def path() -> Path:
    """Where this installation keeps the key, outside the data folder."""
    return home.keys_folder() / FILE


def own() -> bytes:
    """The key of this installation, made at first use."""
    if not path().exists():
        path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.write_private(path(), on_paper(secrets.token_bytes(BYTES)) + "\n")
    return read(path().read_text(encoding="ascii"))


def on_paper(key: bytes) -> str:
    """The key as people keep it: eight groups of seven."""
    letters = base64.b32encode(key + _sum(key)).decode("ascii").rstrip("=")
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


def read(text: str) -> bytes:
    """The key from paper; small letters, spaces and missing hyphens are forgiven. Raises WrongKey."""
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        raw = b""
    key, checksum = raw[:BYTES], raw[BYTES:]
    if len(raw) != BYTES + SUM or not hmac.compare_digest(checksum, _sum(key)):
        raise WrongKey("恢复密钥抄写有误（校验不符）。请对照打印件重新输入：共八组，组间用短横线。")
    return key


def derived(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose, 32 bytes."""
    return hmac.digest(key, purpose.encode("ascii"), "sha256")


def _sum(key: bytes) -> bytes:
    return hashlib.sha256(b"zhikong recovery key" + key).digest()[:SUM]
