"""Standardisation by strata (DRG or diagnosis group × age band × urgency) from counts alone.

Indirect: what the unit's patients would have had with the reference's rates; observed over expected. Direct: what the
reference's patients would have with the unit's rates. Only counts per stratum are needed, so a database can make them
at any scale. Intervals: exact (Garwood 1936) or Byar's for observed over expected, Dobson's (1991) for direct rates.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtri

from zhikong.engine.stats.series import Floats

Row = tuple[Hashable, Hashable, float, float]
"""unit, stratum, events, cases."""


@dataclass(frozen=True)
class Counts:
    """events and cases: units × strata."""

    units: tuple[Hashable, ...]
    strata: tuple[Hashable, ...]
    events: Floats
    cases: Floats


@dataclass(frozen=True)
class Standardised:
    """Per unit. ratio: observed over expected (indirect) or the directly standardised rate over the reference's.

    rate, lower, upper: the standardised rate with its 95 % interval; ratio_lower, ratio_upper likewise. crude: as
    counted. cases: how many carry it. covered: share of the reference's cases in strata that the unit has; below 1
    a direct rate stands on those strata only. All rates are fractions.
    """

    method: str
    units: tuple[Hashable, ...]
    cases: Floats
    observed: Floats
    expected: Floats
    crude: Floats
    ratio: Floats
    ratio_lower: Floats
    ratio_upper: Floats
    reference_rate: float
    covered: Floats

    @property
    def rate(self) -> Floats:
        return self.ratio * self.reference_rate

    @property
    def lower(self) -> Floats:
        return self.ratio_lower * self.reference_rate

    @property
    def upper(self) -> Floats:
        return self.ratio_upper * self.reference_rate

    def said_of(self, index: int) -> str:
        """One unit in words; never a figure without its interval."""
        if not self.cases[index]:
            return "没有病例，无从标化。"
        name = "间接标化（实际/预期）" if self.method == "indirect" else "直接标化（与参照之比）"
        low, high = self.ratio_lower[index], self.ratio_upper[index]
        return (
            f"{name}为 {self.ratio[index]:.2f}（95% 区间 {low:.2f}–{high:.2f}，{self.cases[index]:.0f} 例，"
            f"实际 {self.observed[index]:.0f} 例，按参照应有 {self.expected[index]:.1f} 例）："
            f"{meaning(low, high)}{self._coverage(index)}"
        )

    def _coverage(self, index: int) -> str:
        if self.method == "indirect" or self.covered[index] > 0.995:
            return ""
        return f"该单元没有的病种占参照病例的 {1 - self.covered[index]:.0%}，结果只代表其余部分。"


def meaning(low: float, high: float) -> str:
    """What an interval of a ratio allows to conclude."""
    if low > 1:
        return "扣除病例构成后仍高于参照。"
    if high < 1:
        return "扣除病例构成后低于参照。"
    return "区间包含 1，扣除病例构成后看不出与参照有差别。"


def counts(rows: Iterable[Row]) -> Counts:
    """Units × strata from rows of (unit, stratum, events, cases); repeated rows are added up."""
    found: dict[tuple[Hashable, Hashable], list[float]] = {}
    for unit, stratum, events, cases in rows:
        if not 0 <= events <= cases:
            raise ValueError(f"{unit} 的分层 {stratum} 中，发生数 {events} 不在 0 与例数 {cases} 之间。")
        cell = found.setdefault((unit, stratum), [0.0, 0.0])
        cell[0], cell[1] = cell[0] + events, cell[1] + cases
    units = tuple(dict.fromkeys(unit for unit, _stratum in found))
    strata = tuple(dict.fromkeys(stratum for _unit, stratum in found))
    table = np.zeros((2, len(units), len(strata)))
    for (unit, stratum), cell in found.items():
        table[:, units.index(unit), strata.index(stratum)] = cell
    return Counts(units, strata, table[0], table[1])


def indirect(made: Counts, reference: Counts | None = None, *, exact: bool = True) -> Standardised:
    """Observed over expected. reference: whose stratum rates are the standard; all units together by default.

    A stratum that the reference does not have cannot give an expected number: its cases are left out on both
    sides, and `covered` says how many remain."""
    events, cases = _reference(made, reference)
    known = cases > 0
    rates = np.where(known, events / np.maximum(cases, 1), 0.0)
    observed = made.events[:, known].sum(axis=1)
    expected = (made.cases * rates)[:, known].sum(axis=1)
    lower, upper = (garwood if exact else byar)(observed)
    total = made.cases.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Standardised(
            "indirect", made.units, total, observed, expected, made.events.sum(axis=1) / total,
            observed / expected, lower / expected, upper / expected,
            float(events.sum() / cases.sum()), made.cases[:, known].sum(axis=1) / total,
        )  # fmt: skip


def direct(made: Counts, reference: Counts | None = None) -> Standardised:
    """Rates of the reference's case mix. Strata that a unit lacks are left out for that unit, on both sides."""
    events, cases = _reference(made, reference)
    has = made.cases > 0
    weights = np.where(has, cases, 0.0)
    share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    own = made.events / np.maximum(made.cases, 1)
    rate = (share * own).sum(axis=1)
    variance = (share**2 * own / np.maximum(made.cases, 1)).sum(axis=1)
    standard = (share * (events / np.maximum(cases, 1))).sum(axis=1)
    observed, total = made.events.sum(axis=1), made.cases.sum(axis=1)
    low, high = _dobson(rate, variance, observed, share, made.cases)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Standardised(
            "direct", made.units, total, observed, observed * standard / rate, observed / total, rate / standard,
            low / standard, high / standard, float(events.sum() / cases.sum()), weights.sum(axis=1) / cases.sum(),
        )  # fmt: skip


def _reference(made: Counts, reference: Counts | None) -> tuple[Floats, Floats]:
    if reference is None:
        return made.events.sum(axis=0), made.cases.sum(axis=0)
    place = {stratum: index for index, stratum in enumerate(reference.strata)}
    sums = np.array([reference.events.sum(axis=0), reference.cases.sum(axis=0)])
    return tuple(
        np.array([row[place[s]] if s in place else 0.0 for s in made.strata]) for row in sums
    )  # fmt: skip


def garwood(observed: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval of a Poisson count."""
    tail = (1 - level) / 2
    lower = np.where(observed > 0, gammaincinv(np.maximum(observed, 1e-9), tail), 0.0)
    return lower, gammaincinv(observed + 1, 1 - tail)


def byar(observed: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Byar's approximation of it (Breslow and Day 1987), as England's public health offices use it."""
    z = -ndtri((1 - level) / 2)
    some, more = np.maximum(observed, 1e-9), observed + 1
    lower = np.where(observed > 0, some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3, 0.0)
    return lower, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def _dobson(
    rate: Floats, variance: Floats, observed: Floats, share: Floats, cases: Floats
) -> tuple[Floats, Floats]:
    """Dobson AJ et al. Stat Med 1991;10:457. Without an event the widest stratum's single event is taken."""
    low, high = garwood(observed)
    widest = np.max(np.where(cases > 0, share / np.maximum(cases, 1), 0.0), axis=1)
    scale = np.where(observed > 0, np.sqrt(variance / np.maximum(observed, 1)), widest)
    return np.maximum(rate + scale * (low - observed), 0), rate + scale * (high - observed)
