"""Charts of events and proportions: p, p′ (Laney), u, u′ and c."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from zhikong.engine.stats.drafting import Draft, Values, array, exact_mean
from zhikong.engine.stats.series import Floats, Limits, Options, Phase


def rate_of(numerator: Values, denominator: Values) -> tuple[Floats, Floats, Floats]:
    """(numerator, denominator, rate); where either is missing or the denominator is zero all are NaN."""
    top, bottom = array(numerator), array(denominator)
    usable = ~np.isnan(top) & (bottom > 0)
    top, bottom = np.where(usable, top, np.nan), np.where(usable, bottom, np.nan)
    return top, bottom, top / bottom


def c_chart(y: Values, options: Options = Options()) -> Limits:
    """Counts over equal opportunity: mean ± 3 √mean."""
    draft = Draft("c", array(y), None, options)
    for phase in draft.phases:
        centre = draft.given(phase, exact_mean(draft.y[phase.used]))
        draft.sigma[phase.member] = np.sqrt(max(centre, 0.0))
    return draft.finish(floor=0.0)


def p_chart(
    numerator: Values, denominator: Values, options: Options = Options(), *, prime: bool = False
) -> Limits:
    """Proportion of a sample: 3-sigma binomial limits per point, within 0 and 1; `prime` is Laney's p′."""
    kind = "p_prime" if prime else "p"
    draft = _ratio_chart(kind, numerator, denominator, options, lambda p: p * (1 - p))
    return draft.finish(floor=0.0, cap=1.0)


def u_chart(
    numerator: Values, denominator: Values, options: Options = Options(), *, prime: bool = False
) -> Limits:
    """Events per unit of exposure: 3-sigma Poisson limits per point, not below 0; `prime` is Laney's u′."""
    kind = "u_prime" if prime else "u"
    return _ratio_chart(kind, numerator, denominator, options, lambda u: u).finish(floor=0.0)


def _ratio_chart(
    kind: str, numerator: Values, denominator: Values, options: Options, variance: Callable[[float], float]
) -> Draft:
    top, bottom, rate = rate_of(numerator, denominator)
    draft = Draft(kind, rate, bottom, options)
    for phase in draft.phases:
        used = phase.used & ~np.isnan(rate)
        total = math.fsum(bottom[used])
        centre = draft.given(phase, math.fsum(top[used]) / total if total else float("nan"))
        with np.errstate(invalid="ignore"):
            sigma = np.sqrt(variance(centre) / bottom)
        draft.sigma[phase.member] = (sigma * _laney(draft, sigma, phase))[phase.member]
    return draft


def _laney(draft: Draft, sigma: Floats, phase: Phase) -> float:
    """Laney's factor for more (or less) variation between periods than sampling explains; 1 for plain charts."""
    if not draft.kind.endswith("_prime"):
        return 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (draft.y - draft.centre) / sigma
    return draft.spread(z[phase.used])
