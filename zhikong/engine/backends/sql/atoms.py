"""Conditions are cut into atoms: each distinct comparison is evaluated once per row, then combined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from zhikong.engine.backends.sql.lower import Names, lower
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n

_STRUCTURE = (n.And, n.Or, n.Not, n.IsTrue)


def _leaves(node: n.Node) -> Iterator[n.Node]:
    if isinstance(node, _STRUCTURE):
        for child in node.children():
            yield from _leaves(child)
    elif not isinstance(node, n.Value):
        yield node


@dataclass(slots=True)
class Atoms:
    """Distinct expressions of a pass, each with a short column name, in order of first use."""

    names: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, n.Node] = field(default_factory=dict)

    def add_condition(self, condition: n.Node) -> None:
        for leaf in _leaves(condition):
            self.add(leaf)

    def add(self, node: n.Node) -> None:
        key = canonical.text(node)
        if key not in self.names:
            self.names[key] = f"a{len(self.names)}"
            self.nodes[key] = node

    def columns(self, names: Names) -> list[str]:
        """The expressions as columns of the inner query."""
        return [f"{lower(self.nodes[key], names)} AS {alias}" for key, alias in self.names.items()]

    def value(self, node: n.Node) -> str:
        """How the outer query reads an expression that was added."""
        return self.names[canonical.text(node)]

    def condition(self, node: n.Node) -> str:
        """A condition over the atoms."""
        match node:
            case n.And() | n.Or():
                word = " AND " if isinstance(node, n.And) else " OR "
                return "(" + word.join(self.condition(item) for item in node.items) + ")"
            case n.Not():
                return f"(NOT {self.condition(node.operand)})"
            case n.IsTrue():
                return f"coalesce({self.condition(node.operand)}, FALSE)"
            case n.Value():
                return "TRUE" if node.value else "FALSE"
            case _:
                return self.value(node)


def atoms_of(conditions: Iterable[n.Node], values: Iterable[n.Node]) -> Atoms:
    """The atoms of all conditions, and the values that are added up."""
    atoms = Atoms()
    for condition in conditions:
        atoms.add_condition(condition)
    for value in values:
        atoms.add(value)
    return atoms
