"""Did a measure work, and did it last? The verdict that lets a major finding be closed, or reopens it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from zhikong.engine.stats import runs
from zhikong.engine.stats.limits import Values, array, p_chart, u_chart, xmr
from zhikong.engine.stats.series import Flags, Floats, Limits, Options

BEFORE_NEEDED = 6
AFTER_NEEDED = 6
HELD = 3


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

    What counts is the newest stretch: the months, up to the latest known one, that all lie on the good side of
    the old centre line (months on the line are skipped).

    Improved: the newest stretch has six months, or it has three and among them a month beyond the limit or two
    of three successive months beyond two sigma. One good month that does not last closes nothing.
    Not shifted: a month lies beyond the limit on the bad side, or six months are known, and the newest stretch
    is not an improvement.
    Not enough data: fewer than six months before, or neither of the above yet.

    If nothing changed, about 1 verdict in 20 says "improved" by chance (simulated: 12 months before, 6 after; six
    on one side alone give 1 in 64). The runs rules are those of Provost and Murray, The Health Care Data Guide. `direction` is ``up`` or ``down``, the good side. For p and
    u charts `before` and `after` are numerators and `before_n` and `after_n` denominators; None is a missing month.
    """
    old, new = array(before), array(after)
    known = int(np.sum(~np.isnan(old)))
    if known < BEFORE_NEEDED:
        lacking = BEFORE_NEEDED - known
        return Shift(Verdict.NOT_ENOUGH_DATA, f"整改前只有 {known} 个月数据，不足以作为基线。", lacking)
    limits = _frozen(old, new, before_n, after_n, chart)
    return _verdict(_after(limits, len(old)), 1 if direction == "up" else -1)


def _frozen(old: Floats, new: Floats, before_n: Values | None, after_n: Values | None, chart: str) -> Limits:
    options = Options(freeze=len(old))
    y = np.concatenate((old, new))
    if chart in ("p", "u", "p_prime", "u_prime") and before_n is not None and after_n is not None:
        n = np.concatenate((array(before_n), array(after_n)))
        draw = p_chart if chart.startswith("p") else u_chart
        return draw(y, n, options, prime=chart.endswith("prime"))
    return xmr(y, options=options)


@dataclass(frozen=True)
class _After:
    """The known months after the measure: side of the old centre line, beyond a limit, beyond two sigma."""

    side: runs.Signs
    beyond: Flags
    near: Flags

    def newest_stretch(self, good: int) -> Flags:
        """The months at the end that all lie on the good side."""
        bad = np.flatnonzero(self.side == -good)
        start = int(bad[-1]) + 1 if bad.size else 0
        return (np.arange(self.side.size) >= start) & (self.side == good)


def _after(limits: Limits, start: int) -> _After:
    y = limits.y[start:]
    known = ~np.isnan(y)
    with np.errstate(invalid="ignore"):
        near = (y > limits.upper_95[start:]) | (y < limits.lower_95[start:])
    side = runs.sides(y, limits.centre[start:])
    return _After(side[known], limits.beyond[start:][known], near[known])


def _verdict(after: _After, good: int) -> Shift:
    stretch = after.newest_stretch(good)
    length, known = int(stretch.sum()), after.side.size
    signal = _signal(after, stretch, good)
    if length >= AFTER_NEEDED:
        return Shift(Verdict.IMPROVED, f"整改后最近连续 {length} 个月优于原中心线，水平已经改变。")
    if signal and length >= HELD:
        return Shift(
            Verdict.IMPROVED, f"整改后{signal}，且最近连续 {length} 个月优于原中心线，改善已经保持。"
        )
    if (after.beyond & (after.side == -good)).any():
        return Shift(Verdict.NOT_SHIFTED, "整改后仍有月份越过不利一侧的控制限，措施未见效。")
    if known >= AFTER_NEEDED:
        return Shift(Verdict.NOT_SHIFTED, f"整改后 {known} 个月仍在原有波动范围内，未见能够保持的改善。")
    return _too_early(known, signal, HELD - length if signal else AFTER_NEEDED - known)


def _too_early(known: int, signal: str, lacking: int) -> Shift:
    if signal:
        sentence = f"整改后{signal}，还需 {lacking} 个月确认改善能否保持。"
    else:
        sentence = f"整改后只有 {known} 个月数据，还需 {lacking} 个月才能判断。"
    return Shift(Verdict.NOT_ENOUGH_DATA, sentence, lacking)


def _signal(after: _After, stretch: Flags, good: int) -> str:
    """The special cause on the good side within the newest stretch, in words; empty when there is none."""
    if (after.beyond & stretch).any():
        return "有月份越过有利一侧的控制限"
    if (runs.two_of_three(after.side[stretch], after.near[stretch]) == good).any():
        return "连续三个月中有两个月接近有利一侧的控制限"
    return ""
