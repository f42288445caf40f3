"""Intervals of single points: what the true rate of a month may be, at 95 %.

Wilson EB. J Am Stat Assoc 1927;22:209 (proportions); Garwood F. Biometrika 1936;28:437 (counts, exact).
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv

from zhikong.engine.stats.series import Floats

Z_95 = 1.959963984540054


def wilson(events: Floats, cases: Floats, *, z: float = Z_95) -> tuple[Floats, Floats]:
    """(lower, upper) of the proportion events / cases; NaN where it is not known. Shapes as given."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rate, share = events / cases, z**2 / cases
        middle = (rate + share / 2) / (1 + share)
        half = z * np.sqrt(rate * (1 - rate) / cases + share / (4 * cases)) / (1 + share)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def poisson(events: Floats, exposure: Floats | float = 1.0, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """(lower, upper) of the rate events / exposure, exact for whole numbers; NaN where it is not known."""
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        known = events >= 0
        lower = np.where(events > 0, gammaincinv(np.where(events > 0, events, 1.0), tail), 0.0)
        upper = gammaincinv(np.where(known, events, 0.0) + 1.0, 1 - tail)
        return np.where(known, lower / exposure, np.nan), np.where(known, upper / exposure, np.nan)
