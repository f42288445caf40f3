"""What of the audit trail lies outside the database: the sealing key, and a copy of every seal's head."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from zhikong.foundation.audit.rules import Head, Seal, ranges


class KeyMissing(RuntimeError):
    """The key is gone while seals exist: a new one would silently make the old seals unverifiable."""


def sealing_key(*, may_create: bool) -> bytes:
    """The key of this installation; made at the first seal only."""
    path = Path(settings.AUDIT_KEY_FILE)
    if not path.exists():
        if not may_create:
            raise KeyMissing(f"封存密钥 {path} 不见了。请从备份恢复该文件。")
        _create(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())


def heads_file() -> Path:
    """One line per seal. Copy it, or print the last line now and then, to a place that nobody here rules."""
    return Path(settings.AUDIT_HEADS_FOLDER) / "heads.tsv"


def read_heads(path: Path | None = None) -> list[Head]:
    """Heads in the second place; a last line that a crash cut short is left out, the next write repeats it."""
    path = path or heads_file()
    if not path.exists():
        return []
    *whole, _torn = path.read_text(encoding="ascii").split("\n")
    return [as_head(line) for line in whole if len(line.split()) == 4]


def as_head(line: str) -> Head:
    """A head from its line: number, time, digest, event ranges, separated by blanks."""
    number, sealed_at, digest, events = line.split()
    return Head(int(number), sealed_at, digest, events)


def as_line(seal: Seal | Head) -> str:
    """A head as the line that the second place keeps and that verify prints."""
    events = seal.events if isinstance(seal, Head) else ranges(number for number, _ in seal.events)
    return f"{seal.number}\t{seal.sealed_at}\t{seal.digest}\t{events}"


def append_heads(seals: Iterable[Seal]) -> None:
    """Write heads behind the last one, durable before it returns."""
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with open(path, "a", encoding="ascii") as file:
        file.write("\n" if torn else "")
        file.writelines(as_line(seal) + "\n" for seal in seals)
        file.flush()
        os.fsync(file.fileno())
