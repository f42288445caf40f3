"""The control chart of a saved series: which chart, its limits, and what is special about each period. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhikong.engine.stats.choosing import choose
from zhikong.engine.stats.limits import c_chart, p_chart, u_chart, xmr
from zhikong.engine.stats.points import ORDER, Rule, classes
from zhikong.engine.stats.rules import judged, nhs_tests
from zhikong.engine.stats.series import MINIMUM_POINTS, Limits, Options
from zhikong.engine.stats.wording import REASONS

KINDS = {
    "xmr": "单值控制图", "p": "p 控制图", "p_prime": "p′ 控制图", "u": "u 控制图", "u_prime": "u′ 控制图", "c": "c 控制图",
}  # fmt: skip
FEWEST = 2
BEYOND = frozenset({Rule.ABOVE, Rule.BELOW})


@dataclass(frozen=True)
class Chart:
    """kind, reason: which chart and why. rules: what each period fulfils."""

    kind: str
    reason: str
    limits: Limits
    rules: tuple[Rule, ...]

    @property
    def trial(self) -> bool:
        """Whether too few points carry the limits to conclude from them."""
        return self.limits.carried < MINIMUM_POINTS

    def words(self, index: int) -> str:
        rule = self.rules[index]
        return "" if rule is Rule.NONE else str(REASONS[rule])


def chart(figures: Mapping[str, Any]) -> Chart | None:
    """The chart of the figures of the tool `control`; None with fewer than two known periods."""
    top = _array(figures["top"])
    if np.sum(~np.isnan(top)) < FEWEST:
        return None
    how = figures["how"]
    if how == "ratio":
        return _of_ratio(top, _array(figures["bottom"]), float(figures["multiply"]))
    if how == "count":
        return _made("c", "数据为计数，机会大致相等，用 c 图。", c_chart(top, Options(floor=0.0)))
    chosen = choose("measure", top, None)
    floor = 0.0 if np.nanmin(top) >= 0 else None
    return _made("xmr", chosen.reason, xmr(top, options=Options(floor=floor)))


def _of_ratio(top: np.ndarray, bottom: np.ndarray, multiply: float) -> Chart:
    """Cases among cases when no period has more above than below, else events per exposure."""
    with np.errstate(invalid="ignore"):
        share = not (top > bottom).any() and multiply == 100
    chosen = choose("proportion" if share else "rate", top, bottom)
    kind = chosen.chart if chosen.chart in KINDS else ("p" if share else "u")
    draw = p_chart if kind.startswith("p") else u_chart
    return _made(kind, chosen.reason, draw(top, bottom, Options(multiply=multiply), prime=kind.endswith("prime")))  # fmt: skip


def _made(kind: str, reason: str, limits: Limits) -> Chart:
    seen = judged(limits, np.ones(limits.y.shape, bool))
    found = classes(*nhs_tests(seen))
    return Chart(kind, reason, limits, tuple(ORDER[index] for index in found))


def _array(values: list) -> np.ndarray:
    return np.asarray([np.nan if one is None else float(one) for one in values], float)
