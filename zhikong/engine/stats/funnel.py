"""Funnel plots: units beside each other with limits that widen where there are few cases.

The product's default limits are exact and probability-based: a unit is outside where its count, or one further out,
has at most 2.5 % (or 0.1 %) probability on that side at the target. Limits by inverting confidence intervals, as
often drawn, answer another question (BMC Med Res Methodol 2012;12:98). Every funnel has two sets of limits: chance
alone, and chance plus the variation between units that is measured in the same data (additive, Spiegelhalter 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.stats.funnel_methods import METHODS, Method, Units, interval_limits
from zhikong.engine.stats.funnel_power import POWER, Power, power_of
from zhikong.engine.stats.funnel_words import sentence, unit_sentence
from zhikong.engine.stats.overdispersion import TRIM, Dispersion, dispersion
from zhikong.engine.stats.series import Flags, Floats

TAILS = {"95": 0.025, "998": 0.001}
SMALL = 10


@dataclass(frozen=True)
class Bounds:
    """Limits of the ratio per unit; NaN for a unit without cases."""

    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats


@dataclass(frozen=True)
class Curve:
    """Limits at rising denominators."""

    denominators: Floats
    bounds: Bounds


@dataclass(frozen=True)
class Funnel:
    """A funnel of units in the order in which they came.

    ratio, target, limits and detectable: as fractions (multiply for %, ‰). limits: what units are judged by, with
    the variation between units where there is any. plain: by chance alone. outside: −1, 0, +1 beyond the 99.8 %
    limits; warning: the same for 95 %. small: fewer cases than the minimum, shown but not judged. unclear: not
    small, not outside, but too few cases to tell even a doubling from chance. detectable: (below, above) the true
    values that would be found outside the 95 % limits with 80 % probability; NaN where none would.
    expected_outside: how many units chance alone would put outside the 99.8 % limits. scale, unit: how the
    sentences say a ratio (100 and % for percentages).
    """

    kind: str
    method: str
    numerators: Floats
    denominators: Floats
    ratio: Floats
    target: float
    limits: Bounds
    plain: Bounds
    phi: float
    tau2: float
    outside: np.ndarray
    warning: np.ndarray
    small: Flags
    unclear: Flags
    power: Power
    expected_outside: float
    factor: float
    scale: float = 1.0
    unit: str = ""
    sentence: str = ""

    @property
    def overdispersed(self) -> bool:
        return self.tau2 > 0

    @property
    def detectable(self) -> tuple[Floats, Floats]:
        return self.power.below, self.power.above

    def said_of(self, index: int) -> str:
        """One unit in words: its value, what it is compared with, and what may be concluded."""
        return unit_sentence(self, index)

    def curve(self, points: int = 60) -> Curve:
        """The judged limits over the range of the denominators, to be drawn; a ratio of counts at the target."""
        known = self.denominators[self.denominators > 0]
        if not known.size:
            return Curve(np.empty(0), Bounds(*(np.empty(0) for _line in range(4))))
        grid = np.geomspace(max(known.min(), 1.0), max(known.max(), 1.0) * 1.05, points)
        grid = np.unique(np.round(grid)) if self.kind == "proportion" else grid
        units = Units(grid * self.target, grid, self.target)
        method = METHODS[_family(self.kind)][self.method]
        return Curve(grid, _bounds(units, method, self.tau2, self.factor, interval=self.interval))

    @property
    def interval(self) -> bool:
        """SHMI limits without overdispersion are intervals."""
        return self.method == "shmi" and self.tau2 == 0 and self.factor == 1


def funnel(
    numerators: Sequence[float],
    denominators: Sequence[float],
    *,
    kind: str = "proportion",
    method: str = "exact",
    overdispersion: str = "additive",
    target: float | None = None,
    trim: float = TRIM,
    minimum: float = SMALL,
    names: Sequence[str] | None = None,
    scale: float = 1.0,
    unit: str = "",
) -> Funnel:
    """Compare units. Denominators that are missing or zero leave a unit without limits.

    kind: ``proportion`` (cases among cases), ``expected`` (observed over expected, target 1), ``rate`` (events over
    exposure) or ``counts`` (events over events). method: ``exact`` for all; ``arcsine`` for proportions; ``shmi`` or
    ``cqc`` for expected and rate; ``log`` for counts. overdispersion: ``additive``, ``multiplicative`` (published
    scales only) or ``none``. target: else 1 for expected, the pooled ratio otherwise. minimum: units with a smaller
    denominator (expected events for ``expected``) are shown and not judged. names, scale, unit: for the sentences.
    """
    top, bottom = _cleaned(numerators, denominators, kind)
    known = ~np.isnan(bottom)
    chosen = _method(kind, method, overdispersion)
    level = _target(kind, top, bottom, target)
    units = Units(top[known], bottom[known], level)
    spread = _dispersion(chosen, units, overdispersion, trim)
    tau2 = spread.tau2 if overdispersion == "additive" else 0.0
    factor = float(np.sqrt(max(1.0, spread.phi))) if overdispersion == "multiplicative" else 1.0
    plain = _bounds(units, chosen, 0.0, 1.0, interval=method == "shmi")
    judged = plain if overdispersion == "none" else _bounds(units, chosen, tau2, factor)
    made = Funnel(
        kind=kind, method=method, numerators=top, denominators=bottom, target=level, phi=spread.phi, tau2=tau2,
        factor=factor, limits=_placed(judged, known), plain=_placed(plain, known), scale=scale, unit=unit,
        **_judged(kind, top, bottom, level, _placed(judged, known), minimum),
    )  # fmt: skip
    return replace(made, sentence=sentence(made, names))


def _cleaned(numerators, denominators, kind: str) -> tuple[Floats, Floats]:
    top = np.array([np.nan if v is None else v for v in numerators], float)
    bottom = np.array([np.nan if v is None else v for v in denominators], float)
    if top.shape != bottom.shape:
        raise ValueError("漏斗图的分子与分母个数不同：每个单元各要一个分子和一个分母。")
    usable = ~np.isnan(top) & ((bottom > 0) | ((bottom == 0) & (top > 0) & (kind == "counts")))
    if (top[usable] < 0).any():
        raise ValueError("漏斗图的分子有负数：请检查这些单元的计数。")
    if kind == "proportion" and (top[usable] > bottom[usable]).any():
        raise ValueError(
            "有单元的分子大于分母，不是率：请改用 rate（事件除以暴露）或 counts（事件除以事件）。"
        )
    return np.where(usable, top, np.nan), np.where(usable, bottom, np.nan)


def _family(kind: str) -> str:
    return "expected" if kind == "rate" else kind


def _method(kind: str, method: str, overdispersion: str) -> Method:
    family = METHODS.get(_family(kind), {})
    if method not in family:
        raise ValueError(f"{kind} 的漏斗图没有 {method} 这种方法，可用：{'、'.join(family)}。")
    if overdispersion == "multiplicative" and family[method].exact:
        raise ValueError("精确法只有加性的过度离散；要用乘性的，请改用 arcsine、shmi、cqc 或 log。")
    return family[method]


def _target(kind: str, top: Floats, bottom: Floats, target: float | None) -> float:
    if target is not None:
        return float(target)
    total = float(np.nansum(bottom))
    return 1.0 if kind == "expected" else (float(np.nansum(top)) / total if total else float("nan"))


def _dispersion(method: Method, units: Units, overdispersion: str, trim: float) -> Dispersion:
    """Where nobody, or everybody, has the event there is nothing to score."""
    if not units.top.size or not units.target > 0:
        return Dispersion(float("nan"), 0.0, np.empty(0), 0)
    return dispersion(method.scores(units), robust=method.robust, trim=trim)


def _bounds(units: Units, method: Method, tau2: float, factor: float, *, interval: bool = False) -> Bounds:
    found = []
    for tail in TAILS.values():
        found += interval_limits(units, tail) if interval else method.limits(units, tail, tau2, factor)
    return Bounds(*found)


def _judged(kind: str, top: Floats, bottom: Floats, target: float, limits: Bounds, minimum: float) -> dict:
    """What is said of each unit."""
    known = ~np.isnan(bottom)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = top / bottom
    small = known & ((top + bottom if kind == "counts" else bottom) < minimum)
    warning = np.where(small, 0, _beyond(ratio, limits.lower_95, limits.upper_95))
    power = power_of(kind, bottom, target, limits)
    return {
        "ratio": ratio,
        "small": small,
        "warning": warning,
        "outside": np.where(small, 0, _beyond(ratio, limits.lower_998, limits.upper_998)),
        "power": power,
        "unclear": known & ~small & (warning == 0) & ~(power.doubling >= POWER),
        "expected_outside": 2 * TAILS["998"] * int((known & ~small).sum()),
    }


def _placed(bounds: Bounds, known: Flags) -> Bounds:
    def spread(values: Floats) -> Floats:
        placed = np.full(known.shape, np.nan)
        placed[known] = values
        return placed

    return Bounds(*(spread(v) for v in vars(bounds).values()))


def _beyond(ratio: Floats, lower: Floats, upper: Floats) -> np.ndarray:
    """±1 beyond a limit. A hair of tolerance: limits are found by halving."""
    hair = 1e-9 * np.maximum(1.0, np.abs(ratio))
    with np.errstate(invalid="ignore"):
        return (ratio > upper + hair).astype(int) - (ratio < lower - hair).astype(int)
