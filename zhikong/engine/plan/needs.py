"""Which tables and columns a definition reads, so that a missing one is said before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition
from zhikong.engine.tables import TABLES

MINUTES_TO_NEXT = "minutes_to_next_admission"
DERIVED_FROM: dict[str, tuple[str, ...]] = {
    "stay_minutes": ("admitted_at", "discharged_at"),
    "stay_days_elapsed": ("admitted_at", "discharged_at"),
    MINUTES_TO_NEXT: ("institution", "patient_key", "admitted_at", "discharged_at"),
}
Needs = dict[str, set[str]]


def needs_of_column(column: str) -> tuple[str, ...]:
    """The supplied columns of `stays` behind a column: itself, or what it is derived from."""
    return DERIVED_FROM.get(column, (column,))


def walk(node: n.Node) -> Iterator[n.Node]:
    """The node and everything below it."""
    yield node
    for child in node.children():
        yield from walk(child)


def expressions_of(definition: Definition) -> list[n.Node]:
    """Every expression that decides a number, in no particular order."""
    measures = (definition.numerator, definition.denominator)
    found = [m.expression for m in measures if m is not None and m.expression is not None]
    found += [e.when for e in definition.exclusions]
    if definition.population is not None:
        found.append(definition.population)
    return found


def needs_of(definition: Definition) -> Needs:
    """Supplied tables and columns that the definition reads, derived columns traced to their origins."""
    needs: Needs = {definition.table: set()}
    columns = [definition.date, *([definition.department] if definition.department else [])]
    for expression in (*columns, *expressions_of(definition)):
        collect(expression, needs)
    _keys(definition.table, needs)
    return needs


def collect(expression: n.Node, needs: Needs) -> None:
    """Adds what one expression reads."""
    for node in walk(expression):
        if isinstance(node, n.Ref):
            needs.setdefault(node.table, set()).update(needs_of_column(node.column))
        elif isinstance(node, n.CHILD_NODES):
            needs.setdefault(node.child, set()).add("stay_id")
            needs.setdefault("stays", set()).add("stay_id")


def _keys(table: str, needs: Needs) -> None:
    if TABLES[table].child_of == "stays":
        needs[table].add("stay_id")
        needs.setdefault("stays", set()).update(("stay_id", "institution"))
    else:
        needs[table].add("institution")
