"""Signals in the words of the person who must decide whether it is noise."""

from __future__ import annotations

from collections.abc import Sequence

from zhikong.engine.stats.points import HIGH, Rule, Variation, variation
from zhikong.engine.stats.runs import SHIFT, TREND

REASONS = {
    Rule.ABOVE: "高于上控制限",
    Rule.BELOW: "低于下控制限",
    Rule.NEAR_UPPER: "连续三点中有两点接近上控制限",
    Rule.NEAR_LOWER: "连续三点中有两点接近下控制限",
    Rule.SHIFT_UP: f"连续 {SHIFT} 点以上高于中心线",
    Rule.SHIFT_DOWN: f"连续 {SHIFT} 点以上低于中心线",
    Rule.TREND_UP: f"连续 {TREND} 点以上上升",
    Rule.TREND_DOWN: f"连续 {TREND} 点以上下降",
}
MEANING = {
    Variation.IMPROVEMENT: "向好的变化",
    Variation.CONCERN: "不利的变化",
    Variation.NEUTRAL_HIGH: "偏高的变化",
    Variation.NEUTRAL_LOW: "偏低的变化",
}
FALSE_ALARM_A_MONTH = {"three_sigma": 0.0027, "nhs": 0.022}


def sentence(rules: Sequence[Rule], months: Sequence[str], direction: str) -> str:
    """One sentence on the last point: what is special, since when, and whether it is good; or that it is noise."""
    if not rules or rules[-1] is Rule.NONE:
        return "本月在控制限内，也没有连续偏移，属于随机波动，不必逐点解释。"
    last = rules[-1]
    since = months[_start(rules)]
    good = MEANING[variation(last, direction)]
    when = f"{months[-1]}" if since == months[-1] else f"自 {since} 起至 {months[-1]}"
    return f"{when}{REASONS[last]}，是特殊原因引起的{good}，不是随机波动。"


def _start(rules: Sequence[Rule]) -> int:
    """Index of the first point of the unbroken stretch of the same side that ends the series."""
    high, index = rules[-1] in HIGH, len(rules) - 1
    while index > 0 and rules[index - 1] is not Rule.NONE and (rules[index - 1] in HIGH) == high:
        index -= 1
    return index


def expected_false(series: int, *, rules: str = "nhs") -> float:
    """How many of this month's signals chance alone would give: series × the measured rate of the rule set."""
    return series * FALSE_ALARM_A_MONTH[rules]
