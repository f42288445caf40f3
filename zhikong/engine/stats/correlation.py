"""Do two measures go together? Pearson's r with its interval, Spearman's rank correlation, the least-squares line.

Fisher RA. Biometrika 1915;10:507 (the z transformation). A correlation shows no cause, whatever its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from zhikong.engine.stats.intervals import Z_95

FEWEST = 10  # pairs; below it the interval spans nearly everything and r misleads


@dataclass(frozen=True)
class Correlation:
    """r with its 95 % interval, p of r = 0, rank correlation, line y = intercept + slope·x; None where unknown.

    why: why r cannot be computed; empty when it can.
    """

    n: int
    r: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    rank: float | None = None
    slope: float | None = None
    intercept: float | None = None
    why: str = ""

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def correlation(x: Sequence[float], y: Sequence[float]) -> Correlation:
    """The correlation of pairs. Fewer than ten pairs, or a measure that never changes: not computed, and why.

    Raises ValueError when the two have not the same length or hold something that is no number.
    """
    a, b = np.asarray(x, float), np.asarray(y, float)
    if a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("x and y are pairs of finite numbers")
    if a.size < FEWEST:
        return Correlation(a.size, why=f"只有 {a.size} 对数据，少于 {FEWEST} 对，不计算相关系数。")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return Correlation(a.size, why="有一个量没有变化，相关系数无法计算。")
    return _computed(a, b)


def _computed(a: np.ndarray, b: np.ndarray) -> Correlation:
    line, rank = stats.linregress(a, b), stats.spearmanr(a, b)
    r = float(np.clip(line.rvalue, -1, 1))
    low, high = fisher(r, a.size)
    return Correlation(
        n=a.size,
        r=r,
        low=low,
        high=high,
        p=float(line.pvalue),
        rank=float(rank.statistic),
        slope=float(line.slope),
        intercept=float(line.intercept),
    )


def fisher(r: float, n: int) -> tuple[float, float]:
    """The 95 % interval of r from n pairs; a perfect correlation has none but itself."""
    if abs(r) >= 1:
        return r, r
    middle, half = np.arctanh(r), Z_95 / np.sqrt(n - 3)
    return float(np.tanh(middle - half)), float(np.tanh(middle + half))
