"""Whether this machine can run what the bundle holds."""

import platform
import shutil
import sys
from pathlib import Path

from .words import Refused, spoken

OLDEST_GLIBC = (2, 28)


def check(told: dict[str, str]) -> None:
    """Refuse another processor, another Python or an old C library. told: what the bundle's VERSION says."""
    check_processor(told["arch"], platform.machine())
    check_python(told["python"], sys.version_info[:2])
    check_glibc(*platform.libc_ver())


def check_processor(wanted: str, found: str) -> None:
    """The bundle's wheels are for one kind of processor."""
    if found != wanted:
        raise Refused(f"这个安装包用于 {wanted}，本机是 {found}。请改用文件名带 {found} 的安装包。")


def check_python(wanted: str, found: tuple[int, ...]) -> None:
    """The bundle's wheels are for one version of Python."""
    have = ".".join(map(str, found[:2]))
    if have != wanted:
        raise Refused(
            f"安装包需要 Python {wanted}，现在用的是 {have}。"
            f"请先安装 Python {wanted}，再用 PYTHON=/路径/python{wanted} ./install.sh 运行。"
        )


def check_glibc(library: str, version: str) -> None:
    """Wheels name the oldest C library that they run with."""
    if library != "glibc" or tuple(int(part) for part in version.split(".")[:2]) < OLDEST_GLIBC:
        oldest = ".".join(map(str, OLDEST_GLIBC))
        raise Refused(
            f"本机的 C 运行库是 {library or '未知'} {version}，需要 glibc {oldest} 或更新。"
            "银河麒麟 V10、openEuler 20.03 及以后、Debian 10 及以后都满足；更旧的系统请改用容器。"
        )


def check_room(folder: Path, needed: int, what: str) -> None:
    """Refuse when the disk has not enough room. needed: bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(
            f"{folder} 所在磁盘只剩 {spoken(free)}，{what}需要 {spoken(needed)}。"
            "没有改动任何东西。请清理磁盘后重试（zhikong-site clean 可以删掉更早的版本）。"
        )
