"""Histograms: classes by a stated rule, and what the distribution says of a specification, where it may say it.

Class width is a whole multiple of the measuring unit and boundaries lie half a unit beside possible values, so that
none falls on a boundary (the rule of the seven-tools courses); of very exact values the width has two digits. All of
it in exact decimals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

import numpy as np

RULES = {
    "sqrt": "组数取 √n",
    "sturges": "组数取 1+log₂n（Sturges）",
    "fd": "组距取 2·IQR/∛n（Freedman–Diaconis）",
}
FEWEST, MOST = 5, 20  # classes
PLACES = 6  # decimals that count as measured


@dataclass(frozen=True)
class Class:
    """Values from low up to high; no value equals either."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Histogram:
    """Classes with counts, and the figures of the values; sd has n - 1 below."""

    classes: tuple[Class, ...]
    n: int
    mean: float
    sd: float | None
    median: float
    least: float
    greatest: float
    width: float
    rule: str


def histogram(values: Sequence[float], *, rule: str = "sqrt", classes: int | None = None) -> Histogram:
    """Count values into classes. classes: a wished number of them, in place of the rule's.

    Raises ValueError without a value, for values that are no finite numbers and for an unknown rule.
    """
    exact = [_decimal(value) for value in values]
    if not exact or rule not in RULES:
        raise ValueError("a histogram needs values and a known rule")
    unit = Decimal(1).scaleb(min(one.as_tuple().exponent for one in exact))
    low, high = min(exact), max(exact)
    width, step = _width(exact, unit, rule, classes)
    start = (low / step).to_integral_value(ROUND_FLOOR) * step - unit / 2
    count = int((high - start) // width) + 1
    found = [0] * count
    for one in exact:
        found[int((one - start) // width)] += 1
    made = tuple(
        Class(float(start + i * width), float(start + (i + 1) * width), n) for i, n in enumerate(found)
    )
    seen = np.asarray([float(one) for one in exact])
    sd = float(seen.std(ddof=1)) if seen.size > 1 else None
    return Histogram(
        made, seen.size, float(seen.mean()), sd, float(np.median(seen)), float(low), float(high), float(width), rule
    )  # fmt: skip


def _decimal(value: float) -> Decimal:
    if not math.isfinite(value):
        raise ValueError(f"no number: {value}")
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_EVEN).normalize()
    return rounded if rounded.as_tuple().exponent <= 0 else rounded.quantize(Decimal(1))


def _width(
    exact: Sequence[Decimal], unit: Decimal, rule: str, classes: int | None
) -> tuple[Decimal, Decimal]:
    """The width of a class, and the step that it is a whole multiple of: the unit, or two digits of the width."""
    spread = max(exact) - min(exact)
    if not spread:
        return unit, unit
    raw = spread / (classes or _classes([float(one) for one in exact], float(spread), rule))
    step = max(unit, Decimal(1).scaleb(raw.adjusted() - 1))
    return max((raw / step).to_integral_value(ROUND_CEILING), Decimal(1)) * step, step


def _classes(seen: Sequence[float], spread: float, rule: str) -> int:
    n = len(seen)
    if rule == "fd":
        low, high = np.percentile(seen, [25, 75])
        wished = spread / (2 * (high - low) / n ** (1 / 3)) if high > low else math.sqrt(n)
    else:
        wished = math.sqrt(n) if rule == "sqrt" else 1 + math.log2(n)
    return min(MOST, max(FEWEST, math.ceil(wished - 1e-9)))
