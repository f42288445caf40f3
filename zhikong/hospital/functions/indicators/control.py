"""Control charts of indicator series: which chart, its limits, and what is special about each month.

Pure: figures in, limits and rules out. The same window and the same chart serve the page, the signals and the
alerts, so that a page never shows other limits than those that raised an alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhikong.engine.definitions import Definition, How, Kind
from zhikong.engine.stats import runs
from zhikong.engine.stats.choosing import choose
from zhikong.engine.stats.limits import c_chart, mostly_tied, p_chart, u_chart, xmr
from zhikong.engine.stats.points import HIGH, Rule, classify
from zhikong.engine.stats.series import Limits, Options
from zhikong.hospital.functions.indicators.queries.figures import Figure

WINDOW = 24  # months that carry the limits
BEYOND = frozenset({Rule.ABOVE, Rule.BELOW})
PER_HUNDRED = (100, 1000, 10000)


@dataclass(frozen=True)
class Control:
    """One chart: limits in the indicator's unit, the rule that each month fulfils, and why this chart."""

    kind: str
    reason: str
    limits: Limits
    rules: tuple[Rule, ...]
    points: int

    def at(self, index: int) -> tuple[float | None, float | None, float | None]:
        """(lower, centre, upper) of a month; None where there is no limit."""
        return tuple(
            _known(line[index]) for line in (self.limits.lower, self.limits.centre, self.limits.upper)
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def control(definition: Definition, figures: Sequence[Figure | None]) -> Control | None:
    """The chart of a series, oldest month first; None with fewer than two known months."""
    known = sum(figure is not None and figure.value is not None for figure in figures)
    if known < 2:
        return None
    kind, reason = _chart(definition, figures)
    limits = _limits(kind, definition, figures)
    return Control(kind, reason, limits, _rules(limits), known)


def chart_kind(definition: Definition, figures: Sequence[Figure | None]) -> str:
    """The chart that fits the series: xmr, p, p_prime, u, u_prime or c."""
    return _chart(definition, figures)[0]


def _chart(definition: Definition, figures: Sequence[Figure | None]) -> tuple[str, str]:
    if definition.chart != "auto":
        return definition.chart, "控制图的类型由指标定义指定。"
    chosen = choose(
        _data_kind(definition, figures), _part(figures, "numerator"), _part(figures, "denominator")
    )
    return chosen.chart, chosen.reason


def _data_kind(definition: Definition, figures: Sequence[Figure | None]) -> str:
    """proportion: counted rows among counted rows; rate: events per exposure; count; measure: all else."""
    if definition.kind is Kind.COUNT:
        return "count"
    counted = definition.numerator.how is How.COUNT and definition.multiplier in PER_HUNDRED
    if definition.kind is not Kind.RATIO or not counted:
        return "measure"
    parts = [(f.numerator, f.denominator) for f in figures if f is not None and f.denominator]
    return "proportion" if all(n <= d for n, d in parts) else "rate"


def _part(figures: Sequence[Figure | None], name: str) -> list[float | None]:
    return [None if figure is None else getattr(figure, name) for figure in figures]


def _limits(kind: str, definition: Definition, figures: Sequence[Figure | None]) -> Limits:
    if kind.startswith(("p", "u")):
        draw = p_chart if kind.startswith("p") else u_chart
        options = Options(multiply=float(definition.multiplier))
        top, bottom = _part(figures, "numerator"), _part(figures, "denominator")
        return draw(top, bottom, options, prime=kind.endswith("prime"))
    values = [None if f is None or f.value is None else float(f.value) for f in figures]
    cap = 100.0 if definition.unit == "%" and definition.numerator.how is How.COUNT else None
    options = Options(floor=0.0, cap=cap)
    return c_chart(values, options) if kind == "c" else xmr(values, options=options)


def _rules(limits: Limits) -> tuple[Rule, ...]:
    """The first rule that holds for each month: beyond the limits, shift, trend, two of three near a limit."""
    y, centre = limits.y, limits.centre
    line = np.full(y.shape, np.nanmedian(y)) if mostly_tied(y) else centre
    with np.errstate(invalid="ignore"):
        above, below = y > limits.upper, y < limits.lower
        close = ((y > limits.upper_95) | (y < limits.lower_95)) & ~(above | below)
    return classify(y, runs.sides(y, line), above, below, close)


def side(rule: Rule) -> str:
    return "above" if rule in HIGH else "below"
