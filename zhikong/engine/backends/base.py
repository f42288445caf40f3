"""What every backend hands back: additive tallies by institution, department and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, Protocol

from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.model import Definition

Cell = tuple[str, str | None, str]  # institution, department (None: unknown department), month 'YYYY-MM'
Whole = tuple[str, str]  # institution, month


class Counts(NamedTuple):
    """`rows` counts the table's rows in the group, whether or not they belong to the population.

    Additive indicators have whole numbers. A median or percentile has `denominator` values and, when there are any,
    `at_rank`: the value at its place. A distinct count has the number of different values in `numerator`.
    """

    rows: int
    numerator: int | None
    denominator: int | None
    at_rank: Decimal | None = None


@dataclass(slots=True)
class Tally:
    """One definition's counts by department, and for what is not additive also of the whole institution.

    lacking: of a rate, the table without a row in that institution and month.
    """

    cells: dict[Cell, Counts] = field(default_factory=dict)
    wholes: dict[Whole, Counts] = field(default_factory=dict)
    lacking: dict[Whole, str] = field(default_factory=dict)

    def roll_up(self) -> None:
        """Fills `wholes` from the departments: the coarser level costs one addition per group."""
        sums: dict[Whole, list[int]] = {}
        has_denominator = False
        for (institution, _, month), counts in self.cells.items():
            total = sums.setdefault((institution, month), [0, 0, 0])
            total[0] += counts.rows
            total[1] += counts.numerator or 0
            total[2] += counts.denominator or 0
            has_denominator = counts.denominator is not None
        for key, (rows, above, below) in sums.items():
            self.wholes[key] = Counts(rows, above, below if has_denominator else None)


@dataclass(frozen=True, slots=True)
class Failure:
    """A definition whose evaluation raised; `detail` is for the person who repairs it."""

    detail: str


Outcome = Tally | Failure


@dataclass(frozen=True, slots=True)
class Limits:
    """What a computation may use of the machine."""

    memory: str = "700MB"
    threads: int = 2


class Backend(Protocol):
    """A way to count. Failures of single definitions are returned, never raised."""

    def tally(
        self, definitions: Sequence[Definition], source: Source, months: Sequence[str], limits: Limits
    ) -> dict[str, Outcome]:
        """Indicator id -> outcome, for definitions whose tables and columns the source has."""
        ...
