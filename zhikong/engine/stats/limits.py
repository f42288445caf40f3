"""Centre lines and limits of the charts: run, XmR (individuals), moving range, p, p′, u, u′ and c.

Formulas as in Provost and Murray, The Health Care Data Guide; numbers equal qicharts2 on its published cases.
One deviation is deliberate: when screening would drop every moving range above zero (a series stuck at one value
with a single dip), the unscreened ranges are used, because limits that collapse onto the mean make every point a
signal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zhikong.engine.stats import runs
from zhikong.engine.stats.series import Flags, Floats, Limits, Options, Phase, phases

Values = npt.ArrayLike
COLLAPSED = "筛除离群移动极差后控制限会塌缩到均值，已改用未筛除的移动极差。"
TIED = "超过一半的数值相同，链的判断改用中位数，等于中位数的点不计。"
TIE_AWARE = frozenset({"xmr", "p", "p_prime", "u", "u_prime", "c"})
D4, SCREEN, D2 = 3.267, 3.267, 1.128


def array(values: Values) -> Floats:
    """Values as floats; None becomes NaN."""
    return np.array([np.nan if v is None else v for v in np.asarray(values, object).ravel()], np.float64)


def mean_range(y: Floats, *, screened: bool) -> tuple[float, bool]:
    """(mean moving range, whether screening had to be given up). NaN when there is no pair of neighbours."""
    ranges = np.abs(np.diff(y))
    ranges = ranges[~np.isnan(ranges)]
    if ranges.size == 0:
        return float("nan"), False
    mean = float(ranges.mean())
    if not screened:
        return mean, False
    kept = ranges[ranges < SCREEN * mean]
    if mean > 0 and (kept.size == 0 or not kept.any()):
        return mean, True
    return (float(kept.mean()) if kept.size else float("nan")), False


class _Draft:
    """Collects one chart while its phases are computed."""

    def __init__(self, kind: str, y: Floats, n: Floats | None, options: Options):
        self.kind, self.y, self.n, self.options = kind, y, n, options
        self.centre, self.sigma = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
        self.phases = phases(y.size, options)
        self.notes: list[str] = []

    def given(self, phase: Phase, centre: float) -> float:
        chosen = centre if self.options.centre is None else self.options.centre
        self.centre[phase.member] = chosen
        return chosen

    def spread(self, y: Floats) -> float:
        mean, collapsed = mean_range(y, screened=self.options.screened)
        if collapsed:
            self.notes.append(COLLAPSED)
        return mean / D2

    def finish(self, *, floor: float | None = None, cap: float | None = None) -> Limits:
        bounds = [self.centre + k * self.sigma for k in (-3, 3, -2, 2)]
        return _limits(self, bounds, _first(self.options.floor, floor), _first(self.options.cap, cap))


def _first(*values: float | None) -> float | None:
    return next((v for v in values if v is not None), None)


def _limits(draft: _Draft, bounds: list[Floats], floor: float | None, cap: float | None) -> Limits:
    factor = draft.options.multiply
    lower, upper, lower_95, upper_95 = (np.clip(b, floor, cap) * factor for b in bounds)
    y, centre = draft.y * factor, draft.centre * factor
    with np.errstate(invalid="ignore"):
        beyond = (y > upper) | (y < lower)
    part = np.sum([p.number * p.member for p in draft.phases], axis=0)
    analysed = tuple(_runs(draft, phase, y, centre) for phase in draft.phases)
    baseline = np.logical_or.reduce([p.baseline for p in draft.phases])
    include = draft.phases[0].include
    return Limits(
        draft.kind, y, draft.n, centre, lower, upper, lower_95, upper_95, beyond, part, baseline, include,
        analysed, draft.options, tuple(dict.fromkeys(draft.notes)),
    )  # fmt: skip


def _runs(draft: _Draft, phase: Phase, y: Floats, centre: Floats) -> runs.Runs:
    """Runs against the centre line. Moving ranges overlap, so their runs mean nothing and are not judged.

    When over half the points share one value, they are compared with that value and the ties skipped; if all
    others lie on one side of it, the runs cannot be judged.
    """
    if draft.kind == "mr":
        return runs.NOT_JUDGED
    chosen = phase.member & phase.include
    line = centre[chosen]
    if draft.kind in TIE_AWARE and draft.options.centre is None and mostly_tied(y[chosen]):
        draft.notes.append(TIED)
        line = np.full(line.shape, np.nanmedian(y[chosen]))
        side = runs.sides(y[chosen], line)
        return runs.analyse(side) if {-1, 1} <= set(side.tolist()) else runs.NOT_JUDGED
    return runs.analyse(runs.sides(y[chosen], line))


def mostly_tied(y: Floats) -> bool:
    """More than half of the values are one and the same."""
    known = y[~np.isnan(y)]
    return known.size > 2 and float(np.mean(known == np.median(known))) > 0.5


def rate_of(numerator: Values, denominator: Values) -> tuple[Floats, Floats, Floats]:
    """(numerator, denominator, rate); where either is missing or the denominator is zero all are NaN."""
    top, bottom = array(numerator), array(denominator)
    usable = ~np.isnan(top) & (bottom > 0)
    top, bottom = np.where(usable, top, np.nan), np.where(usable, bottom, np.nan)
    return top, bottom, top / bottom


def run_chart(y: Values, n: Values | None = None, options: Options = Options()) -> Limits:
    """The median as centre line and no limits."""
    draft = _Draft("run", _measure(y, n), None, options)
    for phase in draft.phases:
        draft.given(phase, _median(draft.y[phase.used]))
    return draft.finish()


def _median(y: Floats) -> float:
    return float("nan") if np.isnan(y).all() else float(np.nanmedian(y))


def _mean(y: Floats) -> float:
    return float("nan") if np.isnan(y).all() else float(np.nanmean(y))


def _measure(y: Values, n: Values | None) -> Floats:
    return array(y) if n is None else rate_of(y, n)[2]


def xmr(y: Values, n: Values | None = None, options: Options = Options()) -> Limits:
    """Individuals chart: mean ± 3 × mean moving range / 1.128. With `n` the values are y / n."""
    draft = _Draft("xmr", _measure(y, n), None if n is None else array(n), options)
    for phase in draft.phases:
        draft.given(phase, _mean(draft.y[phase.used]))
        draft.sigma[phase.member] = draft.spread(draft.y[phase.used])
    return draft.finish()


def mr(y: Values, n: Values | None = None, options: Options = Options()) -> Limits:
    """Moving range chart: upper limit 3.267 × mean range; the lower limit is zero."""
    measured = _measure(y, n)
    ranges = np.concatenate(([np.nan], np.abs(np.diff(measured)))) if measured.size else measured
    draft = _Draft("mr", ranges, None, options)
    for phase in draft.phases:
        centre = draft.given(phase, _mean(ranges[phase.used]))
        draft.sigma[phase.member] = (D4 - 1) * centre / 3
    bounds = [np.zeros(ranges.shape), draft.centre * D4, np.zeros(ranges.shape), draft.centre * D4 * 2 / 3]
    bounds = [np.where(np.isnan(draft.centre), np.nan, b) for b in bounds]
    return _limits(draft, bounds, 0.0, None)


def c_chart(y: Values, options: Options = Options()) -> Limits:
    """Counts over equal opportunity: mean ± 3 √mean."""
    draft = _Draft("c", array(y), None, options)
    for phase in draft.phases:
        centre = draft.given(phase, _mean(draft.y[phase.used]))
        draft.sigma[phase.member] = np.sqrt(max(centre, 0.0))
    return draft.finish(floor=0.0)


def _ratio_chart(
    kind: str, top: Floats, bottom: Floats, rate: Floats, options: Options, variance: Callable[[float], float]
) -> _Draft:
    draft = _Draft(kind, rate, bottom, options)
    for phase in draft.phases:
        used = phase.used & ~np.isnan(rate)
        total = float(np.sum(bottom[used]))
        centre = draft.given(phase, float(np.sum(top[used])) / total if total else float("nan"))
        sigma = np.sqrt(variance(centre) / bottom)
        draft.sigma[phase.member] = (sigma * _laney(draft, sigma, phase))[phase.member]
    return draft


def _laney(draft: _Draft, sigma: Floats, phase: Phase) -> float:
    """Laney's factor for more (or less) variation between periods than sampling explains; 1 for plain charts."""
    if not draft.kind.endswith("_prime"):
        return 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (draft.y - draft.centre) / sigma
    return draft.spread(z[phase.used])


def p_chart(
    numerator: Values, denominator: Values, options: Options = Options(), *, prime: bool = False
) -> Limits:
    """Proportion of a sample: 3-sigma binomial limits per point, within 0 and 1; `prime` is Laney's p′."""
    top, bottom, rate = rate_of(numerator, denominator)
    kind = "p_prime" if prime else "p"
    return _ratio_chart(kind, top, bottom, rate, options, lambda p: p * (1 - p)).finish(floor=0.0, cap=1.0)


def u_chart(
    numerator: Values, denominator: Values, options: Options = Options(), *, prime: bool = False
) -> Limits:
    """Events per unit of exposure: 3-sigma Poisson limits per point, not below 0; `prime` is Laney's u′."""
    top, bottom, rate = rate_of(numerator, denominator)
    kind = "u_prime" if prime else "u"
    return _ratio_chart(kind, top, bottom, rate, options, lambda u: u).finish(floor=0.0)


def in_limits(limits: Limits) -> Flags:
    """Points that are known and within their limits."""
    return ~limits.beyond & ~np.isnan(limits.y)
