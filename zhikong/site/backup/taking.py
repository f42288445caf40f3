"""Takes a backup while the service runs: one moment of the database, and every file that it may name."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from zhikong import __version__
from zhikong.site import home
from zhikong.site.backup import database, keys, places, state
from zhikong.site.backup.vault import Vault, VaultFailed
from zhikong.site.home import Explained

FORMAT = 1


class InsideData(Explained):
    """The backups would lie inside what they back up."""


def take(*, server: Any, to: Path, now: datetime) -> state.Told:
    """One backup into the folder ``to``; gives what it came to. A failure is remembered and raised again.

    server: the embedded server that runs, or None for a database of the hospital's own. now: with zone; names the backup.
    """
    began = time.monotonic()
    name = f"{now:%Y%m%dT%H%M%S}"
    try:
        size, added = _take(server, check_place(to), name, now)
    except (Explained, OSError) as error:
        said = error if isinstance(error, Explained) else VaultFailed(f"备份没有做成：{error}。")
        state.note("last", state.Told(name, now.isoformat(), False, reason=str(said)))
        raise said from error
    told = state.Told(name, now.isoformat(), True, size, added, round(time.monotonic() - began, 1))
    state.note("last", told)
    return told


def check_place(to: Path) -> Path:
    """The folder of backups, made absolute; refuses one inside the data or beside the keys."""
    to = to.expanduser().resolve()
    for inside, what in ((home.folder(), "数据目录"), (home.keys_folder(), "密钥目录")):
        if to.is_relative_to(inside):
            raise InsideData(f"备份位置 {to} 在{what}之内：盘坏了备份也没了。请另选一块盘或网络存储。")
    return to


def _take(server: Any, to: Path, name: str, now: datetime) -> tuple[int, int]:
    vault = Vault(to, keys.own())
    address = database.powerful_address(server)
    with vault.alone(), _scratch() as dump:
        if name in vault.names():
            raise VaultFailed(f"备份 {name} 已经存在，请过一秒再试。")
        with database.snapshot(address) as held:
            database.dump(address, held, dump)
        told, added = _kept(vault, dump)
        vault.write_list(name, _described(now, held) | {"files": told})
    return sum(file["size"] for file in told), added


def _described(now: datetime, held: database.Snapshot) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "at": now.isoformat(),
        "rows": held.rows,
        "lake": held.versions,
        "institutions": held.institutions,
    }


def _kept(vault: Vault, dump: Path) -> tuple[list[dict[str, Any]], int]:
    told, added = [], 0
    for item in places.items(data=home.folder(), keys_folder=home.keys_folder(), dump=dump):
        try:
            entry, new = _keep(vault, item)
        except FileNotFoundError:
            continue  # swept or renamed since it was listed; what the database names stays
        told.append(entry)
        added += new
    return told, added


def _keep(vault: Vault, item: places.Item) -> tuple[dict[str, Any], int]:
    with item.path.open("rb") as source:
        reading = _Counting(source)
        blocks, added = vault.keep(reading)
        mode = item.path.stat().st_mode & 0o777
    entry = {
        "name": item.name,
        "size": reading.size,
        "sum": reading.sum.hexdigest(),
        "mode": mode,
        "blocks": blocks,
    }
    return entry, added


class _Counting:
    """A stream that remembers what went through it."""

    def __init__(self, source: Any):
        self.source, self.size, self.sum = source, 0, hashlib.sha256()

    def read(self, most: int) -> bytes:
        content = self.source.read(most)
        self.size += len(content)
        self.sum.update(content)
        return content


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for the dump inside the data folder, which only we read; remains of a killed backup go first."""
    base = home.folder() / "backup-scratch"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(mode=0o700)
    try:
        yield Path(tempfile.mkdtemp(dir=base)) / "dump"
    finally:
        shutil.rmtree(base, ignore_errors=True)
