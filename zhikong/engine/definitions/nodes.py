"""The definition language after parsing: small immutable nodes, typed and bound to contract columns.

Truth is three-valued as in SQL: an unknown (null) operand makes a comparison unknown, and a condition
that is unknown at the end counts as not fulfilled. The classes carry no behaviour beyond their type;
what they mean is written in `backends/reference_eval.py`, and `tests/spec` says it in examples.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from zhikong.engine.tables import Type

Owner = Literal["row", "stay"]
Operator = Literal["=", "<>", "<", "<="]
Sign = Literal["+", "-", "*"]
Scalar = str | int | bool | Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""

    @property
    def type(self) -> Type:
        """The type of the node's value; conditions are `BOOL`."""
        return Type.BOOL

    def children(self) -> tuple[Node, ...]:
        """The nodes directly below, in order of writing."""
        found: list[Node] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(v for v in value if isinstance(v, Node))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Value(Node):
    """A literal: whole number, decimal number, text, true or false."""

    value: Scalar
    of: Type

    @property
    def type(self) -> Type:
        return self.of


@dataclass(frozen=True, slots=True)
class Ref(Node):
    """A column: of the row itself, or (`stay.x`) of the stay that a child row belongs to."""

    table: str
    column: str
    of: Type
    owner: Owner = "row"

    @property
    def type(self) -> Type:
        return self.of


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`=`, `<>`, `<` or `<=`; the other two directions are written with the sides exchanged."""

    op: Operator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    operand: Node
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsNull(Node):
    """Never unknown."""

    operand: Node


@dataclass(frozen=True, slots=True)
class IsTrue(Node):
    """True when the operand is true, false when it is false or unknown. Made by the planner only."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Whole-number `+`, `-`, `*`; a result outside 64 bits is an error, never a wrapped number."""

    op: Sign
    left: Node
    right: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True, order=True)
class CodeRange:
    """Codes from `low` to `high`, both as prefixes and inclusive: I20–I25 holds I25.900."""

    low: str
    high: str

    def holds(self, code: str) -> bool:
        return code >= self.low and code[: len(self.high)] <= self.high


@dataclass(frozen=True, slots=True)
class CodeIn(Node):
    """`icd_prefix` and `in_codes`: the code lies in one of the ranges."""

    operand: Ref
    ranges: tuple[CodeRange, ...]


@dataclass(frozen=True, slots=True)
class Elapsed(Node):
    """Whole minutes or hours elapsed, rounded down; or `days`: the difference of the two dates."""

    unit: Literal["minutes", "hours", "days"]
    start: Node
    end: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    """The first operand that is known."""

    items: tuple[Node, ...]

    @property
    def type(self) -> Type:
        return self.items[0].type


@dataclass(frozen=True, slots=True)
class If(Node):
    """`then` when the condition is true, else (also when it is unknown) `otherwise`."""

    condition: Node
    then: Node
    otherwise: Node

    @property
    def type(self) -> Type:
        return self.then.type


@dataclass(frozen=True, slots=True)
class Has(Node):
    """At least one child row of the stay fulfils the condition. Never unknown."""

    child: str
    condition: Node


@dataclass(frozen=True, slots=True)
class CountOf(Node):
    """How many child rows of the stay fulfil the condition; 0 when there is none."""

    child: str
    condition: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """The earliest or latest known time in a child column among rows that fulfil the condition."""

    which: Literal["earliest", "latest"]
    child: str
    column: Ref
    condition: Node

    @property
    def type(self) -> Type:
        return self.column.type


@dataclass(frozen=True, slots=True)
class SumOf(Node):
    """The sum of the known values of a whole-number child column among rows that fulfil the condition; 0 without."""

    child: str
    column: Ref
    condition: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True, slots=True)
class By(Node):
    """The known value of a child column in the row with the least or greatest known time among those that fulfil the
    condition. Of rows at one moment, `first` takes the least value and `last` the greatest."""

    which: Literal["first", "last"]
    child: str
    column: Ref
    time: Ref
    condition: Node

    @property
    def type(self) -> Type:
        return self.column.type


@dataclass(frozen=True, slots=True)
class Gap(Node):
    """The longest time between two known moments that follow each other in a child column, in whole minutes or hours,
    rounded down; unknown with fewer than two."""

    unit: Literal["minutes", "hours"]
    child: str
    column: Ref
    condition: Node

    @property
    def type(self) -> Type:
        return Type.INT


CHILD_NODES = (Has, CountOf, Extreme, SumOf, By, Gap)
NODE_TYPES: tuple[type[Node], ...] = (
    Value, Ref, Not, And, Or, Compare, In, IsNull, IsTrue, Arithmetic, Negate,
    CodeIn, Elapsed, Coalesce, If, Has, CountOf, Extreme, SumOf, By, Gap,
)  # fmt: skip
TRUE = Value(True, Type.BOOL)
