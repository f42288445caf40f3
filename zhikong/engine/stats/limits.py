"""Charts of single values: run, individuals (XmR, I′), moving range, median.

Formulas as in Provost and Murray, The Health Care Data Guide, and Montgomery, Introduction to Statistical Quality
Control; numbers equal qicharts2 on its published cases. One deviation is deliberate: when screening would drop
every moving range above zero (a series stuck at one value with a single dip), the unscreened ranges are used,
because limits that collapse onto the mean make every point a signal.
"""

from __future__ import annotations

import numpy as np

from zhikong.engine.stats.drafting import (
    COLLAPSED,
    D2,
    SCREEN,
    TIED,
    Draft,
    Values,
    array,
    exact_mean,
    mean_range,
    median_of,
    mostly_tied,
    moves,
    varies,
)
from zhikong.engine.stats.rates import c_chart, p_chart, rate_of, u_chart
from zhikong.engine.stats.series import Flags, Floats, Limits, Options

__all__ = [
    "COLLAPSED", "D2", "SCREEN", "TIED", "array", "c_chart", "i_prime", "in_limits", "mean_range",
    "median_chart", "mostly_tied", "mr", "p_chart", "rate_of", "run_chart", "u_chart", "xmr",
]  # fmt: skip
D4 = 3.267
SCREEN_PRIME = 3.2665
MEDIAN_D2 = 0.954


def _measure(y: Values, n: Values | None) -> Floats:
    return array(y) if n is None else rate_of(y, n)[2]


def run_chart(y: Values, n: Values | None = None, options: Options = Options()) -> Limits:
    """The median as centre line and no limits."""
    draft = Draft("run", _measure(y, n), None, options)
    for phase in draft.phases:
        draft.given(phase, median_of(draft.y[phase.used]))
    return draft.finish()


def xmr(
    y: Values, n: Values | None = None, options: Options = Options(), *, factor: float = 3 / D2
) -> Limits:
    """Individuals chart: mean ± 3 × mean moving range / 1.128. With `n` the values are y / n.

    `factor`: half the width in mean moving ranges; Making Data Count uses 2.66.
    """
    draft = Draft("xmr", _measure(y, n), None if n is None else array(n), options)
    for phase in draft.phases:
        draft.given(phase, exact_mean(draft.y[phase.used]))
        draft.sigma[phase.member] = _spread(draft, draft.y[phase.used])
    if factor != 3 / D2:
        return draft.finish([_around(draft, factor * k / 3) for k in (1, 2, 3)])
    draft.sigma /= D2
    return draft.finish()


def _spread(draft: Draft, base: Floats) -> float:
    """The mean moving range; NaN where values differ and yet all ranges are zero, because gaps part them."""
    spread = draft.mean(moves(base))
    return float("nan") if spread == 0 and varies(base) else spread


def _around(draft: Draft, width: float) -> tuple[Floats, Floats]:
    return draft.centre - width * draft.sigma, draft.centre + width * draft.sigma


def i_prime(y: Values, n: Values, options: Options = Options()) -> Limits:
    """Individuals chart for values that rest on unequal numbers (Taylor's I′): limits cl ± 3 s / √n.

    The ranges of neighbours are weighted by √(1/n₁ + 1/n₂). All points of a phase carry the sigma, also with a
    frozen baseline or excluded points, as in qicharts2; the centre line comes from the baseline.
    """
    top, bottom, rate = rate_of(y, n)
    draft = Draft("i_prime", rate, bottom, options)
    for phase in draft.phases:
        draft.given(phase, _weighted(top, bottom, phase.used))
        draft.sigma[phase.member] = _prime_sigma(draft, phase.member) / np.sqrt(bottom[phase.member])
    return draft.finish()


def _weighted(top: Floats, bottom: Floats, used: Flags) -> float:
    chosen = used & ~np.isnan(top)
    total = float(np.sum(bottom[chosen]))
    return float(np.sum(top[chosen])) / total if total else float("nan")


def _prime_sigma(draft: Draft, member: Flags) -> float:
    y, share = draft.y[member], 1 / draft.n[member]
    return draft.mean(np.sqrt(np.pi / 2) * moves(y) / np.sqrt(share[:-1] + share[1:]), SCREEN_PRIME)


def mr(y: Values, n: Values | None = None, options: Options = Options()) -> Limits:
    """Moving range chart: upper limit 3.267 × mean range; the lower limit is zero. Ranges end with a phase."""
    measured = _measure(y, n)
    draft = Draft("mr", np.full(measured.shape, np.nan), None, options)
    for phase in draft.phases:
        draft.y[np.flatnonzero(phase.member)[1:]] = moves(measured[phase.member])
        draft.given(phase, exact_mean(draft.y[phase.used]))
    zero = np.zeros(measured.shape)
    return draft.finish([(zero, draft.centre * D4 * k / 3) for k in (1, 2, 3)], floor=0.0)


def median_chart(y: Values, n: Values | None = None, options: Options = Options()) -> Limits:
    """Median ± 3 × median moving range / 0.954: an individuals chart that outliers hardly move."""
    draft = Draft("median", _measure(y, n), None if n is None else array(n), options)
    for phase in draft.phases:
        draft.given(phase, median_of(draft.y[phase.used]))
        middle = median_of(moves(draft.y[phase.used]))
        draft.sigma[phase.member] = middle / MEDIAN_D2 if middle > 0 else np.nan
    return draft.finish()


def in_limits(limits: Limits) -> Flags:
    """Points that are known and within their limits."""
    return ~limits.beyond & ~np.isnan(limits.y)
