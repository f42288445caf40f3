"""Pareto analysis: what is most frequent first, how much of the whole the first few make up, who the vital few are.

Juran's vital few and the 80 % line as Chinese courses of quality circles teach them (柏拉图, 改善重点).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

LINE = 80  # per cent
OTHER = "其他"
OTHERS = frozenset({OTHER, "其它", "其他原因", "其它原因", "其余"})
MOST = 12  # bars that a picture can carry


@dataclass(frozen=True)
class Bar:
    """One item. share, reached: per cent of the whole, alone and with those before it, one decimal half up."""

    name: str
    count: float
    share: float
    reached: float
    vital: bool


@dataclass(frozen=True)
class Pareto:
    """The bars in order; total of everything; merged: how many small items stand together as 其他."""

    bars: tuple[Bar, ...]
    total: float
    merged: int = 0

    @property
    def vital(self) -> tuple[Bar, ...]:
        return tuple(bar for bar in self.bars if bar.vital)

    @property
    def focus(self) -> float:
        """改善重点: per cent that the vital few make up together; 0 when there is nothing."""
        return self.vital[-1].reached if self.vital else 0.0


def pareto(items: Sequence[tuple[str, float]], *, line: float = LINE, most: int = MOST) -> Pareto:
    """Sort items by count, largest first; equal counts keep their order, 其他 stands last whatever its size.

    More than ``most`` items: the smallest are merged into 其他. The vital few are the fewest leading items that reach
    ``line`` per cent together; 其他 is never one of them, and of equals beside the line the earlier is taken. Where all
    that are named do not reach it, there are none: what happens is scattered, or 其他 has to be taken apart.
    Items of one name are added up. Raises ValueError for a negative count.
    """
    sums: dict[str, Fraction] = {}
    for name, count in items:
        if count < 0:
            raise ValueError(f"negative count of {name}: {count}")
        sums[name] = sums.get(name, Fraction(0)) + Fraction(str(count))
    named = sorted(((n, c) for n, c in sums.items() if n not in OTHERS and c), key=lambda one: -one[1])
    rest = sum((c for n, c in sums.items() if n in OTHERS), Fraction(0))
    kept = named if len(named) + bool(rest) <= most else named[: most - 1]
    rest += sum((c for _, c in named[len(kept) :]), Fraction(0))
    bars = _bars([*kept, *([(OTHER, rest)] if rest else [])], Fraction(str(line)))
    return Pareto(bars, _plain(sum(sums.values(), Fraction(0))), len(named) - len(kept))


def _bars(ordered: Sequence[tuple[str, Fraction]], line: Fraction) -> tuple[Bar, ...]:
    total, before, made = sum((c for _, c in ordered), Fraction(0)), Fraction(0), []
    named = sum((c for name, c in ordered if name != OTHER), Fraction(0))
    few = total and 100 * named / total >= line
    for name, count in ordered:
        share, reached = 100 * count / total, 100 * (before + count) / total
        vital = bool(few) and name != OTHER and 100 * before / total < line
        made.append(Bar(name, _plain(count), _tenths(share), _tenths(reached), vital))
        before += count
    return tuple(made)


def _tenths(share: Fraction) -> float:
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _plain(count: Fraction) -> float:
    return int(count) if count.denominator == 1 else float(count)
