"""Where the database's files and its socket lie. Nothing outside our own folders is changed."""

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from zhikong.site.home import Explained
from zhikong.site.supervisor.account import Account, can_enter, give
from zhikong.site.supervisor.binaries import SHARED

# A socket's address holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" and, for the lock, ".lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Places:
    """base: the server's own folder; data: the cluster; socket: where clients connect; log: text."""

    base: Path
    data: Path
    socket: Path
    log: Path


def find(home: Path, account: Account | None) -> Places:
    """The places of one installation, made when they are missing."""
    home.mkdir(parents=True, exist_ok=True)
    logs = home / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)
    base = _base(home, account)
    return Places(base, base / "data", _socket(base, account), logs / "postgres.log")


def _base(home: Path, account: Account | None) -> Path:
    """``postgres`` in the data folder, or a link there when the server's account cannot enter it."""
    usual = home / "postgres"
    if usual.exists():
        return usual.resolve()
    if usual.is_symlink():
        raise Explained(
            f"数据库文件夹 {usual.readlink()} 不见了。请恢复它，或删除链接 {usual} 后重新初始化。"
        )
    if account is None or can_enter(account, home):
        return _own_folder(usual, account)
    SHARED.mkdir(parents=True, exist_ok=True, mode=0o755)
    elsewhere = _own_folder(SHARED / secrets.token_hex(8), account)
    usual.symlink_to(elsewhere)
    return elsewhere


def _socket(base: Path, account: Account | None) -> Path:
    usual = base / "run"
    if len(os.fsencode(usual)) <= LONGEST_SOCKET_FOLDER:
        return usual if usual.exists() else _own_folder(usual, account)
    return _short(base, account)


def _short(base: Path, account: Account | None) -> Path:
    """A short folder under /tmp, ours beyond doubt: a stranger could have put one there first."""
    uid = account.uid if account else os.geteuid()
    mark = hashlib.sha256(os.fsencode(base)).hexdigest()[:12]
    path = Path(tempfile.gettempdir()) / f"zhikong-{uid}-{mark}"
    try:
        return _own_folder(path, account)
    except FileExistsError:
        if _is_ours(path, uid):
            return path
    stranger_free = Path(tempfile.mkdtemp(prefix=f"zhikong-{uid}-"))
    give(account, stranger_free)
    return stranger_free


def _own_folder(path: Path, account: Account | None) -> Path:
    path.mkdir(mode=0o700)
    give(account, path)
    return path.resolve()


def _is_ours(path: Path, uid: int) -> bool:
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and stat.S_IMODE(found.st_mode) == 0o700
