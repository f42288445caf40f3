"""Which chart fits a series, and why, in a sentence for the person who reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhikong.engine.stats.limits import Values, mean_range, rate_of
from zhikong.engine.stats.series import Floats

OVERDISPERSED = 1.25
LARGE = 2000


@dataclass(frozen=True)
class Choice:
    """The proposed chart (xmr, p, p_prime, u, u_prime, c) and the reason."""

    chart: str
    reason: str


def choose(kind: str, numerator: Values, denominator: Values | None) -> Choice:
    """Propose a chart. `kind`: ``proportion`` (part of a whole), ``rate`` (events per exposure), ``count``
    or ``measure`` (a mean, a cost, a share of money). Proportions and rates are tested for more variation
    between months than sampling explains (Laney's sigma of z)."""
    if kind == "count":
        return Choice("c", "数据为计数，机会大致相等，用 c 图。")
    if kind == "measure" or denominator is None:
        return Choice("xmr", "数据为均值、金额或比值，没有二项或泊松分布可依，用单值—移动极差图。")
    top, bottom, rate = rate_of(numerator, denominator)
    excess = dispersion(top, bottom, rate, binomial=kind == "proportion")
    return _for_rate("p" if kind == "proportion" else "u", excess, bottom)


def _for_rate(plain: str, excess: float, bottom: Floats) -> Choice:
    typical = float(np.nanmedian(bottom)) if (~np.isnan(bottom)).any() else 0.0
    if excess > OVERDISPERSED:
        return Choice(
            f"{plain}_prime",
            f"月间波动是抽样误差的 {excess:.1f} 倍，普通 {plain} 图会误报，改用修正的 {plain}′ 图。",
        )
    if typical >= LARGE:
        return Choice(
            f"{plain}_prime", f"分母中位数达 {typical:.0f}，普通 {plain} 图的控制限过窄，用 {plain}′ 图。"
        )
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
