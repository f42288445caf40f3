"""Process capability: how well a stable, roughly normal process keeps its specification; refused where it is not.

Cp and Cpk use the spread within (mean moving range / 1.128); Pp and Ppk the overall one. Interval of Pp: chi-square;
of Ppk: Bissell AF. Applied Statistics 1990;39:331. Stable is what GB/T 4091 calls so: of 25 points none beyond the
limits, of 35 at most one, of 100 at most two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from zhikong.engine.stats.intervals import Z_95
from zhikong.engine.stats.limits import xmr
from zhikong.engine.stats.series import Options

FEWEST = 50  # values
D2 = 1.128  # mean range of two values, in standard deviations
SKEWED = 1.0  # skewness beyond which percentages from the normal curve are wrong by a lot


@dataclass(frozen=True)
class Capability:
    """Indices with their 95 % intervals; None where one has no sense (one-sided limits have no Cp).

    refused: why no index is given; outside: values beyond the specification, always counted.
    """

    outside: int
    n: int
    cp: float | None = None
    cpk: float | None = None
    pp: float | None = None
    ppk: float | None = None
    pp_interval: tuple[float, float] | None = None
    ppk_interval: tuple[float, float] | None = None
    refused: tuple[str, ...] = ()


def capability(values: Sequence[float], *, low: float | None, high: float | None) -> Capability:
    """The capability of values in the order of time, against specification limits (either may be missing).

    Raises ValueError when neither limit is given or they are not in order.
    """
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        raise ValueError("a specification has at least one limit, and its limits are in order")
    seen = np.asarray(values, float)
    outside = int(sum((low is not None and v < low) or (high is not None and v > high) for v in seen))
    refused = tuple(_reasons(seen))
    if refused:
        return Capability(outside, seen.size, refused=refused)
    within = float(np.abs(np.diff(seen)).mean()) / D2
    overall = float(seen.std(ddof=1))
    cp, cpk = _indices(seen, low, high, within)
    pp, ppk = _indices(seen, low, high, overall)
    return Capability(
        outside, seen.size, cp, cpk, pp, ppk, _of_pp(pp, seen.size), _of_ppk(ppk, seen.size)
    )  # fmt: skip


def _reasons(seen: np.ndarray) -> list[str]:
    if seen.size < FEWEST:
        return [f"只有 {seen.size} 个数据，少于 {FEWEST} 个，过程能力指数无法可靠计算。"]
    if np.ptp(seen) == 0:
        return ["数据没有变化，过程能力指数无法计算。"]
    found = []
    beyond = int(xmr(seen, options=Options()).beyond.sum())
    if beyond > (2 if seen.size >= 100 else 1):
        found.append(f"单值控制图上有 {beyond} 个点越过控制限，过程不稳定，先找出特殊原因。")
    skew = float(stats.skew(seen))
    if abs(skew) > SKEWED:
        found.append(f"分布明显偏斜（偏度 {skew:.2f}），按正态分布算出的指数会误导。")
    return found


def _indices(
    seen: np.ndarray, low: float | None, high: float | None, sigma: float
) -> tuple[float | None, float | None]:
    if sigma == 0:
        return None, None
    mean = float(seen.mean())
    sides = [(high - mean) / (3 * sigma)] if high is not None else []
    sides += [(mean - low) / (3 * sigma)] if low is not None else []
    both = low is not None and high is not None
    return ((high - low) / (6 * sigma) if both else None), min(sides)


def _of_pp(pp: float | None, n: int) -> tuple[float, float] | None:
    if pp is None:
        return None
    low, high = (pp * np.sqrt(stats.chi2.ppf(q, n - 1) / (n - 1)) for q in (0.025, 0.975))
    return float(low), float(high)


def _of_ppk(ppk: float | None, n: int) -> tuple[float, float] | None:
    if ppk is None:
        return None
    half = Z_95 * np.sqrt(1 / (9 * n) + ppk**2 / (2 * (n - 1)))
    return float(ppk - half), float(ppk + half)
