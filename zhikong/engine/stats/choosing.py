"""Which chart fits a series, and why, in a sentence for the person who reads it.

Looked at in this order: the kind of data, whether there is variation at all, small counts, overdispersion, and
whether neighbouring points depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhikong.engine.stats.drafting import exact_mean, mean_range, varies
from zhikong.engine.stats.limits import Values, array, rate_of
from zhikong.engine.stats.series import MINIMUM_POINTS, Floats

OVERDISPERSED = 1.25
LARGE = 2000
RARE = 1.0  # expected events a month below which most months are empty
FEW = 5.0  # below this normal limits of rates are rough
ACCEPTED = 2.0  # standard errors of the lag-1 correlation


@dataclass(frozen=True)
class Choice:
    """The proposed chart (xmr, i_prime, p, p_prime, u, u_prime, c, g or run) and the reason."""

    chart: str
    reason: str


def choose(
    kind: str, numerator: Values, denominator: Values | None, *, between_events: bool = False
) -> Choice:
    """Propose a chart. `kind`: ``proportion`` (part of a whole), ``rate`` (events per exposure), ``count``,
    ``weighted`` (a mean or ratio with its denominator) or ``measure`` (a mean, a cost, a share of money).

    Proportions and rates are tested for more variation between months than sampling explains (Laney's sigma of z).
    `between_events`: the caller can count cases between events, so that g may be proposed for rare ones.
    """
    if kind == "weighted" and denominator is not None:
        return _related(
            Choice("i_prime", "数值基于大小不一的分母，用按分母加权的单值图（I′）。"), numerator, denominator
        )
    if kind == "count":
        return _related(Choice("c", "数据为计数，机会大致相等，用 c 图。"), numerator, None)
    if kind in ("measure", "weighted") or denominator is None:
        reason = "数据为均值、金额或比值，没有二项或泊松分布可依，用单值—移动极差图。"
        return _related(Choice("xmr", reason), numerator, None)
    return _for_rate("p" if kind == "proportion" else "u", numerator, denominator, between_events)


def _for_rate(plain: str, numerator: Values, denominator: Values, between_events: bool) -> Choice:
    top, bottom, rate = rate_of(numerator, denominator)
    expected = expected_events(top, bottom)
    if expected < RARE and between_events and np.nansum(top) >= 1:
        return Choice(
            "g", f"事件少见（平均每月 {expected:.1f} 例），按月的率多为零，改看两例之间隔了多少例（g 图）。"
        )
    excess = dispersion(top, bottom, rate, binomial=plain == "p")
    choice = _by_dispersion(plain, excess, bottom)
    if expected < FEW:
        few = f"平均每月只有 {expected:.1f} 例，控制限较粗；有逐例日期时 g 图或 t 图更灵敏。"
        return Choice(choice.chart, choice.reason + few)
    return _related(choice, numerator, denominator)


def expected_events(top: Floats, bottom: Floats) -> float:
    """Events, or non-events if those are fewer, in a typical month."""
    typical, total = _typical(bottom), float(np.nansum(bottom))
    if not total:
        return 0.0
    rate = float(np.nansum(top)) / total
    return typical * (min(rate, 1 - rate) if 0.5 < rate <= 1 else rate)


def _typical(bottom: Floats) -> float:
    return float(np.nanmedian(bottom)) if (~np.isnan(bottom)).any() else 0.0


def _by_dispersion(plain: str, excess: float, bottom: Floats) -> Choice:
    if excess > OVERDISPERSED:
        reason = f"月间波动是抽样误差的 {excess:.1f} 倍，普通 {plain} 图会误报，改用修正的 {plain}′ 图。"
        return Choice(f"{plain}_prime", reason)
    if _typical(bottom) >= LARGE:
        reason = f"分母中位数达 {_typical(bottom):.0f}，普通 {plain} 图的控制限过窄，用 {plain}′ 图。"
        return Choice(f"{plain}_prime", reason)
    return Choice(plain, f"月间波动与抽样误差相当（{excess:.1f} 倍），用 {plain} 图，控制限随分母变化。")


def dispersion(top: Floats, bottom: Floats, rate: Floats, *, binomial: bool) -> float:
    """Laney's sigma of z: 1 when months differ as sampling predicts. NaN becomes 1: nothing speaks against it."""
    total = float(np.nansum(bottom))
    if not total:
        return 1.0
    centre = float(np.nansum(top)) / total
    variance = centre * (1 - centre) if binomial else centre
    if variance <= 0:
        return 1.0
    spread, _ = mean_range((rate - centre) / np.sqrt(variance / bottom), screened=True)
    return 1.0 if np.isnan(spread) else spread / 1.128


def _related(choice: Choice, numerator: Values, denominator: Values | None) -> Choice:
    """Adds what neighbouring points that depend on each other do to the chart."""
    y = array(numerator) if denominator is None else rate_of(numerator, denominator)[2]
    if not varies(y):
        return Choice(choice.chart, f"{choice.reason}数值没有变化，谈不上波动。")
    found = autocorrelation(y)
    known = int(np.sum(~np.isnan(y)))
    if known < MINIMUM_POINTS or not found > ACCEPTED / np.sqrt(known):
        return choice
    said = f"相邻点相关（r = {found:.2f}），控制限偏窄，误报会多于常规；先查趋势和季节，再看单个信号。"
    return Choice(choice.chart, choice.reason + said)


def autocorrelation(y: Floats) -> float:
    """The correlation of neighbours (lag 1) around the mean; NaN when nothing varies or no neighbours are known."""
    away = y - exact_mean(y)
    pairs = away[1:] * away[:-1]
    total = np.nansum(away**2)
    return float(np.nansum(pairs) / total) if total > 0 and (~np.isnan(pairs)).any() else float("nan")
