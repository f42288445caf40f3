"""Conditions over named values: a form's show-if, a flow's guard, in the same language as the indicators.

The caller says which names there are and of what type; the text is parsed and checked once, and then asked of
many rows. What is unknown (None, or a name without a value) makes a comparison unknown, and a condition that is
unknown at the end does not hold: exactly as in an indicator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.definitions import expressions
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import Column, Table, Type

OWN = "values"


@dataclass(frozen=True, slots=True)
class Name:
    """One name that a condition may use. `choices` are the codes it can hold; empty means any value."""

    type: Type
    meaning: str = ""
    choices: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: `source` as written, `names` it depends on."""

    source: str
    names: frozenset[str]
    node: n.Node

    def holds(self, values: Mapping[str, Any]) -> bool:
        """True only when the condition is fulfilled; unknown is not fulfilled."""
        return self.verdict(values) is True

    def verdict(self, values: Mapping[str, Any]) -> bool | None:
        """True, False, or None when it cannot be told from the values that are known."""
        return evaluate(self.node, Env(values))  # type: ignore[arg-type]


def read(source: str, names: Mapping[str, Name]) -> Condition:
    """Parse and check a condition. Raises ExpressionError with a Chinese message and a remedy."""
    node = expressions.condition(source, expressions.Scope(_table(names)))
    used = [*_walk(node)]
    for part in used:
        _check_choices(part, names)
    return Condition(source, frozenset(p.column for p in used if isinstance(p, n.Ref)), node)


def _table(names: Mapping[str, Name]) -> Table:
    columns = tuple(Column(key, name.type, name.meaning or key) for key, name in names.items())
    return Table(OWN, "", columns, month_of="", key=())


def _walk(node: n.Node) -> Iterator[n.Node]:
    yield node
    for child in node.children():
        yield from _walk(child)


def _check_choices(node: n.Node, names: Mapping[str, Name]) -> None:
    """A code that the item can never hold is a slip of the pen, not a condition."""
    if isinstance(node, n.Compare):
        pairs = [(node.left, node.right), (node.right, node.left)]
    elif isinstance(node, n.In):
        pairs = [(node.operand, value) for value in node.values]
    else:
        return
    for side, other in pairs:
        if isinstance(side, n.Ref) and isinstance(other, n.Value):
            _check_choice(side, other, names[side.column])


def _check_choice(ref: n.Ref, value: n.Value, name: Name) -> None:
    if not name.choices or str(value.value) in name.choices:
        return
    raise ExpressionError(
        f"{ref.column}（{name.meaning or ref.column}）没有取值 '{value.value}'。",
        f"可用：{'、'.join(name.choices[:12])}。",
    )
