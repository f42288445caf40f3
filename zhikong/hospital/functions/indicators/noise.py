"""Is it noise? Sentences that say what a chart allows to conclude, and what it does not (F-14)."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from zhikong.hospital.functions.indicators.rules import shown

FEWEST = 12  # months below which limits are on trial and no alert is raised
# P(at least one signal) on pure noise with these rules, by number of points; 20,000 runs each
MEASURED = ((12, 0.08), (24, 0.20), (36, 0.30), (60, 0.49))


def chance_of_false_alarm(points: int) -> float | None:
    """Between the measured lengths a straight line; None below the shortest, the longest beyond it."""
    if points < MEASURED[0][0]:
        return None
    for (few, low), (many, high) in pairwise(MEASURED):
        if points <= many:
            return low + (high - low) * (points - few) / (many - few)
    return MEASURED[-1][1]


def sentences(
    *,
    points: int,
    value: Decimal | None,
    lower: float | None,
    upper: float | None,
    unit: str,
    found: Sequence[str],
    chance: float | None,
    departments: int,
    judged: int,
    expected: float | None,
) -> list[str]:
    """What to say about one month of one chart.

    found: the sentences of the signals in this month. chance: probability of at least one signal among so many
    points of pure noise. departments, judged: how many are compared, how many have enough cases.
    expected: how many of the judged ones would signal in this month by chance alone.
    """
    return [
        _verdict(points, value, found),
        *_limits(value, lower, upper, unit),
        *found,
        *_false_alarms(points, chance),
        *_comparison(departments, judged, expected),
    ]


def _verdict(points: int, value: Decimal | None, found: Sequence[str]) -> str:
    if value is None:
        return _("本月没有数值，无从判断。")
    if points < FEWEST:
        return _("只有 %(n)s 个月的数据，控制限为试用，暂不据此判断。") % {"n": points}
    if found:
        return _("不像随机波动：本月出现特殊原因信号，值得查明。")
    return _("看不出特殊原因：本月与以往的差别在随机波动范围之内。单凭这一点不宜追究，要改善须改变流程本身。")


def _limits(value: Decimal | None, lower: float | None, upper: float | None, unit: str) -> list[str]:
    if value is None or lower is None or upper is None:
        return []
    where = _("之内") if lower <= float(value) <= upper else _("之外")
    low, high = shown(Decimal(str(lower))), shown(Decimal(str(upper)))
    said = {"value": shown(value), "low": low, "high": high, "unit": unit, "where": where}
    return [_("本月值 %(value)s %(unit)s，在控制限 %(low)s–%(high)s %(unit)s %(where)s。") % said]


def _false_alarms(points: int, chance: float | None) -> list[str]:
    if chance is None or points < FEWEST:
        return []
    said = {"n": points, "chance": f"{chance:.0%}".replace("%", " %")}
    return [_("所用规则在 %(n)s 个纯随机的点上，至少误报一次的概率约 %(chance)s。") % said]


def _comparison(departments: int, judged: int, expected: float | None) -> list[str]:
    if not departments:
        return []
    said = {"n": departments, "judged": judged}
    texts = [_("共 %(n)s 个科室有结果，%(judged)s 个例数足够判断。") % said]
    if expected is not None and judged:
        texts.append(_("即使都没有变化，本月预计也会有约 %(e)s 个科室误报。") % {"e": f"{expected:.1f}"})
    return texts
