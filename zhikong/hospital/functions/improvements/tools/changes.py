"""Before and after of a saved comparison, in the unit of its axis, and the sentence that may be said of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhikong.engine.stats.difference import Change, means, proportions, rates
from zhikong.hospital.functions.improvements.tools.asking import Unanswerable


def change(figures: Mapping[str, Any]) -> Change:
    """The change of the figures of `before_after`. Raises Unanswerable when it cannot be computed, and why."""
    try:
        return _computed(figures)
    except ValueError as wrong:
        raise Unanswerable(_why(figures)) from wrong


def _computed(figures: Mapping[str, Any]) -> Change:
    multiply = float(figures.get("multiply") or 1)
    if figures["how"] == "mean":
        return means(*figures["values"])
    before, after = ((int(top), float(bottom)) for top, bottom in figures["pairs"])
    share = figures["how"] == "ratio" and multiply == 100 and all(t <= b for t, b in (before, after))
    if share:
        return proportions((before[0], int(before[1])), (after[0], int(after[1])), multiply=multiply)
    return rates(before, after, multiply=multiply)


def _why(figures: Mapping[str, Any]) -> str:
    if figures["how"] == "mean":
        return "改善前后各要有两个以上的数，而且不能全都相同，才能算出差别和区间。"
    return "改善前或改善后的分母为 0，或者两期都没有发生，无法比较。"


def sentence(found: Change) -> str:
    """How large, between what and what, and whether that may be chance."""
    if found.ratio:
        high = "∞" if found.high == float("inf") else f"{found.high:.2f}"
        told = f"改善后是改善前的 {found.change:.2f} 倍（95% 区间 {found.low:.2f} 至 {high}）"
        chance = "区间含 1，差别可能是偶然的" if not found.certain else "区间不含 1，差别不像是偶然的"
    else:
        told = f"改善后比改善前{'高' if found.change >= 0 else '低'} {abs(found.change):.4g}（95% 区间 {found.low:.4g} 至 {found.high:.4g}）"
        chance = "区间含 0，差别可能是偶然的" if not found.certain else "区间不含 0，差别不像是偶然的"
    return f"{told}；{chance}。"
