"""A value as two SQL expressions, the least and the greatest that it can be (one and the same text when it is certain),
and a query over one relation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhikong.engine.backends.sql.text import clause, name


@dataclass(frozen=True, slots=True)
class Pair:
    """The least and the greatest that a value can be; the same text when it is always exact."""

    low: str
    high: str

    @property
    def exact(self) -> bool:
        return self.low == self.high


def exact(text: str) -> Pair:
    """An expression whose value is certain."""
    return Pair(text, text)


def each(change: Callable[[str], str], value: Pair) -> Pair:
    """An increasing function of one value."""
    low = change(value.low)
    return Pair(low, low if value.exact else change(value.high))


def compared(op: str, left: Pair, right: Pair) -> str:
    """`left op right`; unknown where a span leaves it open."""
    if left.exact and right.exact:
        return f"({left.low} {op} {right.low})"
    match op:
        case "<":
            yes, no = f"{left.high} < {right.low}", f"{left.low} >= {right.high}"
        case "<=":
            yes, no = f"{left.high} <= {right.low}", f"{left.low} > {right.high}"
        case _:
            same = f"{left.low} = {right.high} AND {left.high} = {right.low}"
            apart = f"{left.high} < {right.low} OR {right.high} < {left.low}"
            yes, no = (same, apart) if op == "=" else (apart, same)
    return f"(CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END)"


def between(function: Callable[[str, str], str], start: Pair, end: Pair) -> Pair:
    """What grows with the end and shrinks with the start."""
    low = function(start.high, end.low)
    return Pair(low, low if start.exact and end.exact else function(start.low, end.high))


def known_value(value: Pair) -> str:
    """The value where it is certain."""
    return value.low if value.exact else f"(CASE WHEN {value.low} = {value.high} THEN {value.low} END)"


def select(wanted: str, relation: str, binding: str, where: str = "") -> str:
    """`SELECT wanted FROM relation AS binding WHERE …`; a relation that begins with a bracket is a query."""
    source = relation if relation.startswith("(") else name(relation)
    return clause("SELECT", wanted, "FROM", source, "AS", name(binding), where and f"WHERE {where}")
