"""From a node to a DuckDB expression with the same meaning.

Conditions stay three-valued inside; whoever uses one as a filter or counter closes it. Functions that
count boundaries (`date_diff`) are not used: elapsed time comes from microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from zhikong.engine.backends.sql.text import listed, literal
from zhikong.engine.definitions import nodes as n

MICROSECONDS = {"minutes": 60_000_000, "hours": 3_600_000_000}
_SAFE = 10**9  # bounds below which bound * unit stays far inside 64 bits


class Names(Protocol):
    """How the surrounding query spells columns, code sets and child aggregates."""

    def ref(self, node: n.Ref) -> str: ...

    def code_in(self, node: n.CodeIn) -> str: ...

    def child(self, node: n.Node) -> str: ...


def lower(node: n.Node, names: Names) -> str:
    """The SQL text of a node."""
    return LOWERINGS[type(node)](node, names)


def _value(node: n.Value, names: Names) -> str:
    return literal(node.value)


def _ref(node: n.Ref, names: Names) -> str:
    return names.ref(node)


def _not(node: n.Not, names: Names) -> str:
    if isinstance(node.operand, n.IsNull):
        return f"({lower(node.operand.operand, names)} IS NOT NULL)"
    return f"(NOT {lower(node.operand, names)})"


def _and(node: n.And, names: Names) -> str:
    return "(" + " AND ".join(lower(item, names) for item in node.items) + ")"


def _or(node: n.Or, names: Names) -> str:
    return "(" + " OR ".join(lower(item, names) for item in node.items) + ")"


def _compare(node: n.Compare, names: Names) -> str:
    bound = _elapsed_bound(node, names)
    return bound or f"({lower(node.left, names)} {node.op} {lower(node.right, names)})"


def _elapsed_bound(node: n.Compare, names: Names) -> str | None:
    """`minutes_between(a, b) <= 60` without the division: microseconds < 61 minutes."""
    if node.op not in ("<", "<="):
        return None
    left, right = node.left, node.right
    if _clocked(left) and _small(right):
        bound = right.value + (node.op == "<=")  # type: ignore[attr-defined]
        return f"({_microseconds(left, names)} < {literal(bound * MICROSECONDS[left.unit])})"  # type: ignore[attr-defined, arg-type]
    if _clocked(right) and _small(left):
        bound = left.value + (node.op == "<")  # type: ignore[attr-defined]
        return f"({_microseconds(right, names)} >= {literal(bound * MICROSECONDS[right.unit])})"  # type: ignore[attr-defined, arg-type]
    return None


def _clocked(node: n.Node) -> bool:
    return isinstance(node, n.Elapsed) and node.unit != "days"


def _small(node: n.Node) -> bool:
    return isinstance(node, n.Value) and type(node.value) is int and abs(node.value) < _SAFE


def _in(node: n.In, names: Names) -> str:
    return f"({lower(node.operand, names)} IN ({listed(lower(v, names) for v in node.values)}))"


def _is_null(node: n.IsNull, names: Names) -> str:
    return f"({lower(node.operand, names)} IS NULL)"


def _is_true(node: n.IsTrue, names: Names) -> str:
    return f"coalesce({lower(node.operand, names)}, FALSE)"


def _arithmetic(node: n.Arithmetic, names: Names) -> str:
    left, right = lower(node.left, names), lower(node.right, names)
    return f"(CAST({left} AS BIGINT) {node.op} CAST({right} AS BIGINT))"  # else small literals would be INT32


def _negate(node: n.Negate, names: Names) -> str:
    return f"(-CAST({lower(node.operand, names)} AS BIGINT))"


def _code_in(node: n.CodeIn, names: Names) -> str:
    return names.code_in(node)


def _microseconds(node: n.Elapsed, names: Names) -> str:
    return f"(epoch_us({lower(node.end, names)}) - epoch_us({lower(node.start, names)}))"


def _elapsed(node: n.Elapsed, names: Names) -> str:
    if node.unit == "days":
        return f"(CAST({lower(node.end, names)} AS DATE) - CAST({lower(node.start, names)} AS DATE))"
    return floor_division(_microseconds(node, names), MICROSECONDS[node.unit])


def floor_division(value: str, unit: int) -> str:
    """Rounds down for negatives too; DuckDB's // rounds towards zero."""
    return f"(CASE WHEN {value} >= 0 THEN {value} // {unit} ELSE -((-{value} + {unit - 1}) // {unit}) END)"


def _coalesce(node: n.Coalesce, names: Names) -> str:
    return f"coalesce({listed(lower(item, names) for item in node.items)})"


def _if(node: n.If, names: Names) -> str:
    test, then, otherwise = (lower(part, names) for part in (node.condition, node.then, node.otherwise))
    return f"(CASE WHEN {test} THEN {then} ELSE {otherwise} END)"


def _child(node: n.Node, names: Names) -> str:
    return names.child(node)


LOWERINGS: dict[type[n.Node], Callable[[Any, Names], str]] = {
    n.Value: _value,
    n.Ref: _ref,
    n.Not: _not,
    n.And: _and,
    n.Or: _or,
    n.Compare: _compare,
    n.In: _in,
    n.IsNull: _is_null,
    n.IsTrue: _is_true,
    n.Arithmetic: _arithmetic,
    n.Negate: _negate,
    n.CodeIn: _code_in,
    n.Elapsed: _elapsed,
    n.Coalesce: _coalesce,
    n.If: _if,
    n.Has: _child,
    n.CountOf: _child,
    n.Extreme: _child,
    n.SumOf: _child,
    n.By: _child,
    n.Gap: _child,
}
