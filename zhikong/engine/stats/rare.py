"""Charts of rare events: g (cases between events) and t (time between events).

`sigma` limits equal qicharts2: the g chart has mean ± 3 √(mean (mean + 1)) around the median, the t chart is an
individuals chart of y^(1/3.6) (Nelson 1994). On noise the first signals at 1.6 % of the points. `probability`
limits, the default, are exact quantiles of the geometric and of the exponential distribution: at most 0.135 % of
the points lie beyond each.
"""

from __future__ import annotations

import math

import numpy as np

from zhikong.engine.stats.drafting import Draft, Values, Zones, array, exact_mean, median_of
from zhikong.engine.stats.series import SIGMAS, Floats, Limits, Options

POWER = 3.6
MEDIAN_SHARE = 0.693
TAILS = {1: 0.15865525393145707, 2: 0.022750131948179216, 3: 0.0013498980316300957}


def g_chart(y: Values, options: Options = Options()) -> Limits:
    """Cases without the event between two events; each value is a count from 0 up.

    The centre line is the median of the baseline, or 0.693 × a given mean (`options.centre`).
    """
    draft, means = Draft("g", array(y), None, options), np.full(len(array(y)), np.nan)
    for phase in draft.phases:
        base = draft.y[phase.used]
        mean = exact_mean(base) if options.centre is None else options.centre
        means[phase.member] = mean
        draft.centre[phase.member] = median_of(base) if options.centre is None else MEDIAN_SHARE * mean
    zones = _normal_zones(means) if options.limits == "sigma" else _geometric_zones(means)
    return draft.finish(zones, floor=0.0)


def _normal_zones(means: Floats) -> Zones:
    sigma = np.sqrt(means * (means + 1))
    return [(means - k * sigma, means + k * sigma) for k in SIGMAS]


def _geometric_zones(means: Floats) -> Zones:
    """(smallest, largest) value within the tails; a limit is itself still a usual value."""
    found = {mean: [geometric_limits(mean, TAILS[k]) for k in SIGMAS] for mean in np.unique(means)}
    rows = np.array([found.get(mean, [(np.nan, np.nan)] * 3) for mean in means], np.float64)
    return [(rows[:, k, 0], rows[:, k, 1]) for k in range(3)]


def geometric_limits(mean: float, tail: float) -> tuple[float, float]:
    """The quantiles at `tail` and 1 − `tail` of the geometric distribution (from 0) with this mean."""
    if math.isnan(mean) or mean < 0:
        return math.nan, math.nan
    if mean == 0:
        return 0.0, 0.0
    failing = math.log1p(-1 / (mean + 1))
    return max(_steps(math.log1p(-tail) / failing), 0.0), max(_steps(math.log(tail) / failing), 0.0)


def _steps(ratio: float) -> float:
    return float(math.ceil(ratio - 1e-9) - 1)


def t_chart(y: Values, options: Options = Options()) -> Limits:
    """Time between events; zero (two events on one day) is allowed. A given centre is in the unit of y."""
    draft = Draft("t", array(y), None, options)
    zones = _power_zones(draft) if options.limits == "sigma" else _exponential_zones(draft)
    return draft.finish(zones, floor=0.0)


def _power_zones(draft: Draft) -> Zones:
    """An individuals chart of y^(1/3.6), taken back."""
    root, centre = draft.y ** (1 / POWER), draft.options.centre
    for phase in draft.phases:
        base = root[phase.used]
        line = exact_mean(base) if centre is None else centre ** (1 / POWER)
        draft.centre[phase.member], draft.sigma[phase.member] = line, draft.spread(base)
    zones = [(np.fmax(low, 0.0) ** POWER, high**POWER) for low, high in draft.around()]
    draft.centre = draft.centre**POWER
    return zones


def _exponential_zones(draft: Draft) -> Zones:
    """Quantiles of the exponential distribution with the mean of the baseline; its median is the centre line."""
    means = np.full(draft.y.shape, np.nan)
    for phase in draft.phases:
        centre = draft.options.centre
        means[phase.member] = exact_mean(draft.y[phase.used]) if centre is None else centre / math.log(2)
    draft.centre = means * math.log(2)
    return [(-means * math.log1p(-TAILS[k]), -means * math.log(TAILS[k])) for k in SIGMAS]


def between_events(events: Values, cases: Values) -> Floats:
    """Cases without the event between two events, by month, from monthly events and cases.

    A month without events has no point (NaN) but its cases count. The events of a month are taken to lie evenly
    among its cases; a month with several has the mean of its gaps. The first event of a series closes no gap.
    """
    tops, bottoms = array(events), array(cases)
    found, waiting, begun = np.full(tops.shape, np.nan), 0.0, False
    for index, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        if np.isnan(top) or not bottom > 0:
            continue
        if top <= 0:
            waiting += bottom
            continue
        step = bottom / top
        gaps = [waiting + step / 2] * begun + [step] * int(top - 1)
        if gaps:
            found[index] = max(round(sum(gaps) / len(gaps)) - 1, 0)
        waiting, begun = step / 2, True
    return found
