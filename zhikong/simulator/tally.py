"""Sums by month and department, added up while the events are made: what the ledger counts among them.

A block of stays is counted as soon as its rows stand, from the planter's own arrays, and forgotten with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY, months_of
from zhikong.simulator.stages import Stages

TENTHS = 10
"""Medians and percentiles stand in the ledger in tenths: their ranks lie at most a tenth apart (0.9 (n + 1))."""


@dataclass
class Sums:
    """Matrices (months, departments) of integers; the last column is of rows without a department."""

    numerator: np.ndarray
    denominator: np.ndarray | None


@dataclass
class Ranked:
    """Values whose median or percentile is asked for, with the cell that each lies in."""

    percent: int  # 50 is the median
    values: list[np.ndarray] = field(default_factory=list)
    cells: list[np.ndarray] = field(default_factory=list)


@dataclass
class Distinct:
    """Values of which the different ones are asked for, with the cell that each lies in."""

    values: list[np.ndarray] = field(default_factory=list)
    cells: list[np.ndarray] = field(default_factory=list)


@dataclass
class Tally:
    """Collects measures by key. Rows outside the window's months are not counted: nobody asks for them."""

    stages: Stages
    first: int | None = None  # the first month counted; None is the window's first
    sums: dict[str, Sums] = field(default_factory=dict)
    ranked: dict[str, Ranked] = field(default_factory=dict)
    kinds: dict[str, Distinct] = field(default_factory=dict)

    def add(
        self,
        key: str,
        month: np.ndarray,
        department: np.ndarray,
        top: np.ndarray,
        below: np.ndarray | None = None,
    ) -> None:
        """Add rows: `month` as months since 1970-01, `department` by department_index (-1: none).

        `top` and `below` are what each row gives to numerator and denominator (bool counts 0 or 1); a measure
        without `below` is a plain count. Both parts of a rate may come in calls of their own, with zeros.
        """
        sums = self.sums.get(key)
        if sums is None:
            sums = self.sums[key] = Sums(self._zeros(), None if below is None else self._zeros())
        cell, inside = self._cells(month, department)
        np.add.at(sums.numerator.reshape(-1), cell[inside], top.astype(np.int64)[inside])
        if below is not None:
            np.add.at(sums.denominator.reshape(-1), cell[inside], below.astype(np.int64)[inside])

    def share(self, key: str, month, department, top: np.ndarray, below: np.ndarray) -> None:
        """How many of the rows `below` are also `top`."""
        self.add(key, month, department, top & below, below)

    def rank(self, key: str, percent: int, month, department, values: np.ndarray) -> None:
        """Add values whose median (50) or percentile is asked for."""
        ranked = self.ranked.setdefault(key, Ranked(percent))
        cell, inside = self._cells(month, department)
        ranked.values.append(values[inside].astype(np.int64))
        ranked.cells.append(cell[inside])

    def different(self, key: str, month, department, values: np.ndarray) -> None:
        """Add values of which the different ones are asked for; the hospital's are not its departments' sum."""
        kinds = self.kinds.setdefault(key, Distinct())
        cell, inside = self._cells(month, department)
        kinds.values.append(values[inside])
        kinds.cells.append(cell[inside])

    def entries(self) -> Iterator[tuple[str, dict]]:
        """Each measure as the ledger has it: month -> department or '*' -> [numerator, denominator]."""
        for key, sums in self.sums.items():
            yield key, self._summed(sums)
        for key, ranked in self.ranked.items():
            yield key, self._placed(ranked)
        for key, kinds in self.kinds.items():
            yield key, self._different(kinds)

    def _zeros(self) -> np.ndarray:
        return np.zeros((self.stages.window.count, len(catalogue.department_index()) + 1), dtype=np.int64)

    def _cells(self, month: np.ndarray, department: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        window, width = self.stages.window, len(catalogue.department_index()) + 1
        row = month - window.first
        start = 0 if self.first is None else self.first - window.first
        place = np.where(department < 0, width - 1, department)
        return row * width + place, (row >= start) & (row < window.count)

    def _rows(self) -> Iterator[tuple[int, str]]:
        window = self.stages.window
        for row, month in enumerate(window.months):
            if self.first is None or window.first + row >= self.first:
                yield row, month

    def _summed(self, sums: Sums) -> dict:
        entries = {}
        for row, month in self._rows():
            top = sums.numerator[row].tolist()
            below = [None] * len(top) if sums.denominator is None else sums.denominator[row].tolist()
            whole = [sum(top), None if sums.denominator is None else sum(below)]
            entries[month] = {"*": whole} | {
                code: [n, d] for code, n, d in zip(catalogue.department_index(), top, below, strict=False)
            }
        return entries

    def _different(self, kinds: Distinct) -> dict:
        values, cells = np.concatenate(kinds.values), np.concatenate(kinds.cells)
        width = len(catalogue.department_index()) + 1
        entries = {}
        for row, month in self._rows():
            entries[month] = {"*": [len(np.unique(values[cells // width == row])), None]}
            for place, code in enumerate(catalogue.department_index()):
                entries[month][code] = [len(np.unique(values[cells == row * width + place])), None]
        return entries

    def _placed(self, ranked: Ranked) -> dict:
        values, cells = np.concatenate(ranked.values), np.concatenate(ranked.cells)
        width = len(catalogue.department_index()) + 1
        entries = {}
        for row, month in self._rows():
            own = cells // width == row
            entries[month] = {"*": in_rank(values[own], ranked.percent)}
            for place, code in enumerate(catalogue.department_index()):
                entries[month][code] = in_rank(values[cells == row * width + place], ranked.percent)
        return entries


def in_rank(values: np.ndarray, percent: int) -> list[int]:
    """[ten times the value at rank percent × (n + 1), between its neighbours if need be; number of values]."""
    count = len(values)
    if not count:
        return [0, 0]
    ordered = np.sort(values)
    hundredths = percent * (count + 1)  # of a rank; a rank beyond the ends is the end
    hundredths = min(max(hundredths, 100), count * 100)
    low, rest = divmod(hundredths, 100)
    upper = ordered[min(low, count - 1)]
    tenths, left = divmod(int(ordered[low - 1]) * (100 - rest) + int(upper) * rest, 100 // TENTHS)
    if left:
        raise ValueError(f"percentile {percent} does not stand in tenths")
    return [tenths, count]


def month_of(minute: np.ndarray) -> np.ndarray:
    """Months since 1970-01 of minutes."""
    return months_of(minute // DAY)
