"""The common part of every chart: phases, centre line, sigma, lines at 1, 2 and 3 sigma, and the runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhikong.engine.stats import runs
from zhikong.engine.stats.series import SIGMAS, Flags, Floats, Limits, Options, Phase, phases

Values = npt.ArrayLike
Zones = Sequence[tuple[Floats, Floats]]
COLLAPSED = "筛除离群移动极差后控制限会塌缩到均值，已改用未筛除的移动极差。"
TIED = "几乎所有数值相同，链的判断改用中位数，等于中位数的点不计。"
BY_RANGES = frozenset({"xmr", "i_prime", "median"})
NO_RUNS = frozenset({"mr", "ewma", "cusum", "vlad", "racusum"})
SCREEN, D2 = 3.267, 1.128
STUCK = 0.9


def array(values: Values) -> Floats:
    """Values as floats; None becomes NaN."""
    return np.array([np.nan if v is None else v for v in np.asarray(values, object).ravel()], np.float64)


def exact_mean(y: Floats) -> float:
    """The mean of the known values, improved by its residuals: a constant series has exactly its value."""
    known = y[~np.isnan(y)]
    if not known.size:
        return float("nan")
    mean = math.fsum(known) / known.size
    return mean + math.fsum(known - mean) / known.size


def median_of(y: Floats) -> float:
    known = y[~np.isnan(y)]
    return float(np.median(known)) if known.size else float("nan")


def moves(y: Floats) -> Floats:
    """Moving ranges along the last axis; what is only rounding (28.4 / 284 against 34.5 / 345) is zero."""
    found, scale = np.abs(np.diff(y, axis=-1)), np.abs(y)
    with np.errstate(invalid="ignore"):
        return np.where(found <= runs.ROUNDING * np.fmax(scale[..., 1:], scale[..., :-1]), 0.0, found)


def mean_range(y: Floats, *, screened: bool) -> tuple[float, bool]:
    """(mean moving range, whether screening had to be given up). NaN when there is no pair of neighbours."""
    return screened_mean(moves(y), screened=screened)


def screened_mean(ranges: Floats, *, screened: bool, factor: float = SCREEN) -> tuple[float, bool]:
    """(mean of the ranges, whether screening had to be given up because nothing above zero was left)."""
    ranges = ranges[~np.isnan(ranges)]
    if ranges.size == 0:
        return float("nan"), False
    mean = exact_mean(ranges)
    if not screened:
        return mean, False
    kept = ranges[ranges < factor * mean]
    if mean > 0 and not kept.any():
        return mean, True
    return exact_mean(kept), False


def varies(y: Floats) -> bool:
    """Whether two known values differ."""
    known = y[~np.isnan(y)]
    return known.size > 0 and bool(known.min() < known.max())


def collapses(y: Floats) -> bool:
    """Screening would drop every moving range above zero: a series stuck at one value with a few dips."""
    return mean_range(y, screened=True)[1]


def mostly_tied(y: Floats, share: float = 0.5) -> bool:
    """More than this share of the values are one and the same."""
    known = y[~np.isnan(y)]
    return known.size > 2 and float(np.mean(known == np.median(known))) > share


class Draft:
    """Collects one chart while its phases are computed."""

    def __init__(self, kind: str, y: Floats, n: Floats | None, options: Options):
        self.kind, self.y, self.n, self.options = kind, y, n, options
        self.centre, self.sigma = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
        self.phases = phases(y.size, options)
        self.notes: list[str] = []
        self.also: dict[str, Floats] = {}
        self.fallen: list[bool] = []  # per phase: screening would leave no moving range above zero

    def given(self, phase: Phase, centre: float) -> float:
        chosen = centre if self.options.centre is None else self.options.centre
        self.centre[phase.member] = chosen
        return chosen

    def mean(self, ranges: Floats, factor: float = SCREEN) -> float:
        """The screened mean of moving ranges; noted when screening would collapse the limits."""
        mean, _ = screened_mean(ranges, screened=self.options.screened, factor=factor)
        self.fallen.append(screened_mean(ranges, screened=True, factor=factor)[1])
        if self.fallen[-1] and self.options.screened:
            self.notes.append(COLLAPSED)
        return mean

    def spread(self, y: Floats) -> float:
        """Sigma of successive values: mean moving range / 1.128."""
        return self.mean(moves(y)) / D2

    def around(self) -> Zones:
        """Lines at 1, 2 and 3 sigma around the centre line."""
        return [(self.centre - k * self.sigma, self.centre + k * self.sigma) for k in SIGMAS]

    def finish(
        self, zones: Zones | None = None, *, floor: float | None = None, cap: float | None = None
    ) -> Limits:
        """The chart; the lines end at what is possible."""
        floor = floor if self.options.floor is None else self.options.floor
        cap = cap if self.options.cap is None else self.options.cap
        return _limits(self, self.around() if zones is None else zones, floor, cap)


def _limits(draft: Draft, zones: Zones, floor: float | None, cap: float | None) -> Limits:
    factor = draft.options.multiply
    side, stuck, analysed = _runs(draft)
    (lower_95, upper_95), (lower, upper) = (
        [_finite(np.clip(line, floor, cap)) * factor for line in pair] for pair in zones[1:]
    )
    y = draft.y * factor
    hair = 1e-12 * np.abs(
        draft.centre * factor
    )  # a weighted mean of equal values can differ in the last digit
    with np.errstate(invalid="ignore"):
        beyond = (y > upper + hair) | (y < lower - hair)
    return Limits(
        kind=draft.kind, y=y, n=draft.n, centre=draft.centre * factor, lower=lower, upper=upper,
        lower_95=lower_95, upper_95=upper_95, beyond=beyond,
        part=np.sum([p.number * p.member for p in draft.phases], axis=0),
        baseline=np.logical_or.reduce([p.baseline for p in draft.phases]),
        include=draft.phases[0].include, runs=analysed, options=draft.options,
        notes=tuple(dict.fromkeys(draft.notes)),
        zones=tuple((low * factor, high * factor) for low, high in zones), side=side, stuck=stuck, also=draft.also,
    )  # fmt: skip


def _finite(line: Floats) -> Floats:
    return np.where(np.isfinite(line), line, np.nan)


def _runs(draft: Draft) -> tuple[runs.Signs, Flags, tuple[runs.Runs, ...]]:
    """The side of each point, which points lie in a stuck phase, and the runs of each phase.

    Moving ranges and cumulative statistics depend on each other, so their runs mean nothing and are not judged.
    """
    side, stuck = runs.sides(draft.y, draft.centre), np.zeros(draft.y.shape, bool)
    analysed = []
    for phase in draft.phases:
        chosen = phase.member & phase.include
        if _is_stuck(draft, draft.y[chosen], phase):
            draft.notes.append(TIED)
            stuck |= phase.member
            median = np.full(draft.y.shape, median_of(draft.y[chosen]))
            side = np.where(phase.member, runs.sides(draft.y, median), side)
        analysed.append(_judged(draft, side[chosen], stuck[phase.member].any()))
    return side, stuck, tuple(analysed)


def _judged(draft: Draft, side: runs.Signs, stuck: bool) -> runs.Runs:
    if draft.kind in NO_RUNS or (stuck and not {-1, 1} <= set(side.tolist())):
        return runs.NOT_JUDGED
    return runs.analyse(side)


def _is_stuck(draft: Draft, y: Floats, phase: Phase) -> bool:
    """Whether nearly all values are one and the same, so that a mean would lie between it and the few others.

    A chart whose limits come from moving ranges: when screening would collapse its limits. Charts of events and
    subgroups: when nine in ten values tie. A run chart has the median anyway.
    """
    if draft.kind in ("run", *NO_RUNS) or draft.options.centre is not None:
        return False
    if phase.number <= len(draft.fallen) and draft.fallen[phase.number - 1]:
        return True
    return draft.kind not in BY_RANGES and mostly_tied(y, STUCK) and varies(y)
