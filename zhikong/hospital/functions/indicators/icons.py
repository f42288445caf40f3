"""The two icons of a chart in words: what kind of variation the month shows, and whether the target will be reached."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.engine.stats.points import Assurance, Rule, Variation, assured, variation
from zhikong.hospital.functions.indicators.charting import Chart
from zhikong.hospital.functions.indicators.queries.detail import Detail

VARIATIONS = {
    Variation.COMMON: ("none", _("普通原因"), _("本月在流程自身的波动之内。")),
    Variation.IMPROVEMENT: (
        "ok",
        _("特殊原因：向好"),
        _("本月的变化不像偶然，且朝好的方向；弄清原因，保持下去。"),
    ),
    Variation.CONCERN: ("bad", _("特殊原因：不利"), _("本月的变化不像偶然，且朝坏的方向；应查明原因。")),
    Variation.NEUTRAL_HIGH: ("info", _("特殊原因：偏高"), _("本月异常偏高；这个指标没有规定好坏方向。")),
    Variation.NEUTRAL_LOW: ("info", _("特殊原因：偏低"), _("本月异常偏低；这个指标没有规定好坏方向。")),
}
ASSURANCES = {
    Assurance.PASS: ("ok", _("稳定达标"), _("流程不变，每个月都会达到目标。")),
    Assurance.FAIL: ("bad", _("稳定不达标"), _("流程不变，就达不到目标：要改的是流程，不是催促。")),
    Assurance.MIXED: ("warn", _("时而达标时而不达标"), _("目标落在流程自身的波动之内，达标与否带有偶然。")),
}


@dataclass(frozen=True)
class Icon:
    """A tag and the sentence that it stands for."""

    tone: str
    word: str
    sentence: str


def icons(seen: Detail, chart: Chart) -> list[Icon]:
    """Variation, then assurance, of the month that the page shows; neither where it cannot be said."""
    drawn, month = chart.control, seen.line.month
    if drawn is None or month not in seen.months or seen.line.value is None:
        return []
    index = seen.months.index(month)
    found = [Icon(*VARIATIONS[_variation(seen, chart, drawn.rules[index])])]
    reached = _assurance(seen, chart, index)
    return [*found, Icon(*ASSURANCES[reached])] if reached else found


def _variation(seen: Detail, chart: Chart, rule: Rule) -> Variation:
    """A g chart counts cases between events: its high points are low rates."""
    if rule is Rule.NONE or chart.control.kind != "g":
        return variation(rule, str(seen.line.definition.direction))
    turned = Rule.ABOVE if chart.control.side(rule) == "above" else Rule.BELOW
    return variation(turned, str(seen.line.definition.direction))


def _assurance(seen: Detail, chart: Chart, index: int) -> Assurance | None:
    lower, _centre, upper = chart.control.at(index)
    target, direction = seen.line.in_force.target, str(seen.line.definition.direction)
    bound = target.low if direction == "up" else target.high
    if bound is None or lower is None or upper is None or chart.control.kind == "g":
        return None
    return assured(lower, upper, target=float(bound), direction=direction)
