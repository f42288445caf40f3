"""A set of reported items as its file says it: plain values, no Django, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PART, AMOUNTS, COUNT = "part", "amounts", "count"
KINDS = (PART, AMOUNTS, COUNT)
"""part: the numerator is counted among the denominator. amounts: two sums of money. count: one number only."""
EVIDENCE = ("never", "when_filled", "always")


@dataclass(frozen=True)
class Item:
    """One line of the grid. id is the item's code in the table reported_counts.

    decimals: digits typed after the point; what is stored is a whole number of the smallest unit (fen).
    multiplier, value_unit: how the value is shown. indicator: who computes with it; same_as: the indicator that
    the systems compute of the same thing. most: no number of it can be greater.
    """

    id: str
    title: str
    kind: str
    numerator: str
    denominator: str
    unit: str
    multiplier: int = 100
    value_unit: str = "%"
    decimals: int = 0
    indicator: str = ""
    same_as: str = ""
    evidence: str = "never"
    aliases: tuple[str, ...] = ()
    help: str = ""

    @property
    def counts_only(self) -> bool:
        return self.kind == COUNT

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which a pasted row may call it."""
        return (self.id, self.title, *self.aliases)


@dataclass(frozen=True)
class Departments:
    """Which departments report: of these kinds, with these functions, or with these codes."""

    kinds: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def include(self, department) -> bool:
        """department: anything with kind, function and code."""
        return (
            department.kind in self.kinds
            or (bool(department.function) and department.function in self.functions)
            or department.code in self.codes
        )


@dataclass(frozen=True)
class ReportingSet:
    """Items that some departments report each month by a working day of the month after."""

    id: str
    version: int
    title: str
    purpose: str
    document: str
    clause: str
    mark: str
    owner: str
    checker: str
    next_review: date
    departments: Departments
    working_day: int
    says: str
    fill: tuple[str, ...]
    accept: tuple[str, ...]
    items: tuple[Item, ...]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.id == code), None)
