"""Charts with a memory: EWMA and CUSUM of single values. They find small lasting shifts sooner.

Montgomery, Introduction to Statistical Quality Control, chapter 9. Mean and sigma (mean moving range / 1.128)
come from the baseline; a missing month leaves the statistic as it was and has no point. Each phase starts anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhikong.engine.stats.drafting import Draft, Values, array, exact_mean
from zhikong.engine.stats.rates import rate_of
from zhikong.engine.stats.series import SIGMAS, Floats, Limits, Options, Phase

WEIGHT, WIDTH = 0.2, 3.0
SLACK, DECISION = 0.5, 5.0


def ewma_chart(
    y: Values,
    n: Values | None = None,
    options: Options = Options(),
    *,
    weight: float = WEIGHT,
    width: float = WIDTH,
) -> Limits:
    """z ← weight × y + (1 − weight) z, from the mean; limits width × its exact sigma after each point.

    The points of the chart are z; the values themselves are in `also["value"]`.
    """
    values = array(y) if n is None else rate_of(y, n)[2]
    draft = Draft("ewma", np.full(values.shape, np.nan), None, options)
    for phase in draft.phases:
        mean, sigma = _level(draft, values, phase)
        known = np.cumsum(~np.isnan(values[phase.member]))
        shrink = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2.0 * known)))
        draft.sigma[phase.member] = np.where(known > 0, sigma * shrink, np.nan) * width / 3
        draft.y[phase.member] = _smoothed(values[phase.member], mean, weight)
    draft.also["value"] = values * options.multiply
    return draft.finish()


def _level(draft: Draft, values: Floats, phase: Phase) -> tuple[float, float]:
    base = values[phase.used]
    return draft.given(phase, exact_mean(base)), draft.spread(base)


def _smoothed(values: Floats, start: float, weight: float) -> Floats:
    found, last = np.full(values.shape, np.nan), start
    for index, value in enumerate(values):
        if not np.isnan(value):
            last = found[index] = weight * value + (1 - weight) * last
    return found


def cusum_chart(
    y: Values,
    n: Values | None = None,
    options: Options = Options(),
    *,
    slack: float = SLACK,
    decision: float = DECISION,
) -> Limits:
    """Two-sided tabular CUSUM in units of sigma: signals beyond ± `decision`.

    The point is the upper sum, or minus the lower sum where that is larger; both are in `also` (``up``, ``down``),
    as is the value. `options.multiply` does not matter, since the sums have no unit.
    """
    values = array(y) if n is None else rate_of(y, n)[2]
    draft = Draft("cusum", np.full(values.shape, np.nan), None, options)
    up, down = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    for phase in draft.phases:
        mean, sigma = _level(draft, values, phase)
        z = (values[phase.member] - mean) / sigma if sigma > 0 else np.full(phase.member.sum(), np.nan)
        up[phase.member], down[phase.member] = _sums(z, slack), -_sums(-z, slack)
    draft.centre[:] = 0.0
    draft.y, draft.sigma = np.where(up >= -down, up, down), np.full(values.shape, decision / 3)
    draft.also |= {"value": values, "up": up, "down": down}
    return _without_unit(draft)


def _sums(z: Floats, slack: float) -> Floats:
    found, last = np.full(z.shape, np.nan), 0.0
    for index, value in enumerate(z):
        if not np.isnan(value):
            last = found[index] = max(0.0, last + value - slack)
    return found


def _without_unit(draft: Draft) -> Limits:
    draft.options = replace(draft.options, multiply=1.0, cap=None, floor=None)
    return draft.finish([(-draft.sigma * k, draft.sigma * k) for k in SIGMAS])
