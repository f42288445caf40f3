"""Which tables and columns a definition reads, so that a missing one is said before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, JudgedBy, Per
from zhikong.engine.tables import TABLES
from zhikong.engine.tables.views import SAME_MONTH, TELLS_APART, VIEWS

MINUTES_TO_NEXT = "minutes_to_next_admission"
DERIVED_FROM: dict[str, tuple[str, ...]] = {
    "stay_minutes": ("admitted_at", "discharged_at"),
    "stay_days_elapsed": ("admitted_at", "discharged_at"),
    SAME_MONTH: ("discharged_at",),
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
    measures = (definition.numerator, definition.denominator, definition.per and definition.per.measure)
    found = [x for m in measures if m for x in (m.expression, m.where) if x is not None]
    found += [e.when for e in (*definition.exclusions, *definition.exceptions)]
    if definition.population is not None:
        found.append(definition.population)
    if definition.per is not None:
        found += [e.when for e in definition.per.exclusions]
        found += [definition.per.population] if definition.per.population is not None else []
    return found


def needs_of(definition: Definition) -> Needs:
    """Supplied tables and columns that the definition reads, derived columns traced to their origins.

    A composite and a growth read what the indicators read that they stand on.
    """
    if definition.bases():
        return _together(needs_of(base) for base in definition.bases())
    needs: Needs = {definition.table: set()}
    columns = [definition.date, *([definition.department] if definition.department else [])]
    for expression in (*columns, *expressions_of(definition)):
        collect(expression, needs)
    _keys(definition.table, needs)
    if definition.per is not None:
        _needs_of_per(definition.per, needs)
    if definition.rule is not None:
        _needs_of_rule(definition.rule, needs)
    return needs


def _together(all_needs: Iterable[Needs]) -> Needs:
    found: Needs = {}
    for needs in all_needs:
        for table, columns in needs.items():
            found.setdefault(table, set()).update(columns)
    return found


def _needs_of_per(per: Per, needs: Needs) -> None:
    needs.setdefault(per.table, set())
    for column in (per.date, *([per.department] if per.department else [])):
        collect(column, needs)
    _keys(per.table, needs)


def _needs_of_rule(rule: JudgedBy, needs: Needs) -> None:
    for expression in rule.expressions():
        collect(expression, needs)
    for table, column in getattr(rule, "delivered", ()):  # only rules over one row have such columns
        needs.setdefault(table, set()).add(column)
    for table in needs.keys() - {"stays"}:
        needs[table].add("stay_id")


def looks_around(expressions: Iterable[n.Node]) -> bool:
    """Whether a row's outcome can depend on rows of other months: on the patient's other stays."""
    below = (node for expression in expressions for node in walk(expression))
    return any(
        (isinstance(x, n.Ref) and x.column == MINUTES_TO_NEXT)
        or (isinstance(x, n.CHILD_NODES) and x.child in VIEWS)
        for x in below
    )


def collect(expression: n.Node, needs: Needs) -> None:
    """Adds what one expression reads."""
    for node in walk(expression):
        if isinstance(node, n.Ref):
            table = "stays" if node.table in VIEWS else node.table
            needs.setdefault(table, set()).update(needs_of_column(node.column))
        elif isinstance(node, n.CHILD_NODES) and node.child in VIEWS:
            needs.setdefault("stays", set()).update(TELLS_APART)
        elif isinstance(node, n.CHILD_NODES):
            needs.setdefault(node.child, set()).add("stay_id")
            needs.setdefault("stays", set()).add("stay_id")


def _keys(table: str, needs: Needs) -> None:
    if TABLES[table].child_of == "stays":
        needs[table].add("stay_id")
        needs.setdefault("stays", set()).update(("stay_id", "institution"))
    else:
        needs[table].add("institution")
