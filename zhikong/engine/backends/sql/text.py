"""Small pieces of SQL text: names, literals and clauses joined safely."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from zhikong.engine.definitions.nodes import Scalar


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: Scalar) -> str:
    """A quoted or plain literal. Decimals become doubles, as the contract's only decimal type is."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        # the least 64-bit number cannot be written as minus a literal
        return str(value) if value >= 0 else f"({value})"
    if isinstance(value, Decimal):
        return f"CAST({value} AS DOUBLE)"
    return "'" + value.replace("'", "''") + "'"


def clause(*parts: str) -> str:
    """Joins the parts that are not empty with spaces."""
    return " ".join(part for part in parts if part)


def listed(items: Iterable[str]) -> str:
    return ", ".join(items)
