"""The machine: Python, memory, file handles, disk, clock, fonts."""

from __future__ import annotations

import os
import platform
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

from zhikong.site import home
from zhikong.site.doctor.finding import Finding, error, fine, warning
from zhikong.site.setup import weak

GB = 10**9
LEAST_MEMORY, LITTLE_MEMORY = 2 * GB, 4 * GB
LEAST_ROOM, LITTLE_ROOM = 1 * GB, 10 * GB
LEAST_HANDLES = 1024
LEAST_INODES = 0.05  # share of the disk's


def python() -> Iterator[Finding]:
    """Told for whoever asks for help; an older one could not have started this."""
    yield fine("Python", f"{platform.python_version()}，{platform.machine()}，{platform.system()}。")


def memory() -> Iterator[Finding]:
    whole = psutil.virtual_memory().total
    told = f"共 {whole / GB:.1f} GB。"
    if whole < LEAST_MEMORY:
        yield error("内存", told, "至少需要 2 GB，建议 8 GB 以上。请给服务器增加内存。")
    elif whole < LITTLE_MEMORY:
        yield warning("内存", told, "导入两年首页时可能不够，建议 8 GB 以上。")
    else:
        yield fine("内存", told)


def handles() -> Iterator[Finding]:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < LEAST_HANDLES:
        yield warning("文件句柄", f"上限 {soft}。", f"请在服务单元里设 LimitNOFILE={LEAST_HANDLES * 8}。")
    else:
        yield fine("文件句柄", f"上限 {soft}。")


def disk(folder: Path | None = None) -> Iterator[Finding]:
    place = _existing(folder or home.folder())
    free = shutil.disk_usage(place).free
    told = f"{place} 所在的盘还有 {free / GB:.1f} GB。"
    if free < LEAST_ROOM:
        yield error(
            "磁盘",
            told,
            "空间不足 1 GB 时数据库会停下。请清理或扩容；过期备份由 zhikong backup --nightly 清理。",
        )
    elif free < LITTLE_ROOM:
        yield warning("磁盘", told, "升级需要相当于两份数据的空间。请尽快扩容。")
    else:
        yield fine("磁盘", told)
    yield from _inodes(place)
    if weak.file_system(place) in weak.IN_MEMORY:
        yield error(
            "磁盘",
            f"{place} 在内存盘上，关机数据就没了。",
            "请用 ZHIKONG_HOME 指定磁盘上的目录，并从备份恢复。",
        )


def _inodes(place: Path) -> Iterator[Finding]:
    found = os.statvfs(place)
    if found.f_files and found.f_favail / found.f_files < LEAST_INODES:
        yield warning("磁盘", "可建的文件数快用完了（inode）。", "请清理小文件，或换一个分区。")


def fonts() -> Iterator[Finding]:
    from zhikong.web.charts import fonts as found

    try:
        found.folders()
    except found.FontMissing as missing:
        yield error("字体", str(missing), "中文字体随安装包提供，请用安装包重新安装。")
    else:
        yield fine("字体", "中文字体在位。")


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())
