"""Small numbers are hidden, and nothing beside them gives them away. Pure: counts in, which cells stay hidden out.

A cell is one department's month of one indicator. Its numerator, what misses the numerator, and its denominator are
numbers of cases; one of them from 1 to smallest - 1 hides the cell (primary). Where the hospital's total is known, a
hidden cell can be told by subtraction, so further cells are hidden (complementary), the smallest first, until every
hidden number could also be another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Key = TypeVar("Key")


class Hidden(StrEnum):
    """Why a cell is not shown."""

    SMALL = "small"
    BESIDE = "beside"  # it would give a small one away


@dataclass(frozen=True)
class Counts:
    """The numbers of cases of one cell; None where the indicator has none (a sum of days is no number of cases)."""

    numerator: int | None = None
    missed: int | None = None
    denominator: int | None = None

    @property
    def parts(self) -> tuple[int | None, int | None, int | None]:
        return (self.numerator, self.missed, self.denominator)

    @property
    def size(self) -> int:
        """By which the complementary cell is chosen: what costs the reader least is hidden first."""
        return max((part for part in self.parts if part is not None), default=0)


def is_small(counts: Counts, smallest: int) -> bool:
    """Whether a cell itself is too small to be shown; a zero names nobody."""
    return any(part is not None and 0 < part < smallest for part in counts.parts)


def hidden_cells(cells: Mapping[Key, Counts], total: Counts | None, *, smallest: int) -> dict[Key, Hidden]:
    """Which of the departments' cells of one month are hidden, and why.

    total: the hospital's counts when readers see them, else None: without a total nothing can be subtracted.
    """
    found = {key: Hidden.SMALL for key, counts in cells.items() if is_small(counts, smallest)}
    if not found or total is None or is_small(total, smallest):
        return found
    others = sorted((key for key in cells if key not in found), key=lambda key: cells[key].size)
    for key in others:
        if _safe([cells[k] for k in found], list(found.values()), smallest):
            return found
        found[key] = Hidden.BESIDE
    if not _safe([cells[k] for k in found], list(found.values()), smallest):
        return dict.fromkeys(cells, Hidden.BESIDE)  # all alike: not even which one is small is said
    return found


def _safe(counts: Sequence[Counts], why: Sequence[Hidden], smallest: int) -> bool:
    """Whether each small number could also be another one, given the sum that subtraction tells."""
    return all(
        _ambiguous([c.parts[part] for c in counts], why, smallest)
        for part in range(3)
        if all(c.parts[part] is not None for c in counts)
    )


def _ambiguous(values: Sequence[int], why: Sequence[Hidden], smallest: int) -> bool:
    """For one kind of count. Readers know the sum, which cells are small (1 to smallest - 1), and that a
    complementary one is 0 or at least smallest; at worst they also guess in which count a cell is small."""
    total = sum(values)
    small = [0 < value < smallest for value in values]
    free = any(not flag for flag in small)
    return all(
        any(
            _possible(total - other, sum(small) - 1, free, smallest)
            for other in range(1, smallest)
            if other != value
        )
        for value, flag in zip(values, small, strict=True)
        if flag
    )


def _possible(rest: int, small: int, free: bool, smallest: int) -> bool:
    """Whether so many small numbers, and free ones (0 or at least smallest) if there are any, can add up to rest."""
    least, most = small, small * (smallest - 1)
    return least <= rest <= most or (free and rest >= least + smallest)
