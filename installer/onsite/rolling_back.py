"""Back to the version before, and an honest list of what was entered since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from . import product, service
from .layout import Layout, Set, stamp
from .words import Refused, say

SHOWN = 12  # tables on the screen; the file names all


def roll_back(layout: Layout, *, now: Callable[[], datetime]) -> Set:
    """Put the set before the current one in force again; what was entered since stays in the newer set's data."""
    current, old = layout.current(), layout.previous()
    if current is None or old is None:
        raise Refused("没有可以退回的旧版本：这是第一次安装，或旧版本已被清理。没有改动任何东西。")
    ran = service.stop(current)
    with service.held(current):
        left = since(current.told().get("counts", {}), _counted(current))
        moment = now()
        _tell(layout, current, old, left, moment)
        current.tell(left_at=moment.isoformat(timespec="seconds"))
        layout.flip(old)
    say(f"已退回：{current.version} → {old.version}，数据也回到升级前的状态。")
    if ran and not service.start():
        say(f"请启动服务：{layout.prefix}/bin/zhikong serve")
    return old


def since(before: dict[str, int], now: dict[str, int] | None) -> dict[str, int] | None:
    """Rows that came after the upgrade, by table; None when the newer version does not say."""
    if now is None:
        return None
    return {name: rows - before.get(name, 0) for name, rows in now.items() if rows > before.get(name, 0)}


def _counted(current: Set) -> dict[str, int] | None:
    """A newer version that no longer starts must not stop the way back."""
    if not product.is_set_up(current):
        return {}
    try:
        return product.counted(current)
    except Refused:
        return None


def _tell(layout: Layout, current: Set, old: Set, left: dict[str, int] | None, moment: datetime) -> None:
    """On the screen and in a file: what the hospital enters again, and where it still lies."""
    upgraded = current.told().get("at", "升级")
    lines = [f"{upgraded} 升级到 {current.version} 之后录入的内容不会出现在 {old.version} 里，"]
    lines.append(f"它们完整保留在 {current.data}，没有删除。")
    if left is None:
        lines.append("新版本的数据库没有应答，没能逐表清点。")
    elif not left:
        lines.append("清点结果：升级之后没有新增任何行。")
    else:
        lines += ["升级之后新增的行：", *(f"  {name}：{rows}" for name, rows in sorted(left.items()))]
        lines.append("（对原有内容的修改记在 audit_event 里，也会留在新版本的数据中。）")
    path = layout.prefix / f"left-behind-{stamp(moment)}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in lines[: SHOWN + 3]:
        say(line)
    say(f"清单已写到 {path}。")
