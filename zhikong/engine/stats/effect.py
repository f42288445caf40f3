"""Did a measure work? The verdict that lets a major finding be closed, or reopens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from zhikong.engine.stats import runs
from zhikong.engine.stats.limits import Values, array, p_chart, u_chart, xmr
from zhikong.engine.stats.series import Floats, Limits, Options

BEFORE_NEEDED = 6
AFTER_NEEDED = 6


class Verdict(StrEnum):
    IMPROVED = "improved"
    NOT_SHIFTED = "not_shifted"
    NOT_ENOUGH_DATA = "not_enough_data"


@dataclass(frozen=True)
class Shift:
    """The verdict, its sentence, and how many more months are needed when data do not suffice."""

    verdict: Verdict
    sentence: str
    months_needed: int = 0


def shifted(
    before: Values,
    after: Values,
    *,
    direction: str,
    before_n: Values | None = None,
    after_n: Values | None = None,
    chart: str = "xmr",
) -> Shift:
    """Compare the months after a measure with limits that come from the months before it alone.

    Improved: a month beyond the limit on the good side, two of three months beyond two sigma on it, or six
    months running on the good side of the old centre line; and no month beyond the limit on the bad side.
    Not shifted: six months are known and none of this holds, or a month lies beyond the limit on the bad side.
    Otherwise the data do not suffice. Rules of Provost and Murray; `direction` is ``up`` or ``down``.
    """
    old, new = array(before), array(after)
    missing = BEFORE_NEEDED - int(np.sum(~np.isnan(old)))
    if missing > 0:
        return Shift(
            Verdict.NOT_ENOUGH_DATA,
            f"整改前只有 {BEFORE_NEEDED - missing} 个月数据，不足以作为基线。",
            missing,
        )
    limits = _frozen(old, new, before_n, after_n, chart)
    good = 1 if direction == "up" else -1
    return _verdict(limits, len(old), good)


def _frozen(old: Floats, new: Floats, before_n: Values | None, after_n: Values | None, chart: str) -> Limits:
    options = Options(freeze=len(old))
    y = np.concatenate((old, new))
    if chart in ("p", "u", "p_prime", "u_prime") and before_n is not None and after_n is not None:
        n = np.concatenate((array(before_n), array(after_n)))
        draw = p_chart if chart.startswith("p") else u_chart
        return draw(y, n, options, prime=chart.endswith("prime"))
    return xmr(y, options=options)


def _verdict(limits: Limits, start: int, good: int) -> Shift:
    y, centre = limits.y[start:], limits.centre[start:]
    known = ~np.isnan(y)
    side = runs.sides(y, centre)[known]
    worse = limits.beyond[start:][known] & (side == -good)
    if worse.any():
        return Shift(Verdict.NOT_SHIFTED, "整改后仍有月份越过不利一侧的控制限，措施未见效。")
    reason = _improvement(limits, start, known, side, good)
    if reason:
        return Shift(Verdict.IMPROVED, reason)
    lacking = AFTER_NEEDED - int(known.sum())
    if lacking > 0:
        return Shift(
            Verdict.NOT_ENOUGH_DATA,
            f"整改后只有 {int(known.sum())} 个月数据，还需 {lacking} 个月才能判断。",
            lacking,
        )
    return Shift(Verdict.NOT_SHIFTED, f"整改后 {int(known.sum())} 个月仍在原有波动范围内，未见改善。")


def _improvement(limits: Limits, start: int, known: np.ndarray, side: runs.Signs, good: int) -> str:
    better = limits.beyond[start:][known] & (side == good)
    if better.any():
        return "整改后有月份越过有利一侧的控制限，属于特殊原因的改善。"
    y = limits.y[start:][known]
    edge = (limits.upper_95 if good > 0 else limits.lower_95)[start:][known]
    near = (y > edge) if good > 0 else (y < edge)
    if np.any(runs.two_of_three(side, near) == good):
        return "整改后连续三个月中有两个月接近有利一侧的控制限，属于特殊原因的改善。"
    if np.any(runs.shift(side, AFTER_NEEDED) == good):
        return f"整改后连续 {AFTER_NEEDED} 个月优于原中心线，水平已经改变。"
    return ""
