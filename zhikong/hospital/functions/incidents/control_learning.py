"""Control charts of incidents: u chart of a month's rate, g chart of bed-days or t chart of days between rare ones. No ORM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from zhikong.engine.stats.choosing import choose
from zhikong.engine.stats.limits import u_chart
from zhikong.engine.stats.points import ORDER, Rule, classes
from zhikong.engine.stats.rare import g_chart, t_chart
from zhikong.engine.stats.rules import judged, nhs_tests
from zhikong.engine.stats.series import Limits, Options
from zhikong.engine.stats.wording import REASONS

RARE = 1.0  # incidents a month
FEWEST = 3
"""Points below which limits say nothing."""


@dataclass(frozen=True)
class Control:
    """A drawn chart. labels: the month, or the day of the incident that ended the gap. up_is_bad: False for gaps."""

    kind: str
    labels: tuple[str, ...]
    limits: Limits
    rules: tuple[Rule, ...]
    reason: str
    axis: str
    up_is_bad: bool = True

    @property
    def sentence(self) -> str:
        """What the chart says of its newest special point."""
        special = [
            (label, rule)
            for label, rule in zip(self.labels, self.rules, strict=True)
            if rule is not Rule.NONE
        ]
        if not special:
            return "未见特殊原因：高低都在平常波动之内。"
        label, rule = special[-1]
        return f"{label} {REASONS[rule]}，不像是随机波动。"


def control(
    months: Sequence[str],
    counts: Sequence[int],
    bed_days: Sequence[int | None],
    days: Sequence[date],
    gaps: Sequence[float] | None,
) -> Control | None:
    """The chart that fits; None with too few points.

    counts, bed_days: by month; a month of unknown bed-days has no point. days: of the incidents, in order. gaps:
    bed-days between them (one fewer than days), None when any of them is unknown: then days between them are drawn.
    """
    known = [top for top, bottom in zip(counts, bed_days, strict=True) if bottom]
    rare = not known or sum(known) / len(known) < RARE
    if not rare and len(known) >= FEWEST:
        return _monthly(months, counts, bed_days)
    return _between(days, gaps, rare) if len(days) > FEWEST else None


def _monthly(months: Sequence[str], counts: Sequence[int], bed_days: Sequence[int | None]) -> Control:
    top = [float(count) if bottom else None for count, bottom in zip(counts, bed_days, strict=True)]
    bottom = [float(one) if one else None for one in bed_days]
    chosen = choose("rate", top, bottom)
    limits = u_chart(top, bottom, Options(multiply=1000.0), prime=chosen.chart.endswith("prime"))
    return Control("u", tuple(months), limits, _rules(limits), chosen.reason, "每千床日例数（‰）")


def _between(days: Sequence[date], gaps: Sequence[float] | None, rare: bool) -> Control:
    labels = _labels(days[1:])
    if gaps is not None:
        limits = g_chart(list(gaps))
        why = "事件少见（平均每月不到 1 例），按月的率多为零" if rare else "知道床日数的月份太少"
        reason = f"{why}，改看两例之间隔了多少床日（g 图）：点越高越好。"
        return Control("g", labels, limits, _rules(limits), reason, "两例之间的床日数", up_is_bad=False)
    apart = [float((after - before).days) for before, after in pairwise(days)]
    limits = t_chart(apart)
    reason = "床日数不全，改看两例之间隔了多少天（t 图）：点越高越好。"
    return Control("t", labels, limits, _rules(limits), reason, "两例之间的天数", up_is_bad=False)


def _labels(days: Sequence[date]) -> tuple[str, ...]:
    """The day of each incident; the second of a day has its number, because two points may not share a place."""
    seen: Counter[date] = Counter()
    made = []
    for day in days:
        seen[day] += 1
        made.append(day.isoformat() + (f" ({seen[day]})" if seen[day] > 1 else ""))
    return tuple(made)


def _rules(limits: Limits) -> tuple[Rule, ...]:
    seen = judged(limits, np.ones(limits.y.shape, bool))
    return tuple(ORDER[index] for index in classes(*nhs_tests(seen)))
