"""Leaves out of a conjunction what its other parts already say.

A counter's condition counts only where it is true, so a part may go when the others being true make it
true: `kind is not null` beside `kind = '5'`. Fewer parts are fewer operations on every row.
"""

from __future__ import annotations

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n


def simplified(condition: n.Node, *, added: n.Node | None = None) -> n.Node:
    """A condition that is true for the same rows, or has the same sum of `added` over them."""
    parts = list(condition.items) if isinstance(condition, n.And) else [condition]
    kept = [part for part in parts if not _always(part) and not _adds_nothing(part, added)]
    # one at a time, so that two parts that imply each other do not both go
    for part in list(kept):
        others = [other for other in kept if other is not part]
        if any(_implies(other, part) for other in others):
            kept = others
    return canonical.conjunction(kept)


def _always(part: n.Node) -> bool:
    """`has` and `count_of` are never unknown."""
    return _known_operand(part, n.Has) or _known_operand(part, n.CountOf)


def _known_operand(part: n.Node, kind: type[n.Node]) -> bool:
    operand = _not_null(part)
    return operand is not None and isinstance(operand, kind)


def _not_null(part: n.Node) -> n.Node | None:
    """X when the part says that X is known."""
    if isinstance(part, n.Not) and isinstance(part.operand, n.IsNull):
        return part.operand.operand
    return None


def _adds_nothing(part: n.Node, added: n.Node | None) -> bool:
    """A sum passes over unknown values by itself."""
    return added is not None and _not_null(part) == added


def _implies(given: n.Node, part: n.Node) -> bool:
    known = _not_null(part)
    if known is not None:
        return known in _strict_operands(given)
    if isinstance(part, n.In) and isinstance(given, n.Compare) and given.op == "=":
        sides = (given.left, given.right)
        return part.operand in sides and any(side in part.values for side in sides)
    if isinstance(part, n.In) and isinstance(given, n.In):
        return part.operand == given.operand and set(given.values) < set(part.values)
    return False


def _strict_operands(given: n.Node) -> tuple[n.Node, ...]:
    """What must be known for the condition to be true."""
    if isinstance(given, n.Compare):
        return (given.left, given.right)
    if isinstance(given, (n.In, n.CodeIn)):
        return (given.operand,)
    return ()
