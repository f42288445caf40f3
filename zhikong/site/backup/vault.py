"""Where backups lie: sealed blocks that are kept once, and one sealed list for each backup.

    <folder>/blocks/ab/ab12…      a block of at most 4 MiB, AES-GCM, named by a keyed hash of its content
    <folder>/backups/<name>       the sealed list of everything that the backup holds; written last

A backup exists once its list does. Whatever ends the writing before leaves blocks that nobody names; they are
swept away later. Nothing is ever changed in place.
"""

from __future__ import annotations

import errno
import fcntl
import hmac
import json
import os
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhikong.site.backup import keys
from zhikong.site.home import Explained

BLOCK = 4 * 1024 * 1024
NAME = re.compile(r"\d{8}T\d{6}(-\d+)?")
PLAIN, PACKED = b"\0", b"\1"
NONCE = 12
WORTH = 0.95  # a block that packs worse is kept as it is


class VaultFailed(Explained):
    """The backup cannot be written or read; the sentence says why."""


class Vault:
    """A folder of backups, opened with the recovery key."""

    def __init__(self, folder: Path, key: bytes):
        self.folder = folder
        self._names = keys.derived(key, "names")
        self._seal = AESGCM(keys.derived(key, "content"))

    def names(self) -> list[str]:
        """The backups, oldest first."""
        place = self.folder / "backups"
        return sorted(p.name for p in place.glob("*") if NAME.fullmatch(p.name)) if place.exists() else []

    def keep(self, source: BinaryIO) -> tuple[list[str], int]:
        """Store a stream; gives the names of its blocks and how many bytes are new in the folder."""
        found, added = [], 0
        while content := source.read(BLOCK):
            name = hmac.digest(self._names, content, "sha256").hex()
            added += self._keep_block(name, content)
            found.append(name)
        return found, added

    def _keep_block(self, name: str, content: bytes) -> int:
        target = self.folder / "blocks" / name[:2] / name
        if target.exists():
            return 0
        packed = zlib.compress(content, 1)
        body = PACKED + packed if len(packed) < len(content) * WORTH else PLAIN + content
        sealed = self._sealed(body, name)
        _write(target, sealed)
        return len(sealed)

    def content(self, blocks: Iterable[str]) -> Iterator[bytes]:
        """The blocks in their order, opened and compared with their names; raises VaultFailed."""
        for name in blocks:
            yield self._block(name)

    def _block(self, name: str) -> bytes:
        target = self.folder / "blocks" / name[:2] / name
        try:
            body = self._opened(target.read_bytes(), name)
        except FileNotFoundError:
            raise VaultFailed(f"备份缺少数据块 {name[:12]}，这份备份不完整，请换一份更早的备份。") from None
        content = zlib.decompress(body[1:]) if body[:1] == PACKED else body[1:]
        if hmac.digest(self._names, content, "sha256").hex() != name:
            raise VaultFailed(f"备份的数据块 {name[:12]} 与编号不符，介质可能已损坏。")
        return content

    def write_list(self, name: str, told: dict[str, Any]) -> None:
        """The last step of a backup: from now on it exists."""
        body = zlib.compress(json.dumps(told, ensure_ascii=False).encode("utf-8"))
        _write(self.folder / "backups" / name, self._sealed(body, name))

    def read_list(self, name: str) -> dict[str, Any]:
        """What a backup holds; raises VaultFailed or keys.WrongKey."""
        path = self.folder / "backups" / name
        if not NAME.fullmatch(name) or not path.exists():
            raise VaultFailed(f"没有名为 {name} 的备份。可用 zhikong backup --list 查看已有备份。")
        return json.loads(zlib.decompress(self._opened(path.read_bytes(), name)))

    def remove(self, name: str) -> None:
        """Forget a backup; its blocks go with the next sweep."""
        (self.folder / "backups" / name).unlink()

    def sweep(self) -> int:
        """Delete blocks and drafts that no backup names; gives the bytes. Only while ``alone`` is held."""
        named = {block for name in self.names() for block in _blocks(self.read_list(name))}
        freed = 0
        for path in (self.folder / "blocks").glob("*/*"):
            if path.name not in named:
                freed += path.stat().st_size
                path.unlink()
        for draft in (self.folder / "backups").glob(".*"):
            draft.unlink()
        return freed

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time; the kernel lets go when the process dies."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self.folder / ".lock").open("w", encoding="ascii")
        except OSError as error:
            raise VaultFailed(
                f"备份位置 {self.folder} 不能写入（{error.strerror}）。请检查它是否已挂载、有无写权限。"
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise VaultFailed("另一个备份正在进行，请等它结束后再试。") from None
            yield

    def _sealed(self, body: bytes, name: str) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._seal.encrypt(nonce, body, name.encode("ascii"))

    def _opened(self, sealed: bytes, name: str) -> bytes:
        try:
            return self._seal.decrypt(sealed[:NONCE], sealed[NONCE:], name.encode("ascii"))
        except (InvalidTag, ValueError):
            raise keys.WrongKey(
                f"{name[:20]} 打不开：恢复密钥不是这份备份的那一把，或备份已被改动、损坏。"
            ) from None


def _blocks(told: dict[str, Any]) -> Iterator[str]:
    for file in told["files"]:
        yield from file["blocks"]


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before the name is."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        _sync(target.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        why = "磁盘已满" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
        raise VaultFailed(f"备份没有写完：{why}（{target.parent.parent}）。上一份备份仍然可用。") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
