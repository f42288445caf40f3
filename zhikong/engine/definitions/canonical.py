"""One spelling per meaning: the same condition written in two ways gets the same canonical text.

The canonical text is what hashes and the planner's de-duplication compare. It flattens and sorts and/or,
removes duplicates, sorts the sides of = and <>, and turns > into <.
"""

from __future__ import annotations

import hashlib
from typing import assert_never, cast

from zhikong.engine.definitions import nodes as n
from zhikong.engine.tables import Type


def conjunction(items: list[n.Node]) -> n.Node:
    """The flattened, sorted and de-duplicated `and` of the items; `TRUE` for none."""
    return _logical(n.And, items)


def disjunction(items: list[n.Node]) -> n.Node:
    """The flattened, sorted and de-duplicated `or` of the items."""
    return _logical(n.Or, items)


def _logical(kind: type[n.And] | type[n.Or], items: list[n.Node]) -> n.Node:
    flat: dict[str, n.Node] = {}
    for item in items:
        parts = item.items if isinstance(item, kind) else (item,)
        flat.update((text(part), part) for part in parts)
    if kind is n.And:
        flat.pop(text(n.TRUE), None)
    if not flat:
        return n.TRUE
    ordered = tuple(flat[key] for key in sorted(flat))
    return ordered[0] if len(ordered) == 1 else kind(ordered)


def negation(item: n.Node) -> n.Node:
    """`not item`; a double negation falls away, which holds in three-valued logic too."""
    return item.operand if isinstance(item, n.Not) else n.Not(item)


def comparison(op: str, left: n.Node, right: n.Node) -> n.Compare:
    """A comparison with op one of = <> < <= > >=, in canonical direction."""
    if op in (">", ">="):
        return n.Compare("<" if op == ">" else "<=", right, left)
    if op in ("=", "<>") and text(right) < text(left):
        left, right = right, left
    return n.Compare(cast(n.Operator, op), left, right)


def arithmetic(op: str, left: n.Node, right: n.Node) -> n.Node:
    """`left op right` with op one of + - *; two literals are folded, so 3 * 1440 is 4320."""
    if op in ("+", "*") and text(right) < text(left):
        left, right = right, left
    if isinstance(left, n.Value) and isinstance(right, n.Value):
        a, b = int(left.value), int(right.value)
        result = {"+": a + b, "-": a - b, "*": a * b}[op]
        if abs(result) < 2**63:
            return n.Value(result, Type.INT)
    return n.Arithmetic(cast(n.Sign, op), left, right)


def membership(operand: n.Node, values: list[n.Value]) -> n.Node:
    """`operand in (values)`; one value becomes an equality."""
    distinct = {text(v): v for v in values}
    ordered = tuple(distinct[key] for key in sorted(distinct))
    return comparison("=", operand, ordered[0]) if len(ordered) == 1 else n.In(operand, ordered)


def text(node: n.Node) -> str:
    """The canonical text of a node: a prefix notation that is stable across releases."""
    match node:
        case n.Value():
            return _literal(node)
        case n.Ref():
            return f"{node.owner}.{node.table}.{node.column}"
        case n.CodeIn():
            ranges = " ".join(f"{r.low}-{r.high}" for r in sorted(node.ranges))
            return f"(codes {text(node.operand)} {ranges})"
        case n.Has() | n.CountOf():
            word = "has" if isinstance(node, n.Has) else "count_of"
            return f"({word} {node.child} {text(node.condition)})"
        case n.Extreme():
            return f"({node.which} {node.child} {text(node.column)} {text(node.condition)})"
        case n.By():
            named = f"{text(node.column)} {text(node.time)}"
            return f"({node.which}_by {node.child} {named} {text(node.condition)})"
        case n.Gap():
            return f"(gap_{node.unit} {node.child} {text(node.column)} {text(node.condition)})"
        case n.SumOf():
            return f"(sum_of {node.child} {text(node.column)} {text(node.condition)})"
        case _:
            inner = " ".join(text(child) for child in node.children())
            return f"({_head(node)} {inner})"


def _head(node: n.Node) -> str:
    match node:
        case n.Compare() | n.Arithmetic():
            return node.op
        case n.Elapsed():
            return f"{node.unit}_between"
        case _:  # a node that is told apart by more than its children has words of its own
            return str(getattr(node, "words", type(node).__name__.lower()))


def _literal(node: n.Value) -> str:
    match node.type:
        case Type.TEXT:
            return "'" + str(node.value).replace("'", "''") + "'"
        case Type.BOOL:
            return "true" if node.value else "false"
        case Type.INT | Type.FLOAT:
            return str(node.value)
        case Type.DATE | Type.TIMESTAMP:
            raise TypeError("the language has no date literals")
        case _:
            assert_never(node.type)


def digest(canonical: str) -> str:
    """The first 16 hex digits of SHA-256: short enough to print, long enough not to collide."""
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
