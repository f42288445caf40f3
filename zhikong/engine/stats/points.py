"""What is special about each point of an XmR chart, and the two NHS icons: variation and assurance.

Rules of Making Data Count (NHS England): a point beyond the limits, seven on one side of the mean, seven rising or
falling, two of three near a limit. Point types and icons equal NHSRplotthedots. The mean moving range is multiplied
by 2.66 there; limits therefore differ from 3 / 1.128 in the fourth digit, which `factor` selects.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from zhikong.engine.stats import runs
from zhikong.engine.stats.drafting import Values, array, collapses, exact_mean, mean_range, median_of
from zhikong.engine.stats.series import Flags, Floats

NHS_FACTOR = 2.66


class Rule(StrEnum):
    """Why a point is special; the order is that of precedence."""

    NONE = "none"
    ABOVE = "above_limit"
    BELOW = "below_limit"
    TREND_UP = "trend_up"
    TREND_DOWN = "trend_down"
    NEAR_UPPER = "near_upper"
    NEAR_LOWER = "near_lower"
    SHIFT_UP = "shift_up"
    SHIFT_DOWN = "shift_down"


ORDER = tuple(Rule)
HIGH = frozenset({Rule.ABOVE, Rule.SHIFT_UP, Rule.TREND_UP, Rule.NEAR_UPPER})


class Variation(StrEnum):
    COMMON = "common_cause"
    IMPROVEMENT = "special_cause_improvement"
    CONCERN = "special_cause_concern"
    NEUTRAL_HIGH = "special_cause_neutral_high"
    NEUTRAL_LOW = "special_cause_neutral_low"


class Assurance(StrEnum):
    PASS = "consistent_pass"
    FAIL = "consistent_fail"
    MIXED = "inconsistent"


@dataclass(frozen=True)
class Points:
    """The judged points of one phase of one series."""

    mean: float
    lower: float
    upper: float
    rules: tuple[Rule, ...]


def judge(y: Values, *, factor: float = NHS_FACTOR, screened: bool = True, fix: int | None = None) -> Points:
    """Judge each point of one phase. `fix`: the limits come from the first `fix` points only."""
    values = array(y)
    base = values[:fix] if fix else values
    mean = exact_mean(base)
    spread, _ = mean_range(base, screened=screened)
    half = factor * spread if spread > 0 else float("nan")
    line = median_of(values) if collapses(base) else mean
    return Points(mean, mean - half, mean + half, _rules(values, mean, half, line))


def _rules(y: Floats, mean: float, half: float, line: float) -> tuple[Rule, ...]:
    with np.errstate(invalid="ignore"):
        above, below = y > mean + half, y < mean - half
        close = ~(above | below) & ((y > mean + half * 2 / 3) | (y < mean - half * 2 / 3))
    return classify(y, runs.sides(y, np.full(y.shape, line)), above, below, close)


def classify(y: Floats, side: runs.Signs, above: Flags, below: Flags, close: Flags) -> tuple[Rule, ...]:
    """The first rule that holds for each point, in the order of `Rule`."""
    return tuple(ORDER[i] for i in classes(y, side, above, below, close))


def classes(y: Floats, side: runs.Signs, above: Flags, below: Flags, close: Flags) -> runs.Signs:
    """The same as indices into `ORDER`, for one series or for many (the last axis is time)."""
    shift, trend, near = runs.shift(side), runs.trend(y), runs.two_of_three(side, close)
    tests = [above, below, trend > 0, trend < 0, near > 0, near < 0, shift > 0, shift < 0]
    return np.select(tests, range(1, len(tests) + 1), 0)


def variation(rule: Rule, direction: str) -> Variation:
    """What a special point means when up (or down) is better; with no direction it is only high or low."""
    if rule is Rule.NONE:
        return Variation.COMMON
    high = rule in HIGH
    if direction not in ("up", "down"):
        return Variation.NEUTRAL_HIGH if high else Variation.NEUTRAL_LOW
    return Variation.IMPROVEMENT if high == (direction == "up") else Variation.CONCERN


def assurance(points: Points, *, target: float | None, direction: str) -> Assurance | None:
    """Whether the process, as it is, will reach the target always, never or sometimes. None: cannot be said.

    Without limits (one point, or a series that never changes) it is inconsistent, as Making Data Count has it:
    a series without variation says nothing about how far it could go.
    """
    return assured(points.lower, points.upper, target=target, direction=direction)


def assured(lower: float, upper: float, *, target: float | None, direction: str) -> Assurance | None:
    """The same from the limits of the newest point."""
    if target is None or direction not in ("up", "down"):
        return None
    if target > upper:
        return Assurance.FAIL if direction == "up" else Assurance.PASS
    if target < lower:
        return Assurance.PASS if direction == "up" else Assurance.FAIL
    return Assurance.MIXED
