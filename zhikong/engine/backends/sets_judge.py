"""What an expression over sets means, in plain Python and nested loops. Slow and plain: the judge of the others.

`None` is unknown. A time that is not known to the moment is a `Span`, and so is what is computed from it; a comparison
that holds for some of its moments and fails for others is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from zhikong.engine.backends.sets_spans import (
    Span,
    calculated,
    compared,
    day_of,
    ends,
    full_months,
    full_years,
    moved,
    over,
    within_64_bits,
)
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions import sets_nodes as s

Row = Mapping[str, Any]
ROW = "#row"
"""The key under which a row carries its own number: rows of one number are the same row."""


class Patient:
    """The rows of one patient: tables as given, sets made from them when they are first asked for."""

    def __init__(self, tables: Mapping[str, list[Row]], sets: Mapping[str, s.RowSet], own: str) -> None:
        self._tables, self._sets = tables, sets
        self._made: dict[str, list[Row]] = {}
        self.own: Row = next(iter(tables.get(own, ())), {})

    def rows(self, name: str) -> list[Row]:
        """The rows of a table or set."""
        if name not in self._sets:
            return self._tables.get(name, [])
        if name not in self._made:
            self._made[name] = list(self._members(self._sets[name]))
        return self._made[name]

    def _members(self, rows: s.RowSet) -> Iterator[Row]:
        for found in self._repeated(rows):
            row = found
            for column, node in rows.derived:
                row = {**row, column: evaluate(node, Env(self, {rows.row: row}))}
            if evaluate(rows.where, Env(self, {rows.row: row})) is True:
                yield row

    def _repeated(self, rows: s.RowSet) -> Iterator[Row]:
        for row in self._united(rows):
            if rows.repeat is None:
                yield row
                continue
            times = evaluate(rows.repeat, Env(self, {rows.row: row}))
            most = 0 if times is None or isinstance(times, Span) else min(times, s.MOST_REPEATS)
            for number in range(1, most + 1):
                yield {**row, s.NUMBER: number, ROW: row[ROW] * (s.MOST_REPEATS + 1) + number}

    def _united(self, rows: s.RowSet) -> Iterator[Row]:
        """The members' rows with the columns that all have; a row that several have comes once."""
        seen: list[Row] = []
        shared = {column for column, _ in rows.columns} | {ROW}
        for member in rows.members:
            for found in self.rows(member):
                row = {key: value for key, value in found.items() if key in shared}
                if len(rows.members) > 1:
                    if row in seen:
                        continue
                    seen.append(row)
                yield row


@dataclass(frozen=True, slots=True)
class Env:
    """The patient, and the rows in reach by their bindings."""

    patient: Patient
    bound: Mapping[str, Row]

    def inside(self, binding: str, row: Row) -> Env:
        """The same with one more row."""
        return Env(self.patient, {**self.bound, binding: row})


def evaluate(node: n.Node, env: Env) -> Any:
    """The node's value: bool, int, float, str, date, datetime, a Span, or None for unknown."""
    return MEANINGS[type(node)](node, env)


def _value(node: n.Value, env: Env) -> Any:
    return float(node.value) if isinstance(node.value, Decimal) else node.value


def _moment(node: s.Moment, env: Env) -> Any:
    return node.value


def _cell(node: s.Cell, env: Env) -> Any:
    row = env.patient.own if node.row == s.PATIENT else env.bound[node.row]
    return row.get(node.column)


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


def _compare(node: n.Compare, env: Env) -> bool | None:
    left, right = evaluate(node.left, env), evaluate(node.right, env)
    if isinstance(left, (str, bool)) and isinstance(right, (str, bool)):
        return (left == right) is (node.op == "=")
    return compared(node.op, left, right)


def _in(node: n.In, env: Env) -> bool | None:
    value = evaluate(node.operand, env)
    if not isinstance(value, Span):
        return None if value is None else any(value == v.value for v in node.values)
    found = [compared("=", value, v.value) for v in node.values]
    return None if any(f is None for f in found) else False


def _is_null(node: n.IsNull, env: Env) -> bool:
    return evaluate(node.operand, env) is None


def _is_true(node: n.IsTrue, env: Env) -> bool:
    return evaluate(node.operand, env) is True


def _arithmetic(node: n.Arithmetic, env: Env) -> Any:
    change = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}[node.op]
    return over(
        lambda a, b: within_64_bits(change(a, b)), evaluate(node.left, env), evaluate(node.right, env)
    )


def _negate(node: n.Negate, env: Env) -> Any:
    return over(lambda a: within_64_bits(-a), evaluate(node.operand, env))


def _quotient(node: s.Quotient, env: Env) -> Any:
    return over(lambda a: a // node.divisor, evaluate(node.operand, env))


def _elapsed(node: n.Elapsed, env: Env) -> Any:
    if node.unit == "days":
        return over(
            lambda a, b: (day_of(b) - day_of(a)).days, evaluate(node.start, env), evaluate(node.end, env)
        )
    unit = timedelta(**{node.unit: 1})
    return over(lambda a, b: (b - a) // unit, evaluate(node.start, env), evaluate(node.end, env))


def _day(node: s.Day, env: Env) -> Any:
    return over(day_of, evaluate(node.operand, env))


def _shift(node: s.Shift, env: Env) -> Any:
    return over(lambda v, a: moved(v, a, node.unit), evaluate(node.operand, env), evaluate(node.amount, env))


def _full_years(node: s.FullYears, env: Env) -> Any:
    return over(full_years, evaluate(node.start, env), evaluate(node.end, env))


def _full_months(node: s.FullMonths, env: Env) -> Any:
    return over(full_months, evaluate(node.start, env), evaluate(node.end, env))


def _coalesce(node: n.Coalesce, env: Env) -> Any:
    return next((v for v in (evaluate(item, env) for item in node.items) if v is not None), None)


def _if(node: n.If, env: Env) -> Any:
    return evaluate(node.then if evaluate(node.condition, env) is True else node.otherwise, env)


def _coded(node: s.Coded, env: Env) -> bool | None:
    value = evaluate(node.operand, env)
    return None if value is None else any(coding in node.codes for coding in value.split("\n"))


def _converted(node: s.Converted, env: Env) -> float | None:
    value, unit = evaluate(node.operand, env), evaluate(node.unit, env)
    factors = {known: (times, over) for known, times, over in node.factors}
    if value is None or unit not in factors:
        return None
    times, over = factors[unit]
    return float(value) * float(times) / float(over)


def _calculated(node: s.Calculated, env: Env) -> float | None:
    return calculated(node.op, evaluate(node.left, env), evaluate(node.right, env))


# ---- over rows -----------------------------------------------------------------------------------------------------


def _fulfilling(node: Any, env: Env) -> list[Env]:
    inner = (env.inside(node.row, row) for row in env.patient.rows(node.rows))
    return [one for one in inner if evaluate(node.condition, one) is True]


def _some(node: s.Some, env: Env) -> bool:
    return bool(_fulfilling(node, env))


def _count(node: s.Count, env: Env) -> int:
    return len(_fulfilling(node, env))


def _pick(node: s.Pick, env: Env) -> Any:
    """Spans are ordered by their first moment; among equals the earlier row is first and the later row last."""
    known = [(ends(evaluate(node.by, one))[0], one) for one in _fulfilling(node, env)]
    ranked = [(by, one.bound[node.row][ROW], one) for by, one in known if by is not None]
    if node.which == "nearest":
        at = ends(evaluate(node.at, env))[0] if node.at is not None else None
        if at is None:
            return None
        ranked = [((abs(by - at), by), row, one) for by, row, one in ranked]
    if not ranked:
        return None
    chosen = (max if node.which == "last" else min)(ranked, key=lambda r: (r[0], r[1]))
    return evaluate(node.value, chosen[2])


def _fold(node: s.Fold, env: Env) -> Any:
    values = [evaluate(node.value, one) for one in _fulfilling(node, env)]
    known = [v for v in values if v is not None]
    if node.how == "sum":
        low, high = (within_64_bits(sum(ends(v)[end] for v in known)) for end in (0, 1))
        return low if low == high else Span(low, high)
    if not known:
        return None
    extreme = min if node.how == "min" else max
    low, high = (extreme(ends(v)[end] for v in known) for end in (0, 1))
    return low if low == high else Span(low, high)


MEANINGS: dict[type[n.Node], Callable[[Any, Env], Any]] = {
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
