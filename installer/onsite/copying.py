"""The copy of the data on which an upgrade works; the original is only read."""

import os
import subprocess
from pathlib import Path

from .words import Refused

NOT_COPIED = {"cache", ".running", ".start.lock"}  # made anew; locks belong to processes


def size(folder: Path) -> int:
    """Bytes that a folder takes on the disk."""
    total = 0
    for base, _folders, files in os.walk(folder):
        for name in files:
            found = os.lstat(os.path.join(base, name))
            total += found.st_blocks * 512
    return total


def copy(source: Path, target: Path) -> None:
    """Copy a data folder with owners, rights and times; blocks are shared where the file system can."""
    if (source / "postgres").is_symlink():
        raise Refused(
            f"数据库不在 {source} 里，而在 {(source / 'postgres').resolve()}，不能整体复制。"
            "请把它移回数据目录，再升级。没有改动任何东西。"
        )
    _folder_like(source, target)
    entries = [str(path) for path in sorted(source.iterdir()) if path.name not in NOT_COPIED]
    if entries:
        _cp(entries, target)


def _folder_like(source: Path, target: Path) -> None:
    """An empty folder with the owner and the rights of another one."""
    found = source.stat()
    target.mkdir(mode=0o700)
    target.chmod(found.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(target, found.st_uid, found.st_gid)


def _cp(entries: list[str], target: Path) -> None:
    command = ["cp", "-a", "--reflink=auto", "--sparse=auto", "--", *entries, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["没有说明"])[0]
        raise Refused(f"数据没有复制完：{told}。原来的数据没有动过。")
