"""Expressions over sets as DuckDB expressions: all patients at once, rows of one patient joined by `c`.

A value that can be a span is two expressions, its least and its greatest; where the data hold no span they are one and
the same text and nothing is added to the query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from zhikong.engine.backends.sql.lower import MICROSECONDS, floor_division
from zhikong.engine.backends.sql.sets_pairs import Pair, between, compared, each, exact, known_value, select
from zhikong.engine.backends.sql.text import listed, literal, name
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s
from zhikong.engine.tables import Type

HIGH = "#high"  # after the name of a column: the greatest value of the span that the column begins
OWN = "patient."  # before the name of a column: the patient's, which every row carries


@dataclass(frozen=True, slots=True)
class Space:
    """What the query around an expression offers.

    `spread`: relation → its columns that can be spans. `bound`: binding → relation. `row`: the innermost binding.
    `concepts` gives the numbers of the concepts that have one of the codings.
    """

    spread: Mapping[str, frozenset[str]]
    concepts: Callable[[frozenset[str]], list[int]]
    bound: Mapping[str, str] = field(default_factory=dict)
    row: str = ""

    def inside(self, binding: str, relation: str) -> Space:
        """The space inside a subquery over a relation."""
        return replace(self, bound={**self.bound, binding: relation}, row=binding)


def lower(node: n.Node, space: Space) -> Pair:
    """The node as SQL."""
    return LOWERINGS[type(node)](node, space)


def condition(node: n.Node, space: Space) -> str:
    """A condition, three-valued, as SQL."""
    return lower(node, space).low


def _value(node: n.Value, space: Space) -> Pair:
    return exact(literal(node.value))


def _moment(node: s.Moment, space: Space) -> Pair:
    if isinstance(node.value, datetime):
        return exact(f"TIMESTAMP '{node.value.isoformat(sep=' ')}'")
    return exact(f"DATE '{node.value.isoformat()}'")


def _cell(node: s.Cell, space: Space) -> Pair:
    own = node.row == s.PATIENT
    row, column = (space.row, OWN + node.column) if own else (node.row, node.column)
    low = f"{name(row)}.{name(column)}"
    spread = column in space.spread[space.bound[row]]
    return Pair(low, f"{name(row)}.{name(column + HIGH)}" if spread else low)


def _not(node: n.Not, space: Space) -> Pair:
    return exact(f"(NOT {condition(node.operand, space)})")


def _and(node: n.And, space: Space) -> Pair:
    return exact("(" + " AND ".join(condition(item, space) for item in node.items) + ")")


def _or(node: n.Or, space: Space) -> Pair:
    return exact("(" + " OR ".join(condition(item, space) for item in node.items) + ")")


def _compare(node: n.Compare, space: Space) -> Pair:
    return exact(compared(node.op, lower(node.left, space), lower(node.right, space)))


def _in(node: n.In, space: Space) -> Pair:
    operand, values = lower(node.operand, space), [lower(v, space) for v in node.values]
    if operand.exact:
        return exact(f"({operand.low} IN ({listed(v.low for v in values)}))")
    return exact("(" + " OR ".join(compared("=", operand, v) for v in values) + ")")


def _is_null(node: n.IsNull, space: Space) -> Pair:
    return exact(f"({lower(node.operand, space).low} IS NULL)")


def _is_true(node: n.IsTrue, space: Space) -> Pair:
    return exact(f"coalesce({condition(node.operand, space)}, FALSE)")


def _arithmetic(node: n.Arithmetic, space: Space) -> Pair:
    left, right = lower(node.left, space), lower(node.right, space)

    def result(a: str, b: str) -> str:
        return f"(CAST({a} AS BIGINT) {node.op} CAST({b} AS BIGINT))"

    if left.exact and right.exact:
        return exact(result(left.low, right.low))
    if node.op == "*":
        all_four = listed(result(a, b) for a in (left.low, left.high) for b in (right.low, right.high))
        return Pair(f"least({all_four})", f"greatest({all_four})")
    low, high = (right.low, right.high) if node.op == "+" else (right.high, right.low)
    return Pair(result(left.low, low), result(left.high, high))


def _negate(node: n.Negate, space: Space) -> Pair:
    value = lower(node.operand, space)
    low = f"(-CAST({value.high} AS BIGINT))"
    return Pair(low, low if value.exact else f"(-CAST({value.low} AS BIGINT))")


def _quotient(node: s.Quotient, space: Space) -> Pair:
    return each(lambda v: floor_division(v, node.divisor), lower(node.operand, space))


def _elapsed(node: n.Elapsed, space: Space) -> Pair:
    def elapsed(start: str, end: str) -> str:
        if node.unit == "days":
            return f"(CAST({end} AS DATE) - CAST({start} AS DATE))"
        return floor_division(f"(epoch_us({end}) - epoch_us({start}))", MICROSECONDS[node.unit])

    return between(elapsed, lower(node.start, space), lower(node.end, space))


def _full_years(node: s.FullYears, space: Space) -> Pair:
    def years(start: str, end: str) -> str:
        before = f"month({end}) * 100 + day({end}) < month({start}) * 100 + day({start})"
        return f"(year({end}) - year({start}) - CAST({before} AS BIGINT))"

    return between(years, lower(node.start, space), lower(node.end, space))


def _full_months(node: s.FullMonths, space: Space) -> Pair:
    def months(start: str, end: str) -> str:
        whole = f"(year({end}) - year({start})) * 12 + month({end}) - month({start})"
        return f"({whole} - CAST(day({end}) < day({start}) AS BIGINT))"

    return between(months, lower(node.start, space), lower(node.end, space))


def _day(node: s.Day, space: Space) -> Pair:
    return each(lambda v: f"CAST({v} AS DATE)", lower(node.operand, space))


def _shift(node: s.Shift, space: Space) -> Pair:
    operand, amount = lower(node.operand, space), lower(node.amount, space)
    kind = "DATE" if node.type is Type.DATE else "TIMESTAMP"

    def moved(value: str, by: str) -> str:
        whole = by if node.unit in ("minutes", "hours") else f"CAST({by} AS INTEGER)"
        return f"CAST({value} + to_{node.unit}({whole}) AS {kind})"

    low = moved(operand.low, amount.low)
    return Pair(low, low if operand.exact and amount.exact else moved(operand.high, amount.high))


def _coalesce(node: n.Coalesce, space: Space) -> Pair:
    items = [lower(item, space) for item in node.items]
    low = f"coalesce({listed(i.low for i in items)})"
    return Pair(low, low if all(i.exact for i in items) else f"coalesce({listed(i.high for i in items)})")


def _if(node: n.If, space: Space) -> Pair:
    test = condition(node.condition, space)
    then, otherwise = lower(node.then, space), lower(node.otherwise, space)
    low = f"(CASE WHEN {test} THEN {then.low} ELSE {otherwise.low} END)"
    if then.exact and otherwise.exact:
        return exact(low)
    return Pair(low, f"(CASE WHEN {test} THEN {then.high} ELSE {otherwise.high} END)")


def _coded(node: s.Coded, space: Space) -> Pair:
    operand, numbers = lower(node.operand, space).low, space.concepts(node.codes)
    if not numbers:
        return exact(f"(CASE WHEN {operand} IS NOT NULL THEN FALSE END)")
    return exact(f"({operand} IN ({listed(map(str, numbers))}))")


def _converted(node: s.Converted, space: Space) -> Pair:
    value, unit = lower(node.operand, space).low, lower(node.unit, space).low
    ways = " ".join(
        f"WHEN {literal(known)} THEN {value} * CAST({times} AS DOUBLE) / CAST({over} AS DOUBLE)"
        for known, times, over in node.factors
    )
    return exact(f"(CASE {unit} {ways} END)")


def _calculated(node: s.Calculated, space: Space) -> Pair:
    a, b = (f"CAST({known_value(lower(side, space))} AS DOUBLE)" for side in (node.left, node.right))
    result = {
        "power": f"CASE WHEN {a} > 0 THEN pow({a}, {b}) WHEN {a} = 0 AND {b} > 0 THEN 0 END",
        "/": f"{a} / nullif({b}, 0)",
    }.get(node.op, f"{a} {node.op} {b}")
    scaled = f"(({result}) * CAST(1e8 AS DOUBLE) + 0.5)"
    return exact(f"(CASE WHEN isfinite({scaled}) THEN floor({scaled}) / CAST(1e8 AS DOUBLE) END)")


# ---- over rows -----------------------------------------------------------------------------------------------------


def _query(node: Any, space: Space, wanted: str, *further: str) -> str:
    """`SELECT wanted` over the rows of the same patient that fulfil the node's condition."""
    tests = [f"{name(node.row)}.c = {name(space.row)}.c", *further]
    if node.condition != n.TRUE:
        tests.append(condition(node.condition, space.inside(node.row, node.rows)))
    return f"({select(wanted, node.rows, node.row, ' AND '.join(tests))})"


def _some(node: s.Some, space: Space) -> Pair:
    return exact(f"EXISTS {_query(node, space, '1')}")


def _count(node: s.Count, space: Space) -> Pair:
    return exact(f"coalesce({_query(node, space, 'count(*)')}, 0)")


def _aggregate(aggregate: str, node: Any, space: Space, inner: dict[str, str], *further: str) -> str:
    """An aggregate over `inner` expressions of the rows. They stand in a query of their own: an aggregate of nothing
    but outer columns would be the outer query's, and DuckDB takes no subquery inside an aggregate.
    """
    rows = _query(node, space, listed(f"{text} AS {column}" for column, text in inner.items()), *further)
    return f"({select(aggregate, rows, 'x')})"


def _pick(node: s.Pick, space: Space) -> Pair:
    inner = space.inside(node.row, node.rows)
    by, value = lower(node.by, inner).low, lower(node.value, inner)
    keys = {"b": by, "r": f"{name(node.row)}.r"}
    known = [f"{by} IS NOT NULL"]
    if node.at is not None:
        at = lower(node.at, space).low
        keys = {"d": _distance(node.by.type, by, at), **keys}
        known.append(f"{at} IS NOT NULL")
    packed = listed(f"{key} := x.{key}" for key in (*keys, "v"))
    best = f"{'max' if node.which == 'last' else 'min'}(struct_pack({packed})).v"

    def picked(wanted: str) -> str:
        return _aggregate(best, node, space, {**keys, "v": wanted}, *known)

    low = picked(value.low)
    return Pair(low, low if value.exact else picked(value.high))


def _distance(kind: Type, one: str, other: str) -> str:
    if kind is Type.TIMESTAMP:
        return f"abs(epoch_us({one}) - epoch_us({other}))"
    return f"abs({one} - {other})"


def _fold(node: s.Fold, space: Space) -> Pair:
    value = lower(node.value, space.inside(node.row, node.rows))
    if node.how == "sum":
        total = "CAST(sum(CAST(x.v AS BIGINT)) AS BIGINT)"
        return each(lambda v: f"coalesce({_aggregate(total, node, space, {'v': v})}, 0)", value)
    return each(lambda v: _aggregate(f"{node.how}(x.v)", node, space, {"v": v}), value)


LOWERINGS: dict[type[n.Node], Callable[[Any, Space], Pair]] = {
    n.Value: _value,
    n.Not: _not,
    n.And: _and,
    n.Or: _or,
    n.Compare: _compare,
    n.In: _in,
    n.IsNull: _is_null,
    n.IsTrue: _is_true,
    n.Arithmetic: _arithmetic,
    n.Negate: _negate,
    n.Elapsed: _elapsed,
    n.Coalesce: _coalesce,
    n.If: _if,
    s.Cell: _cell,
    s.Moment: _moment,
    s.Some: _some,
    s.Count: _count,
    s.Pick: _pick,
    s.Fold: _fold,
    s.Coded: _coded,
    s.Day: _day,
    s.Shift: _shift,
    s.FullYears: _full_years,
    s.FullMonths: _full_months,
    s.Quotient: _quotient,
    s.Converted: _converted,
    s.Calculated: _calculated,
}
