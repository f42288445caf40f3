"""Control charts of indicator series: which chart, its limits, and what is special about each month.

Pure: figures and decisions in, limits and rules out. The same window, chart and decisions serve the page, the
signals and the alerts, so that a page never shows other limits than those that raised an alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.definitions import Definition, How, Kind
from zhikong.engine.definitions.model import Measure
from zhikong.engine.definitions.nodes import CountOf
from zhikong.engine.stats import runs
from zhikong.engine.stats.choosing import Choice, choose
from zhikong.engine.stats.drafting import mostly_tied
from zhikong.engine.stats.limits import c_chart, median_chart, p_chart, u_chart, xmr
from zhikong.engine.stats.points import HIGH, ORDER, Rule, classes
from zhikong.engine.stats.rare import between_events, g_chart
from zhikong.engine.stats.rules import judged, nhs_tests
from zhikong.engine.stats.series import Limits, Options
from zhikong.engine.stats.wording import REASONS
from zhikong.hospital.functions.indicators.decided import Decision
from zhikong.hospital.functions.indicators.queries.figures import Figure

WINDOW = 24  # months that carry the limits
BEYOND = frozenset({Rule.ABOVE, Rule.BELOW})
PER_HUNDRED = (100, 1000, 10000)


@dataclass(frozen=True)
class Control:
    """One chart: limits in the indicator's unit, the rule that each month fulfils, and why this chart.

    A g chart counts cases between events: its limits are cases, and high means that events became rarer.
    """

    kind: str
    reason: str
    limits: Limits
    rules: tuple[Rule, ...]
    points: int
    decisions: tuple[Decision, ...] = ()

    def at(self, index: int) -> tuple[float | None, float | None, float | None]:
        """(lower, centre, upper) of a month; None where there is no limit."""
        return tuple(
            _known(line[index]) for line in (self.limits.lower, self.limits.centre, self.limits.upper)
        )

    def side(self, rule: Rule) -> str:
        """Whether the indicator itself is high or low where this rule holds."""
        high = (rule in HIGH) != (self.kind == "g")
        return "above" if high else "below"

    def reason_of(self, rule: Rule) -> str:
        """The rule in words."""
        return (RARE_REASONS if self.kind == "g" else REASONS)[rule]


RARE_REASONS = {
    Rule.ABOVE: "距上一例隔了异常多的例数，事件明显变少",
    Rule.BELOW: "距上一例隔的例数异常少，事件明显变多",
    Rule.TREND_UP: "事件之间的例数连续变多",
    Rule.TREND_DOWN: "事件之间的例数连续变少",
    Rule.NEAR_UPPER: "连续三点中有两点隔的例数偏多",
    Rule.NEAR_LOWER: "连续三点中有两点隔的例数偏少",
    Rule.SHIFT_UP: "事件之间的例数连续多于平常",
    Rule.SHIFT_DOWN: "事件之间的例数连续少于平常",
}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def control(
    definition: Definition,
    figures: Sequence[Figure | None],
    months: Sequence[str] = (),
    decisions: Sequence[Decision] = (),
) -> Control | None:
    """The chart of a series, oldest month first; None with fewer than two known months, or when none is wanted.

    months: those of the figures; needed where decisions are.
    """
    known = sum(figure is not None and figure.value is not None for figure in figures)
    if known < 2 or definition.chart == "none":
        return None
    chosen = _decided(decisions) or _chart(definition, figures)
    limits = _limits(chosen.chart, definition, figures, _options(months, decisions))
    if limits.kind == "g" and np.sum(~np.isnan(limits.y)) < 2:
        chosen = _chart(definition, figures, rare=False)
        limits = _limits(chosen.chart, definition, figures, _options(months, decisions))
    return Control(chosen.chart, chosen.reason, limits, _rules(limits), known, tuple(decisions))


def chart_kind(definition: Definition, figures: Sequence[Figure | None]) -> str:
    """The chart of the monthly values that fits the series: xmr, p, p_prime, u, u_prime or c."""
    return _chart(definition, figures, rare=False).chart


def _decided(decisions: Sequence[Decision]) -> Choice | None:
    wanted = next((d for d in reversed(decisions) if d.kind == "chart_type"), None)
    return wanted and Choice(wanted.chart, f"控制图的类型由人工指定：{wanted.reason}。")


def _chart(definition: Definition, figures: Sequence[Figure | None], *, rare: bool = True) -> Choice:
    if definition.chart != "auto":
        return Choice(definition.chart, "控制图的类型由指标定义指定。")
    kind = data_kind(definition, figures)
    parts = _part(figures, "numerator"), _part(figures, "denominator")
    if kind == "measure":
        return choose(kind, _part(figures, "value"), None)
    return choose(kind, *parts, between_events=rare)


def data_kind(definition: Definition, figures: Sequence[Figure | None]) -> str:
    """proportion: counted cases among counted cases; rate: events per exposure; count; measure: all else."""
    if definition.kind is Kind.COUNT:
        return "count"
    if not is_rate(definition):
        return "measure"
    parts = [(f.numerator, f.denominator) for f in figures if f is not None and f.denominator]
    known = [(n, d) for n, d in parts if n is not None]
    return "proportion" if definition.kind is Kind.RATIO and all(n <= d for n, d in known) else "rate"


def is_rate(definition: Definition) -> bool:
    """Whether cases or events are set against cases or exposure: only then chance has a known size beforehand."""
    counted = _counts(definition.numerator) and definition.multiplier in PER_HUNDRED
    return definition.kind in (Kind.RATIO, Kind.RATE) and counted


def _counts(measure: Measure | None) -> bool:
    """Whether the number is one of cases or events: rows, or rows of a child table."""
    if measure is None:
        return False
    return measure.how in (How.COUNT, How.PASSES) or (
        measure.how is How.SUM and isinstance(measure.expression, CountOf)
    )


def _part(figures: Sequence[Figure | None], name: str) -> list[float | None]:
    parts = (None if figure is None else getattr(figure, name) for figure in figures)
    return [None if part is None else float(part) for part in parts]


def _options(months: Sequence[str], decisions: Sequence[Decision]) -> Options:
    """Decisions as positions: ends of phases, excluded points, the points of a frozen baseline."""
    starts = {d.first for d in decisions if d.kind == "phase"}
    return Options(
        parts=tuple(index for index, month in enumerate(months) if month in starts and index),
        exclude=_places(months, decisions, "exclude"),
        base=_places(months, decisions, "freeze"),
    )


def _places(months: Sequence[str], decisions: Sequence[Decision], kind: str) -> tuple[int, ...]:
    spans = [(d.first, d.last) for d in decisions if d.kind == kind]
    return tuple(
        place
        for place, month in enumerate(months, start=1)
        if any(first <= month <= last for first, last in spans)
    )


def _limits(kind: str, definition: Definition, figures: Sequence[Figure | None], options: Options) -> Limits:
    top, bottom = _part(figures, "numerator"), _part(figures, "denominator")
    if kind == "g":
        return g_chart(between_events(top, bottom), options)
    if kind.startswith(("p", "u")):
        draw = p_chart if kind.startswith("p") else u_chart
        return draw(
            top, bottom, replace(options, multiply=float(definition.multiplier)), prime=kind.endswith("prime")
        )
    share = definition.kind is Kind.RATIO and definition.unit == "%" and _counts(definition.numerator)
    cap = 100.0 if share else None
    options = replace(options, floor=0.0, cap=cap)
    values = _part(figures, "value")
    if kind == "c":
        return c_chart(values, options)
    return (median_chart if kind == "median" else xmr)(values, options=options)


def _rules(limits: Limits) -> tuple[Rule, ...]:
    """The first rule that holds for each month: beyond the limits, trend, two of three near a limit, shift.

    Where over half the months tie, shifts are judged against that value and the ties skipped.
    """
    found = np.zeros(limits.y.shape, np.int64)
    for part in np.unique(limits.part):
        member = limits.part == part
        seen = judged(limits, member)
        if mostly_tied(seen.y):
            median = np.full(seen.y.shape, np.nanmedian(seen.y))
            seen = replace(seen, side=runs.sides(seen.y, median))
        found[member] = classes(*nhs_tests(seen))
    return tuple(ORDER[index] for index in found)


def side(rule: Rule) -> str:
    return "above" if rule in HIGH else "below"
