"""Whether there is a backup, how old it is, and whether it was ever proved to give everything back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from zhikong.site import home
from zhikong.site.backup import state
from zhikong.site.backup.queries import last
from zhikong.site.doctor.finding import Finding, error, fine, warning

NAME = "备份"
OLD, VERY_OLD = timedelta(days=2), timedelta(days=7)
VERIFIED_WITHIN = timedelta(days=31)


def backups(now: datetime) -> Iterator[Finding]:
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
    yield from _age(taken, now)
    yield from _proved(taken, verified, now)


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
