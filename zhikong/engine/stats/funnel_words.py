"""A funnel in the words of the person who must decide what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MOST_NAMES = 5


def sentence(made, names: Sequence[str] | None) -> str:
    """What the comparison allows to conclude, how many would be outside by chance, and what it cannot tell."""
    judged = int((~np.isnan(made.ratio) & ~made.small).sum())
    if not judged:
        return "没有例数足够的单元，不作比较。"
    parts = [_verdict(made, judged, names), _chance(made), _spread(made), _small(made), _unclear(made)]
    return "".join(part for part in parts if part)


def _verdict(made, judged: int, names: Sequence[str] | None) -> str:
    high, low = (np.flatnonzero(made.outside == side) for side in (1, -1))
    if not high.size and not low.size:
        return f"{judged} 个单元都在 99.8% 控制限内，差别可以用随机波动解释，不宜排名次。"
    found = [f"{w}{_named(rows, names)}" for w, rows in (("偏高", high), ("偏低", low)) if rows.size]
    return (
        f"{judged} 个单元中 {high.size + low.size} 个超出 99.8% 控制限（{'；'.join(found)}），值得查明原因。"
    )


def _named(rows: np.ndarray, names: Sequence[str] | None) -> str:
    if names is None:
        return f" {rows.size} 个"
    shown = "、".join(names[i] for i in rows[:MOST_NAMES])
    return f"：{shown}" + (f"等 {rows.size} 个" if rows.size > MOST_NAMES else "")


def _chance(made) -> str:
    return f"单凭随机，预计约 {made.expected_outside:.1f} 个超出。"


def _spread(made) -> str:
    if made.overdispersed:
        return (
            f"单元之间的差别大于抽样误差（φ={made.phi:.1f}），控制限已加上单元间的变异；"
            "整体差别大本身也说明病情构成或流程不一。"
        )
    return ""


def _small(made) -> str:
    count = int(made.small.sum())
    return f"{count} 个单元例数太少，只列出，不判断。" if count else ""


def _unclear(made) -> str:
    count = int(made.unclear.sum())
    return f"{count} 个单元即使翻倍也不一定看得出来，在限内不等于没有问题。" if count else ""


def unit_sentence(made, index: int) -> str:
    """One unit: its value, its limits, and what may be concluded."""
    if np.isnan(made.ratio[index]):
        return "没有病例，无从比较。"
    value = f"{_figure(made, made.ratio[index])}（总体 {_figure(made, made.target)}）"
    if made.small[index]:
        return f"{value}，例数太少，不判断。"
    side = int(made.outside[index])
    if side:
        return f"{value}，{'高于' if side > 0 else '低于'} 99.8% 控制限，不像随机波动。"
    side = int(made.warning[index])
    if side:
        return f"{value}，{'高于' if side > 0 else '低于'} 95% 警戒限但在 99.8% 控制限内：二十个单元里常有一个，先观察。"
    return f"{value}，在控制限内，与总体的差别可以用随机波动解释。{_detectable(made, index)}"


def _detectable(made, index: int) -> str:
    below, above = made.power.below[index], made.power.above[index]
    found = [
        f"低到 {_figure(made, below)}" if not np.isnan(below) else "",
        f"高到 {_figure(made, above)}" if not np.isnan(above) else "",
    ]
    told = "，或".join(part for part in found if part)
    return f"这样的例数，真实值要{told}，才有八成把握看出来。" if told else "这样的例数看不出任何差别。"


def _figure(made, value: float) -> str:
    scaled = value * made.scale
    text = f"{scaled:.3g}" if abs(scaled) < 1000 else f"{scaled:.0f}"
    return f"{text} {made.unit}".rstrip()
