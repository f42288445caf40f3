"""Nodes of the language of sets: rows of one patient, chosen from tables and other sets, to any depth.

A row is named by a binding: every set function binds the rows that it goes through to a name of its own. A time that
is not known to the moment is the span of all its moments, and a comparison that the span leaves open is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from zhikong.engine.definitions.nodes import Node
from zhikong.engine.tables import Type

Unit = Literal["minutes", "hours", "days", "months", "years"]
PATIENT = "patient"
"""The binding of the patient's own row."""


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """A column of the row that `row` is bound to."""

    row: str
    column: str
    of: Type

    @property
    def type(self) -> Type:
        return self.of

    @property
    def words(self) -> str:
        return f"cell {self.row}.{self.column}"


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """A date or time written in the definition, or an end of the measurement period."""

    value: date | datetime
    of: Type

    @property
    def type(self) -> Type:
        return self.of

    @property
    def words(self) -> str:
        return f"moment {self.value.isoformat()}"


@dataclass(frozen=True, slots=True)
class Some(Node):
    """At least one row fulfils the condition. Never unknown. `every(…)` is written with it and `not`."""

    rows: str
    row: str
    condition: Node

    @property
    def words(self) -> str:
        return f"some {self.rows} {self.row}"


@dataclass(frozen=True, slots=True)
class Count(Node):
    """How many rows fulfil the condition; 0 without rows."""

    rows: str
    row: str
    condition: Node

    @property
    def type(self) -> Type:
        return Type.INT

    @property
    def words(self) -> str:
        return f"count {self.rows} {self.row}"


@dataclass(frozen=True, slots=True)
class Pick(Node):
    """The value in the first or last row by a known `by`, or in the row whose `by` is nearest to `at`."""

    which: Literal["first", "last", "nearest"]
    rows: str
    row: str
    value: Node
    by: Node
    at: Node | None
    condition: Node

    @property
    def type(self) -> Type:
        return self.value.type

    @property
    def words(self) -> str:
        return f"{self.which} {self.rows} {self.row}"


@dataclass(frozen=True, slots=True)
class Fold(Node):
    """The least, greatest or added-up known value; unknown without one, and for `sum` 0."""

    how: Literal["min", "max", "sum"]
    rows: str
    row: str
    value: Node
    condition: Node

    @property
    def type(self) -> Type:
        return self.value.type

    @property
    def words(self) -> str:
        return f"{self.how} {self.rows} {self.row}"


@dataclass(frozen=True, slots=True)
class Coded(Node):
    """One of the operand's codings is in the value set or among the codes; unknown when there is no concept.

    `codes` are texts `system|code`; they do not enter comparison because `name` (the value set's address, or the codes
    themselves) stands for them.
    """

    operand: Node
    name: str
    codes: frozenset[str] = field(compare=False, repr=False)

    @property
    def words(self) -> str:
        return f"coded {self.name}"


@dataclass(frozen=True, slots=True)
class Day(Node):
    """The calendar day of a time."""

    operand: Node

    @property
    def type(self) -> Type:
        return Type.DATE


@dataclass(frozen=True, slots=True)
class Shift(Node):
    """A time or date moved by a whole number of units; the 31st moved to a shorter month is its last day."""

    operand: Node
    amount: Node
    unit: Unit

    @property
    def type(self) -> Type:
        return self.operand.type

    @property
    def words(self) -> str:
        return f"shift {self.unit}"


@dataclass(frozen=True, slots=True)
class FullYears(Node):
    """Full years between two dates, as ages are counted: it grows on the birthday."""

    start: Node
    end: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True)
class FullMonths(Node):
    """Full months between two dates: it grows on the same day of the month."""

    start: Node
    end: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True)
class Quotient(Node):
    """Whole-number division by a positive literal, rounded down."""

    operand: Node
    divisor: int

    @property
    def type(self) -> Type:
        return Type.INT

    @property
    def words(self) -> str:
        return f"div {self.divisor}"


@dataclass(frozen=True, slots=True)
class Converted(Node):
    """A measured value in the unit `target`; unknown when its own unit cannot be turned into it.

    `factors` lists (unit, times, over): the value is multiplied, then divided.
    """

    operand: Node
    unit: Node
    target: str
    factors: tuple[tuple[str, int, int], ...] = field(compare=False, repr=False)

    @property
    def type(self) -> Type:
        return Type.FLOAT

    @property
    def words(self) -> str:
        return f"unit {self.target}"


@dataclass(frozen=True, slots=True)
class Calculated(Node):
    """Decimal arithmetic to eight places; unknown when a division by zero or a number out of range comes out."""

    op: Literal["+", "-", "*", "/", "power"]
    left: Node
    right: Node

    @property
    def type(self) -> Type:
        return Type.FLOAT

    @property
    def words(self) -> str:
        return f"calculated {self.op}"


@dataclass(frozen=True, slots=True)
class RowSet:
    """A named set: the rows of `members` (tables or sets), further columns in order, and which rows stay.

    `repeat`: each row stands as often as this number says (at most `MOST_REPEATS`), numbered from 1 in the column
    `number`. `columns` are what can be named outside, with their types, the members' own included. `row` is the binding by
    which `derived` and `where` name the set's own row.
    """

    name: str
    members: tuple[str, ...]
    row: str
    derived: tuple[tuple[str, Node], ...]
    where: Node
    columns: tuple[tuple[str, Type], ...]
    repeat: Node | None = None


NUMBER = "number"
MOST_REPEATS = 10_000
SET_NODES = (Some, Count, Pick, Fold)
