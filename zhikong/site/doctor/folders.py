"""The folders: whose they are, their rights, secrets, keys, and whether the data folder is whole."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from zhikong.site import connection, home
from zhikong.site.backup import keys as backup_keys
from zhikong.site.backup import restoring
from zhikong.site.doctor.finding import Finding, error, fine, warning

NAME = "目录与密钥"
# made at the first start; each is needed to read what is there
SECRETS = ("django", "pseudonyms", "identities", "channels", "file-addresses", "speak")
OF_EMBEDDED = "database-admin"


def whole() -> Iterator[Finding]:
    """The data folder is there, ours, made, and no restoring of it was broken off."""
    folder = home.folder()
    if not folder.exists():
        remedy = "新装请运行 zhikong init；搬过家请检查 ZHIKONG_HOME。"
        yield error(NAME, f"数据目录 {folder} 不存在。", remedy)
    elif restoring_broke_off():
        yield error(NAME, "恢复没有做完，数据不完整。", "请再运行一次同样的 zhikong restore 命令。")
    elif connection.read() is None:
        yield error(NAME, f"{folder} 还没有建立医院。", "请运行 zhikong init。")
    elif home.is_demo():
        remedy = "正式使用请用 ZHIKONG_HOME 另设数据目录，再运行 zhikong init。"
        yield warning(NAME, f"数据目录 {folder} 里是演示数据，账号和密码是公开的。", remedy)
    else:
        yield fine(NAME, f"数据目录 {folder}。")
    if folder.exists() and not is_ours():
        yield error(
            NAME,
            f"数据目录属于账号 {_owner(folder)}，现在是用另一个账号在检查，数据库各项没有检查。",
            f"请运行：sudo -u {_owner(folder)} zhikong doctor",
        )


def rights() -> Iterator[Finding]:
    """What holds passwords or keys is for its owner alone; nobody else writes among the data."""
    loose = [path for path in _private() if path.exists() and _mode(path) & 0o077]
    for path in loose:
        yield error(NAME, f"{path} 其他账号也能读。", f"请执行：chmod go-rwx {path}")
    folder = home.folder()
    if folder.exists() and _mode(folder) & 0o022:
        yield error(NAME, f"数据目录 {folder} 其他账号也能写。", f"请执行：chmod go-w {folder}")
    if not loose and connection.read() is not None:
        yield fine(NAME, "密码和密钥文件只有本账号能读。")


def secrets() -> Iterator[Finding]:
    """A secret that is gone is made anew at the next start, and then what it sealed stays closed for ever."""
    for path in missing_secrets():
        yield error(NAME, f"缺少 {path}。", "启动前请从备份找回；重新生成的打不开原有数据。")


def missing_secrets() -> list[Path]:
    """Secrets that an installation with data must have and has not."""
    known = connection.read()
    if known is None:
        return []
    wanted = (*SECRETS, OF_EMBEDDED) if known.get("embedded") else SECRETS
    paths = [home.folder() / "secrets" / name for name in wanted]
    return [path for path in paths if not path.exists()]


def recovery_key() -> Iterator[Finding]:
    if not backup_keys.path().exists():
        yield warning(NAME, "还没有恢复密钥。", "第一次运行 zhikong backup 时生成，请抄在纸上另处保管。")
        return
    try:
        backup_keys.own()
    except backup_keys.WrongKey:
        remedy = "请按纸上的恢复密钥重写这个文件。"
        yield error(NAME, f"{backup_keys.path()} 损坏，打不开已有的备份。", remedy)


def restoring_broke_off() -> bool:
    return (home.folder() / restoring.MARK).exists()


def is_ours() -> bool:
    """Whether we run as the account whose data these are: another one would leave files that the service cannot use."""
    return home.folder().stat().st_uid == os.geteuid()


def _private() -> Iterator[Path]:
    folder, keys = home.folder(), home.keys_folder()
    yield from (folder / "secrets", folder / connection.FILE, folder / "site.json", keys)
    yield from keys.rglob("*")
    yield from (folder / "secrets").glob("*")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _owner(path: Path) -> str:
    number = path.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"
