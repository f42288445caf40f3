"""Rows into group order: which group each row belongs to, and where every group begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from zhikong.engine import months as calendar
from zhikong.engine.backends.vector.bits import Runs
from zhikong.engine.backends.vector.columns import Vector
from zhikong.engine.tables import Type

EPOCH = date(1970, 1, 1)
DAY = 86_400_000_000
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Periods:
    """Months, or days of months, as consecutive numbers; rows outside have number -1.

    `wanted` are months in ascending order; they need not follow each other. `only` narrows days to some ('YYYY-MM-DD').
    """

    wanted: Sequence[str]
    by_day: bool = False
    only: frozenset[str] | None = None
    bounds: NDArray[np.int64] = field(
        init=False, repr=False
    )  # first day of each wanted month and of the next
    _first: int = field(init=False)

    def __post_init__(self) -> None:
        span = calendar.span(self.wanted[0], self.wanted[-1]) if self.wanted else []
        ends = [*span, calendar.named(calendar.number(span[-1]) + 1)] if span else []
        days = [(date.fromisoformat(calendar.first_day(m)) - EPOCH).days for m in ends]
        object.__setattr__(self, "bounds", np.array(days, np.int64))
        object.__setattr__(self, "_first", calendar.number(span[0]) if span else 0)

    @property
    def count(self) -> int:
        """How many numbers there are."""
        if not len(self.bounds):
            return 0
        return int(self.bounds[-1] - self.bounds[0]) if self.by_day else len(self.bounds) - 1

    def name(self, number: int) -> str:
        """'YYYY-MM', or 'YYYY-MM-DD' by day."""
        if self.by_day:
            return date.fromordinal(EPOCH.toordinal() + int(self.bounds[0]) + number).isoformat()
        return calendar.named(self._first + number)

    def numbers(self, vector: Vector, kind: Type) -> Codes:
        """The period of each row: dates, times, or months written as text."""
        if not self.count:
            return np.full(len(vector.values), -1, np.int64)
        if kind is Type.TEXT:
            return self._of_texts(vector)
        low, high = int(self.bounds[0]), int(self.bounds[-1])
        unit = 1 if kind is Type.DATE else DAY
        values = vector.values
        if self.by_day:
            found = np.floor_divide(values, unit).astype(np.int64) - low
            found[(found < 0) | (found >= high - low)] = -1
        else:
            found = self._months(values, unit)
        if vector.valid is not None:
            found[~vector.valid] = -1
        return self._only_wanted(found)

    def _months(self, values: NDArray[np.generic], unit: int) -> Codes:
        edges = self.bounds * unit
        if len(values) == 0:
            return np.zeros(0, np.int64)
        first, last = np.searchsorted(edges, (values.min(), values.max()), "right") - 1
        if first == last and 0 <= first < len(edges) - 1:  # a partition: all of one month
            return np.full(len(values), first, np.int64)
        found = np.searchsorted(edges, values, "right").astype(np.int64) - 1
        found[found == len(edges) - 1] = -1
        return found

    def _only_wanted(self, found: Codes) -> Codes:
        if self.only is None and len(self.wanted) == len(self.bounds) - 1:
            return found
        names = [self.name(i) for i in range(self.count)]
        wanted = set(self.wanted)
        keep = [n[:7] in wanted and (self.only is None or n in self.only) for n in names]
        return np.where(np.array([*keep, False])[found], found, -1)  # the last entry answers for -1

    def limits(self, kind: Type) -> tuple[int, int] | None:
        """The first value that counts and the first after all that do, for dates and times."""
        if kind is Type.TEXT or not self.count:
            return None
        low, high = int(self.bounds[0]), int(self.bounds[-1])
        if self.only:
            days = sorted((date.fromisoformat(day) - EPOCH).days for day in self.only)
            low, high = max(low, days[0]), min(high, days[-1] + 1)
        unit = 1 if kind is Type.DATE else DAY
        return low * unit, high * unit

    def _of_texts(self, vector: Vector) -> Codes:
        if vector.texts is None:
            raise ValueError("a period column needs its dictionary")
        places = {month: calendar.number(month) - self._first for month in self.wanted}
        table = np.array([places.get(text or "", -1) for text in vector.texts.texts], np.int64)
        return table[vector.values]


@dataclass(frozen=True, slots=True)
class Grouped:
    """`order` brings rows into group order (None: they are), `keys` are the groups' key numbers, ascending."""

    order: NDArray[np.intp] | None
    keys: Codes
    runs: Runs


def grouped(keys: Codes, largest: int) -> Grouped:
    """Groups rows by key number, leaving out negative keys. `largest` is an upper bound of the keys."""
    order = _order(keys, largest)
    ordered = keys if order is None else keys[order]
    left_out = int(np.searchsorted(ordered, 0))
    if left_out:
        order = np.arange(left_out, len(keys)) if order is None else order[left_out:]
        ordered = ordered[left_out:]
    if not len(ordered):
        return Grouped(np.zeros(0, np.intp), np.zeros(0, np.int64), Runs.of(np.zeros(0, np.intp), 0))
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return Grouped(order, ordered[starts], Runs.of(starts, len(ordered)))


def _order(keys: Codes, largest: int) -> NDArray[np.intp] | None:
    """A stable order by key. Sixteen bits at a time are sorted by radix, several times faster than by comparing."""
    if len(keys) == 0 or not np.any(keys[1:] < keys[:-1]):
        return None
    shifted = keys + 1
    order = np.argsort((shifted & 0xFFFF).astype(np.uint16), kind="stable")
    digit = 16
    while (largest + 1) >> digit:
        high = ((shifted >> digit) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
        digit += 16
    return order
