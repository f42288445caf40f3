"""Charts of subgroups with several measurements each: Xbar (means) and S (standard deviations).

Montgomery, Introduction to Statistical Quality Control, 6.29 to 6.31; subgroups may differ in size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhikong.engine.stats.drafting import Draft, Values, Zones, array, exact_mean
from zhikong.engine.stats.series import SIGMAS, Flags, Floats, Limits, Options


@dataclass(frozen=True)
class Groups:
    """Size, mean and standard deviation of each subgroup; NaN where there is none."""

    size: Floats
    mean: Floats
    sd: Floats


def groups(values: Sequence[Values]) -> Groups:
    """Sum up subgroups; missing measurements are left out."""
    known = [array(one) for one in values]
    known = [one[~np.isnan(one)] for one in known]
    return Groups(
        np.array([one.size for one in known], np.float64),
        np.array([exact_mean(one) for one in known], np.float64),
        np.array([np.std(one, ddof=1) if one.size > 1 else np.nan for one in known], np.float64),
    )


def xbar_chart(found: Groups, options: Options = Options()) -> Limits:
    """Means of subgroups: weighted mean ± A₃ s."""
    draft = Draft("xbar", found.mean, found.size, options)
    for phase in draft.phases:
        used = phase.used & (found.size > 0)
        total = float(np.sum(found.size[used]))
        mean = math.fsum(found.size[used] * found.mean[used]) / total if total else math.nan
        draft.given(phase, mean)
        width = _pooled(found, phase.member, used) / (c4(found.size) * np.sqrt(found.size))
        draft.sigma[phase.member] = width[phase.member]
    return draft.finish()


def s_chart(found: Groups, options: Options = Options()) -> Limits:
    """Standard deviations of subgroups: B₃ s and B₄ s."""
    draft = Draft("s", found.sd, found.size, options)
    for phase in draft.phases:
        draft.given(phase, _pooled(found, phase.member, phase.used & (found.size > 0)))
    return draft.finish(_s_zones(draft, found))


def _s_zones(draft: Draft, found: Groups) -> Zones:
    chance = c4(found.size)
    spread = np.sqrt(1 - chance**2) / chance
    return [(draft.centre * np.maximum(0.0, 1 - k * spread), draft.centre * (1 + k * spread)) for k in SIGMAS]


def _pooled(found: Groups, member: Flags, used: Flags) -> float:
    """Mean standard deviation of equal subgroups, pooled standard deviation of unequal ones."""
    if np.unique(found.size[member]).size == 1:
        return exact_mean(found.sd[used])
    more = used & (found.size > 1)
    free = float(np.sum(found.size[more] - 1))
    return math.sqrt(math.fsum((found.size[more] - 1) * found.sd[more] ** 2) / free) if free else math.nan


def c4(size: Floats) -> Floats:
    """The mean of the standard deviation of `size` normal values with sigma 1; NaN below two values."""
    return np.array(
        [
            math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
            if n > 1
            else math.nan
            for n in size
        ],
        np.float64,
    )
