"""What each node means on a batch: conditions give two bit maps (true, false), values give a vector.

A row that is in neither map is unknown: three-valued logic costs nothing beyond the second map, and `not` only
exchanges the two. Every distinct node is evaluated once a batch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Protocol, get_args

import numpy as np

from zhikong.engine.backends.vector import bits
from zhikong.engine.backends.vector.columns import Question, Vector
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.tables import Type

LIMIT = 2**63
MINUTE, DAY = 60_000_000, 86_400_000_000
UNITS = {"minutes": MINUTE, "hours": 60 * MINUTE}
SPANS = {
    "stay_minutes": MINUTE,
    "stay_days_elapsed": DAY,
}  # derived columns: time from admission to discharge

_ENDS = ("admitted_at", "discharged_at")
STAYED = {
    owner: tuple(n.Ref("stays", c, Type.TIMESTAMP, owner) for c in _ENDS) for owner in get_args(n.Owner)
}


class Unsupported(Exception):
    """This batch needs what the vectorised form cannot say exactly; another backend computes the definition."""


class Rows(Protocol):
    """The rows of a batch in group order."""

    size: int

    def column(self, ref: n.Ref) -> Vector: ...

    def child(self, node: n.Node) -> Vector: ...


class Keys:
    """The canonical text of each node of a pass, written once and not for every batch."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[n.Node, str]] = {}  # the node is held, so that its id stays its own

    def of(self, node: n.Node) -> str:
        """The canonical text."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = (node, canonical.text(node))
        return found[1]


@dataclass(slots=True)
class Evaluator:
    """Evaluates nodes over one batch."""

    rows: Rows
    keys: Keys = field(default_factory=Keys)
    _true: dict[str, bits.Words] = field(default_factory=dict)
    _false: dict[str, bits.Words] = field(default_factory=dict)
    _values: dict[str, Vector] = field(default_factory=dict)

    def true(self, node: n.Node) -> bits.Words:
        """Rows where the condition is true."""
        return self._once(self._true, node, TRUE)

    def false(self, node: n.Node) -> bits.Words:
        """Rows where the condition is known to be false."""
        return self._once(self._false, node, FALSE)

    def unknown(self, node: n.Node) -> bits.Words:
        """Rows where the node, condition or value, is unknown."""
        if node.type is Type.BOOL:
            return ~(self.true(node) | self.false(node))
        valid = known(self.value(node))
        return bits.zeros(self.rows.size) if valid is None else ~bits.packed(self.full(valid))

    def _once(self, memory: dict[str, bits.Words], node: n.Node, how: Any) -> bits.Words:
        key = self.keys.of(node)
        if key not in memory:
            memory[key] = how[type(node)](self, node)
        return memory[key]

    def value(self, node: n.Node) -> Vector:
        """The values of a node that is not a condition."""
        key = self.keys.of(node)
        if key not in self._values:
            self._values[key] = VALUES[type(node)](self, node)
        return self._values[key]

    def whole(self, node: n.Node) -> Vector:
        """The values of a whole-number node in 64 bits."""
        found = self.value(node)
        if found.values.dtype == np.int64:
            return found
        return Vector(found.values.astype(np.int64), found.valid)

    def full(self, flags: Any) -> Any:
        """A literal's single flag as one for each row."""
        return np.broadcast_to(flags, (self.rows.size,)) if np.ndim(flags) == 0 else flags

    def flags(self, words: bits.Words) -> Any:
        return bits.unpacked(words, self.rows.size)


def known(vector: Vector) -> Any:
    """Which rows are known; None for all."""
    if vector.classes is not None:
        return vector.values != 0
    return vector.valid


def both(one: Any, other: Any) -> Any:
    """Known in both."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


# --- conditions -----------------------------------------------------------------------------------------


def _all(parts: list[bits.Words], rows: int) -> bits.Words:
    found = parts[0] if parts else bits.ones(rows)
    for part in parts[1:]:
        found = found & part
    return found


def _any(parts: list[bits.Words], rows: int) -> bits.Words:
    found = parts[0] if parts else bits.zeros(rows)
    for part in parts[1:]:
        found = found | part
    return found


def _literal_map(ev: Evaluator, node: n.Value, wanted: bool) -> bits.Words:
    return bits.ones(ev.rows.size) if bool(node.value) is wanted else bits.zeros(ev.rows.size)


def _flag_map(ev: Evaluator, node: n.Ref, wanted: bool) -> bits.Words:
    """A yes/no column."""
    column = ev.rows.column(node)
    flags = column.values if wanted else ~column.values  # type: ignore[operator]
    return bits.packed(flags if column.valid is None else flags & column.valid)


def _compare_map(ev: Evaluator, node: n.Compare, wanted: bool) -> bits.Words:
    if node.left.type is Type.BOOL:
        return _flags_compared(ev, node, wanted)
    if Type.TEXT in (node.left.type, node.right.type):
        return _texts_compared(ev, node, wanted)
    if {node.left.type, node.right.type} == {Type.DATE, Type.TIMESTAMP}:
        raise Unsupported("a date against a time")
    left, right = ev.value(node.left), ev.value(node.right)
    found = _OPERATORS[node.op](left.values, right.values)
    return _decided(ev, found, both(left.valid, right.valid), wanted)


def _decided(ev: Evaluator, found: Any, valid: Any, wanted: bool) -> bits.Words:
    """The map of a comparison's outcome, unknown rows in neither."""
    found = ev.full(found if wanted else ~found)
    return bits.packed(found if valid is None else found & valid)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
}


def _flags_compared(ev: Evaluator, node: n.Compare, wanted: bool) -> bits.Words:
    """Yes/no against yes/no: no is less than yes."""
    lt, lf, rt, rf = ev.true(node.left), ev.false(node.left), ev.true(node.right), ev.false(node.right)
    outcomes = {
        "=": ((lt & rt) | (lf & rf), (lt & rf) | (lf & rt)),
        "<>": ((lt & rf) | (lf & rt), (lt & rt) | (lf & rf)),
        "<": (lf & rt, (lt & rt) | (lf & rf) | (lt & rf)),
        "<=": ((lf & rf) | (lt & rt) | (lf & rt), lt & rf),
    }
    return outcomes[node.op][0 if wanted else 1]


def _texts_compared(ev: Evaluator, node: n.Compare, wanted: bool) -> bits.Words:
    column = node.left if isinstance(node.left, n.Ref) else node.right
    return _looked_up(ev, ev.value(column), ev.keys.of(node), wanted)


def question(node: n.Node) -> tuple[n.Ref, Question] | None:
    """What a condition asks of one text column alone: the column, and which texts fulfil it."""
    match node:
        case n.CodeIn():
            return node.operand, partial(_in_ranges, node.ranges)
        case n.In() if isinstance(node.operand, n.Ref) and node.operand.type is Type.TEXT:
            return node.operand, partial(_members, tuple(str(value.value) for value in node.values))
        case n.Compare(op, n.Ref() as ref, n.Value() as bound) if ref.type is Type.TEXT:
            return ref, partial(_compared, op, str(bound.value))
        case n.Compare(op, n.Value() as bound, n.Ref() as ref) if ref.type is Type.TEXT:
            return ref, partial(_compared, _TURNED[op], str(bound.value))
    return None


_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">="}


def _in_ranges(ranges: Sequence[n.CodeRange], texts: Sequence[str]) -> Iterator[slice]:
    for held in ranges:
        start = bisect_left(texts, held.low)
        yield slice(start, bisect_right(texts, held.high, lo=start, key=lambda code: code[: len(held.high)]))


def _members(values: Sequence[str], texts: Sequence[str]) -> Iterator[slice]:
    for value in values:
        yield slice(bisect_left(texts, value), bisect_right(texts, value))


def _compared(op: str, bound: str, texts: Sequence[str]) -> Iterator[slice]:
    """The texts t with `t op bound`."""
    before, after, size = bisect_left(texts, bound), bisect_right(texts, bound), len(texts)
    slices = {
        "=": [slice(before, after)],
        "<>": [slice(0, before), slice(after, size)],
        "<": [slice(0, before)],
        "<=": [slice(0, after)],
        ">": [slice(after, size)],
        ">=": [slice(before, size)],
    }
    yield from slices[op]


FEW = 4  # classes up to which one comparison each is cheaper than a table


def _looked_up(ev: Evaluator, vector: Vector, key: str, wanted: bool) -> bits.Words:
    """A question about text, answered by the classes of texts that fulfil it."""
    if vector.classes is None:
        raise Unsupported("text without its classes")
    answers = vector.classes.chosen(key, wanted)
    chosen = np.flatnonzero(answers)
    if len(chosen) == 0:
        return bits.zeros(ev.rows.size)
    if len(chosen) > FEW:
        return bits.packed(answers.take(vector.values, mode="clip"))
    found = vector.values == chosen[0]
    for number in chosen[1:]:
        found |= vector.values == number
    return bits.packed(found)


def _in_map(ev: Evaluator, node: n.In, wanted: bool) -> bits.Words:
    if node.operand.type is Type.BOOL:
        maps = [_flags_compared(ev, n.Compare("=", node.operand, value), wanted) for value in node.values]
        return _any(maps, ev.rows.size) if wanted else _all(maps, ev.rows.size)
    vector = ev.value(node.operand)
    if node.operand.type is Type.TEXT:
        return _looked_up(ev, vector, ev.keys.of(node), wanted)
    found = np.zeros(ev.rows.size, np.bool_)
    for value in node.values:
        found |= ev.full(vector.values == ev.value(value).values)
    return _decided(ev, found, vector.valid, wanted)


def _codes_map(ev: Evaluator, node: n.CodeIn, wanted: bool) -> bits.Words:
    return _looked_up(ev, ev.value(node.operand), ev.keys.of(node), wanted)


def _if_map(ev: Evaluator, node: n.If, wanted: bool) -> bits.Words:
    chosen = ev.true(node.condition)
    side = ev.true if wanted else ev.false
    return (chosen & side(node.then)) | (~chosen & side(node.otherwise))


def _coalesce_map(ev: Evaluator, node: n.Coalesce, wanted: bool) -> bits.Words:
    found, open_rows = bits.zeros(ev.rows.size), bits.ones(ev.rows.size)
    for item in node.items:
        found = found | (open_rows & (ev.true(item) if wanted else ev.false(item)))
        open_rows = open_rows & ev.unknown(item)
    return found


def _has_map(ev: Evaluator, node: n.Has, wanted: bool) -> bits.Words:
    flags = ev.rows.child(node).values
    return bits.packed(flags if wanted else ~flags)  # type: ignore[operator]


Maps = dict[type[n.Node], Callable[[Evaluator, Any], bits.Words]]
TRUE: Maps = {
    n.Value: lambda ev, x: _literal_map(ev, x, True),
    n.Ref: lambda ev, x: _flag_map(ev, x, True),
    n.Not: lambda ev, x: ev.false(x.operand),
    n.And: lambda ev, x: _all([ev.true(i) for i in x.items], ev.rows.size),
    n.Or: lambda ev, x: _any([ev.true(i) for i in x.items], ev.rows.size),
    n.Compare: lambda ev, x: _compare_map(ev, x, True),
    n.In: lambda ev, x: _in_map(ev, x, True),
    n.IsNull: lambda ev, x: ev.unknown(x.operand),
    n.IsTrue: lambda ev, x: ev.true(x.operand),
    n.CodeIn: lambda ev, x: _codes_map(ev, x, True),
    n.If: lambda ev, x: _if_map(ev, x, True),
    n.Coalesce: lambda ev, x: _coalesce_map(ev, x, True),
    n.Has: lambda ev, x: _has_map(ev, x, True),
}
FALSE: Maps = {
    n.Value: lambda ev, x: _literal_map(ev, x, False),
    n.Ref: lambda ev, x: _flag_map(ev, x, False),
    n.Not: lambda ev, x: ev.true(x.operand),
    n.And: lambda ev, x: _any([ev.false(i) for i in x.items], ev.rows.size),
    n.Or: lambda ev, x: _all([ev.false(i) for i in x.items], ev.rows.size),
    n.Compare: lambda ev, x: _compare_map(ev, x, False),
    n.In: lambda ev, x: _in_map(ev, x, False),
    n.IsNull: lambda ev, x: ~ev.unknown(x.operand),
    n.IsTrue: lambda ev, x: ~ev.true(x.operand),
    n.CodeIn: lambda ev, x: _codes_map(ev, x, False),
    n.If: lambda ev, x: _if_map(ev, x, False),
    n.Coalesce: lambda ev, x: _coalesce_map(ev, x, False),
    n.Has: lambda ev, x: _has_map(ev, x, False),
}


# --- values ---------------------------------------------------------------------------------------------


def _value(ev: Evaluator, node: n.Value) -> Vector:
    if node.of is Type.TEXT:
        raise Unsupported("a text by itself")
    number = float(node.value) if isinstance(node.value, Decimal) else node.value
    return Vector(np.float64(number) if isinstance(number, float) else np.int64(number))  # type: ignore[arg-type]


def _ref(ev: Evaluator, node: n.Ref) -> Vector:
    if node.table == "stays" and node.column in SPANS:
        start, end = STAYED[node.owner]
        return _difference(ev.value(start), ev.value(end), SPANS[node.column])
    return ev.rows.column(node)


def _arithmetic(ev: Evaluator, node: n.Arithmetic) -> Vector:
    left, right = ev.whole(node.left), ev.whole(node.right)
    _within(node.op, left.values, right.values)
    with np.errstate(over="ignore"):
        result = _SIGNS[node.op](left.values, right.values)
    return Vector(result, both(left.valid, right.valid))


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply}


def largest(values: Any) -> int:
    """The largest absolute value."""
    if np.size(values) == 0:
        return 0
    return max(abs(int(np.min(values))), abs(int(np.max(values))))


def _within(op: str, left: Any, right: Any) -> None:
    """Whether any result could leave 64 bits is decided from the extremes; who might is computed elsewhere."""
    one, other = largest(left), largest(right)
    if (one * other if op == "*" else one + other) >= LIMIT:
        raise Unsupported("whole numbers near the limit of 64 bits")


def _negate(ev: Evaluator, node: n.Negate) -> Vector:
    operand = ev.whole(node.operand)
    if largest(operand.values) >= LIMIT:
        raise Unsupported("whole numbers near the limit of 64 bits")
    return Vector(np.negative(operand.values), operand.valid)


def _difference(start: Vector, end: Vector, unit: int) -> Vector:
    """Whole units elapsed, rounded down for negatives too."""
    _within("-", end.values, start.values)
    elapsed = np.floor_divide(np.subtract(end.values, start.values), unit)
    return Vector(elapsed, both(start.valid, end.valid))


def _elapsed(ev: Evaluator, node: n.Elapsed) -> Vector:
    start, end = ev.value(node.start), ev.value(node.end)
    if node.unit != "days":
        return _difference(start, end, UNITS[node.unit])
    days = _days(end, node.end.type) - _days(start, node.start.type)
    return Vector(days, both(start.valid, end.valid))


def _days(vector: Vector, kind: Type) -> Any:
    if kind is Type.DATE:
        return vector.values.astype(np.int64)
    return np.floor_divide(vector.values, DAY)


def _coalesce(ev: Evaluator, node: n.Coalesce) -> Vector:
    if node.type is Type.TEXT:
        raise Unsupported("the first known of several texts")
    found = ev.value(node.items[0])
    for item in node.items[1:]:
        if found.valid is None:
            break
        other = ev.value(item)
        taken = found.valid
        valid = None if other.valid is None else taken | other.valid
        found = Vector(np.where(taken, found.values, other.values), valid)
    return found


def _if(ev: Evaluator, node: n.If) -> Vector:
    if node.type is Type.TEXT:
        raise Unsupported("one of two texts")
    chosen = ev.flags(ev.true(node.condition))
    then, otherwise = ev.value(node.then), ev.value(node.otherwise)
    valid = None
    if then.valid is not None or otherwise.valid is not None:
        valid = np.where(chosen, _valid(then), _valid(otherwise))
    return Vector(np.where(chosen, then.values, otherwise.values), valid)


def _valid(vector: Vector) -> Any:
    return np.True_ if vector.valid is None else vector.valid


def _child(ev: Evaluator, node: n.Node) -> Vector:
    return ev.rows.child(node)


VALUES: dict[type[n.Node], Callable[[Evaluator, Any], Vector]] = {
    n.Value: _value,
    n.Ref: _ref,
    n.Arithmetic: _arithmetic,
    n.Negate: _negate,
    n.Elapsed: _elapsed,
    n.Coalesce: _coalesce,
    n.If: _if,
    n.CountOf: _child,
    n.Extreme: _child,
    n.SumOf: _child,
}
