"""Tells the administrators of every institution that a backup failed; once a day, however often it is tried."""

from __future__ import annotations

from datetime import datetime

from zhikong.site import frame, home
from zhikong.site.backup import state

TOLD = "backup-told"  # the day on which it was told last


def failed(*, why: str, now: datetime) -> bool:
    """Put a notice into their boxes; gives whether one was sent. Nothing is told when the database is away."""
    mark = home.place("cache") / TOLD
    if mark.exists() and mark.read_text(encoding="ascii") == f"{now:%Y-%m-%d}":
        return False
    with frame.database():
        frame.setup_django()
        for code in frame.institutions():
            with frame.in_scope("backup", code):
                _notice(why, now)
    mark.write_text(f"{now:%Y-%m-%d}", encoding="ascii")
    return True


def _notice(why: str, now: datetime) -> None:
    from zhikong.foundation.notices.actions import send

    good = state.read().get("good")
    last = (
        f"上一份可用的备份是 {state.moment(good):%Y-%m-%d %H:%M} 的。"
        if good
        else "目前还没有任何可用的备份。"
    )
    send(
        by=None,
        now=now,
        title="例行备份没有成功",
        text=f"{why}\n{last}\n处理后可在服务器上运行 zhikong backup 立即补做；zhikong doctor 会列出其他问题。",
        roles=["administrator"],
        source_kind="backup",
        source_key=f"{now:%Y-%m-%d}",
    )
