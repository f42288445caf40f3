"""Brings a backup back into an empty place: files, keys, database; then counts whether all of it is there."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from zhikong.site import connection, frame, home
from zhikong.site.backup import database, keys, places
from zhikong.site.backup.vault import Vault, VaultFailed
from zhikong.site.home import Explained
from zhikong.site.supervisor import Server

MARK = ".restoring"  # while it lies in a data folder, that folder is not whole
DUMP = "backup-scratch"
KEY = "ZHIKONG_RECOVERY_KEY"  # variable in which a program gives the key
LOCKS = {".running", ".start.lock"}  # what a start leaves that came to nothing


class RestoreRefused(Explained):
    """The place is not empty, or there is no such backup."""


class RestoreDiffers(Explained):
    """What was restored is not what was backed up."""


def chosen(vault: Vault, *, at: datetime | None = None, name: str | None = None) -> str:
    """The backup with a name, else the newest, else the newest at or before a moment; raises RestoreRefused."""
    known = vault.names()
    if not known:
        raise RestoreRefused(f"{vault.folder} 里没有备份。请检查 --from 指的位置。")
    if name:
        return name
    for one in reversed(known):
        if at is None or datetime.fromisoformat(vault.read_list(one)["at"]) <= at:
            return one
    raise RestoreRefused(f"没有 {at:%Y-%m-%d %H:%M} 或更早的备份。最早的一份是 {known[0]}。")


def check_empty() -> None:
    """Refuses a data folder with something in it; one that an interrupted restore left is taken again."""
    folder = home.folder()
    names = {p.name for p in folder.iterdir()} if folder.exists() else set()
    if names - LOCKS and MARK not in names:
        raise RestoreRefused(
            f"数据目录 {folder} 不是空的，恢复会盖掉里面的数据。请用 ZHIKONG_HOME 另设一个空目录。"
        )


def bring_back(vault: Vault, name: str, key: bytes) -> dict[str, Any]:
    """Files and keys of a backup into this installation's folders; gives the backup's list."""
    told = vault.read_list(name)
    home.folder().mkdir(parents=True, exist_ok=True)
    _clear()
    (home.folder() / MARK).write_text(name, encoding="ascii")
    where = {"data": home.folder(), "keys_folder": home.keys_folder(), "dump": dump_folder()}
    for file in told["files"]:
        _write(vault, file, places.target(file["name"], **where))
    home.write_private(keys.path(), keys.on_paper(key) + "\n")
    return told


def _clear() -> None:
    """What an interrupted restore left; its database may lie elsewhere, behind a link."""
    for path in list(home.folder().iterdir()):
        if path.is_symlink():
            shutil.rmtree(path.resolve(), ignore_errors=True)
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        elif path.name != MARK and not path.name.startswith("."):
            path.unlink()


def dump_folder() -> Path:
    return home.folder() / DUMP / "dump"


def load(server: Any, told: dict[str, Any]) -> None:
    """The dump into the empty database that runs; raises RestoreDiffers when a table has not its rows."""
    address = database.powerful_address(server)
    if not database.is_empty(address):
        raise RestoreRefused("数据库里已有数据表，恢复会盖掉它们。请给出一个空的数据库。")
    database.restore(address, dump_folder())
    compare(told["rows"], database.counted(address))
    database.end_sessions(address)


def compare(wanted: dict[str, int], found: dict[str, int]) -> None:
    """Every table with every row; the sentence names the first tables that differ."""
    differing = [t for t in sorted(wanted.keys() | found.keys()) if wanted.get(t) != found.get(t)]
    if differing:
        named = "；".join(f"{t} 应有 {wanted.get(t)} 行，实有 {found.get(t)} 行" for t in differing[:3])
        raise RestoreDiffers(f"恢复出来的数据与备份不一致（{len(differing)} 张表）：{named}。")


def finish() -> None:
    """The folder is whole from now on."""
    shutil.rmtree(home.folder() / DUMP, ignore_errors=True)
    (home.folder() / MARK).unlink(missing_ok=True)


def refuse_unfinished() -> None:
    """For whoever starts the service: a folder whose restore was interrupted holds half of a hospital."""
    if (home.folder() / MARK).exists():
        raise RestoreRefused(
            f"数据目录 {home.folder()} 的恢复没有做完，不能启动。请再运行一次同样的 zhikong restore 命令。"
        )


def _write(vault: Vault, file: dict[str, Any], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        for content in vault.content(file["blocks"]):
            found.update(content)
            out.write(content)
    if found.hexdigest() != file["sum"]:
        raise VaultFailed(f"备份中的文件 {file['name']} 与校验值不符。")
    target.chmod(file["mode"])


def prepare_database() -> AbstractContextManager[Server | None]:
    """The database server of this data folder, with our roles and an empty database."""
    known = connection.read()
    if known is not None and not known.get("embedded") and not frame.external_url():
        raise RestoreRefused(
            "这份备份来自医院自己的数据库服务器。请用 DATABASE_URL 给出一个空的数据库后重试。"
        )
    return frame.database()
