"""Whether there is a backup, how old it is, and whether it was ever proved to give everything back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from zhikong.site import home
from zhikong.site.backup import state
from zhikong.site.backup.queries import last
from zhikong.site.doctor.finding import Finding, error, fine, warning
from zhikong.site.doctor.machine import GB, LEAST_ROOM

NAME = "备份"
OLD, VERY_OLD = timedelta(days=2), timedelta(days=7)
VERIFIED_WITHIN = timedelta(days=31)


def backups(now: datetime) -> Iterator[Finding]:
    if home.is_demo():
        return  # it is made again by one command
    to = home.options().get("backup", {}).get("to")
    taken, verified = last()
    if not to:
        yield error(
            NAME,
            "没有设定备份位置。",
            '请在 site.json 里写 "backup": {"to": "/另一块盘/zhikong"}，每晚自动备份。',
        )
    elif not Path(to).exists() and taken:
        yield error(NAME, f"备份位置 {to} 不见了。", "请检查那块盘或网络存储是否已挂载。")
    else:
        yield from place(Path(to))
    yield from _age(taken, now)
    yield from _proved(taken, verified, now)


def place(to: Path) -> Iterator[Finding]:
    """Another disk than the data's, with room, on which we may write."""
    nearest = next(one for one in (to, *to.parents) if one.exists())
    if not os.access(nearest, os.W_OK):
        yield error(NAME, f"当前账号不能写备份位置 {nearest}。", "请把它的属主改为服务所用的账号。")
    elif nearest.stat().st_dev == home.folder().stat().st_dev:
        remedy = "请把 backup.to 换到另一块盘或网络存储。"
        yield warning(NAME, f"备份位置 {to} 与数据在同一块盘上，盘坏了备份也没了。", remedy)
    free = shutil.disk_usage(nearest).free
    if free < LEAST_ROOM:
        yield error(NAME, f"备份位置只剩 {free / GB:.1f} GB。", "请清理或扩容，否则今晚的备份写不完。")


def _age(taken: datetime | None, now: datetime) -> Iterator[Finding]:
    told = state.read().get("last")
    if told and not told["ok"]:
        yield error(NAME, f"最近一次没有成功：{told['reason']}", "处理后运行 zhikong backup 补做。")
    if taken is None:
        yield error(NAME, "还没有任何可用的备份。", "请运行 zhikong backup。")
    elif now - taken > OLD:
        level = error if now - taken > VERY_OLD else warning
        yield level(
            NAME,
            f"最新的备份是 {taken:%Y-%m-%d %H:%M} 的。",
            "请运行 zhikong backup，并查看 logs/backup.log。",
        )
    else:
        yield fine(NAME, f"最新的备份是 {taken:%Y-%m-%d %H:%M} 的。")


def _proved(taken: datetime | None, verified: datetime | None, now: datetime) -> Iterator[Finding]:
    if taken is None:
        return
    if verified is None or now - verified > VERIFIED_WITHIN:
        when = f"上次是 {verified:%Y-%m-%d}" if verified else "从来没有过"
        yield warning(NAME, f"一个月内没有通过恢复验证（{when}）。", "请运行 zhikong backup --verify。")
    else:
        yield fine(NAME, f"{verified:%Y-%m-%d} 通过了恢复验证。")
