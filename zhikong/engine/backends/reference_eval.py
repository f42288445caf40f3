"""What each node means, in plain Python. Slow and plain on purpose: this file is the judge of the others.

`None` is unknown. Conditions follow three-valued logic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from zhikong.engine.backends.source import Row
from zhikong.engine.definitions import nodes as n

INT64 = 2**63


@dataclass(slots=True)
class Env:
    """The row looked at, the stay it belongs to (for child rows), and the stay's child rows by table."""

    row: Row
    stay: Row | None = None
    children: Mapping[str, list[Row]] = field(default_factory=dict)


def evaluate(node: n.Node, env: Env) -> Any:
    """The node's value for a row: bool, int, float, str, date, datetime, or None for unknown."""
    return MEANINGS[type(node)](node, env)


def holds(node: n.Node, env: Env) -> bool:
    """A condition at its end: unknown is not fulfilled."""
    return evaluate(node, env) is True


def _value(node: n.Value, env: Env) -> Any:
    return float(node.value) if isinstance(node.value, Decimal) else node.value


def _ref(node: n.Ref, env: Env) -> Any:
    row = env.stay if node.owner == "stay" else env.row
    return None if row is None else row.get(node.column)


def _not(node: n.Not, env: Env) -> bool | None:
    value = evaluate(node.operand, env)
    return None if value is None else not value


def _and(node: n.And, env: Env) -> bool | None:
    values = [evaluate(item, env) for item in node.items]
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def _or(node: n.Or, env: Env) -> bool | None:
    values = [evaluate(item, env) for item in node.items]
    if any(v is True for v in values):
        return True
    return None if any(v is None for v in values) else False


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


def _compare(node: n.Compare, env: Env) -> bool | None:
    left, right = evaluate(node.left, env), evaluate(node.right, env)
    if left is None or right is None:
        return None
    return _COMPARISONS[node.op](left, right)


def _in(node: n.In, env: Env) -> bool | None:
    value = evaluate(node.operand, env)
    return None if value is None else any(value == v.value for v in node.values)


def _is_null(node: n.IsNull, env: Env) -> bool:
    return evaluate(node.operand, env) is None


def _is_true(node: n.IsTrue, env: Env) -> bool:
    return evaluate(node.operand, env) is True


def _within_64_bits(value: int) -> int:
    if not -INT64 <= value < INT64:
        raise OverflowError("整数运算超出 64 位范围")
    return value


def _arithmetic(node: n.Arithmetic, env: Env) -> int | None:
    left, right = evaluate(node.left, env), evaluate(node.right, env)
    if left is None or right is None:
        return None
    return _within_64_bits({"+": left + right, "-": left - right, "*": left * right}[node.op])


def _negate(node: n.Negate, env: Env) -> int | None:
    value = evaluate(node.operand, env)
    return None if value is None else _within_64_bits(-value)


def _code_in(node: n.CodeIn, env: Env) -> bool | None:
    code = evaluate(node.operand, env)
    return None if code is None else any(r.holds(code) for r in node.ranges)


_UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}


def _elapsed(node: n.Elapsed, env: Env) -> int | None:
    start, end = evaluate(node.start, env), evaluate(node.end, env)
    if start is None or end is None:
        return None
    if node.unit == "days":
        return (_day(end) - _day(start)).days
    return (end - start) // _UNITS[node.unit]  # type: ignore[no-any-return]


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _coalesce(node: n.Coalesce, env: Env) -> Any:
    return next((v for v in (evaluate(item, env) for item in node.items) if v is not None), None)


def _if(node: n.If, env: Env) -> Any:
    return evaluate(node.then if evaluate(node.condition, env) is True else node.otherwise, env)


def _fulfilling(child: str, condition: n.Node, env: Env) -> list[Row]:
    return [row for row in env.children.get(child, []) if holds(condition, Env(row, stay=env.row))]


def _has(node: n.Has, env: Env) -> bool:
    return bool(_fulfilling(node.child, node.condition, env))


def _count_of(node: n.CountOf, env: Env) -> int:
    return len(_fulfilling(node.child, node.condition, env))


def _extreme(node: n.Extreme, env: Env) -> datetime | None:
    times = [row.get(node.column.column) for row in _fulfilling(node.child, node.condition, env)]
    known: list[datetime] = [t for t in times if t is not None]
    if not known:
        return None
    return min(known) if node.which == "earliest" else max(known)


def _sum_of(node: n.SumOf, env: Env) -> int:
    values = [row.get(node.column.column) for row in _fulfilling(node.child, node.condition, env)]
    return _within_64_bits(sum(value for value in values if value is not None))


def _by(node: n.By, env: Env) -> Any:
    rows = _fulfilling(node.child, node.condition, env)
    pairs = [(row.get(node.time.column), row.get(node.column.column)) for row in rows]
    known = [pair for pair in pairs if None not in pair]
    if not known:
        return None
    return min(known)[1] if node.which == "first" else max(known)[1]


def _gap(node: n.Gap, env: Env) -> int | None:
    times = [row.get(node.column.column) for row in _fulfilling(node.child, node.condition, env)]
    known = sorted(t for t in times if t is not None)
    gaps = [later - earlier for earlier, later in pairwise(known)]
    return max(gaps) // _UNITS[node.unit] if gaps else None  # type: ignore[no-any-return]


MEANINGS: dict[type[n.Node], Callable[[Any, Env], Any]] = {
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
    n.Has: _has,
    n.CountOf: _count_of,
    n.Extreme: _extreme,
    n.SumOf: _sum_of,
    n.By: _by,
    n.Gap: _gap,
}
