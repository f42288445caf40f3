"""What is counted for a definition: a condition, and what is added up where it holds.

The base of a definition is its population without its exclusions, and only rows whose summed columns are
known: an unknown length of stay is not a stay of zero days. The numerator lies within the denominator's
rows. Unknown conditions count as not fulfilled.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, How, Measure, NumeratorOf
from zhikong.engine.plan.simplify import simplified


@dataclass(frozen=True, slots=True)
class Counter:
    """Rows where `condition` is true; with `expression`, the sum of it over those rows (or its values, when the kind
    orders them or tells them apart)."""

    condition: n.Node
    expression: n.Node | None = None

    @property
    def key(self) -> str:
        """Equal for counters that count the same, however they were written."""
        added = "1" if self.expression is None else canonical.text(self.expression)
        return f"{added} where {canonical.text(self.condition)}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """The counters behind one definition. `denominator` is None for counts."""

    numerator: Counter
    denominator: Counter | None


def recipe_of(definition: Definition) -> Recipe:
    """The counters of a definition on one table. For a median or percentile, the numerator says which values to order;
    for a distinct count, which values are told apart."""
    within = _known(definition)
    # an exclusion that is unknown does not exclude
    kept = [n.Not(n.IsTrue(e.when)) for e in definition.exclusions]
    below = definition.denominator
    denominator = _counter(below, [*within, *kept, *_not_excepted(definition)]) if below else None
    before = definition.numerator_of is NumeratorOf.BEFORE_EXCLUSIONS
    return Recipe(_counter(definition.numerator, within if before else [*within, *kept]), denominator)


def _known(definition: Definition) -> list[n.Node]:
    """The population, and rows whose summed columns are known, before exclusions."""
    rows = [] if definition.population is None else [definition.population]
    for measure in (definition.numerator, definition.denominator):
        if measure and measure.expression is not None and measure.how in (How.SUM, How.VALUES):
            rows.append(n.Not(n.IsNull(measure.expression)))
    if definition.denominator and definition.denominator.how is How.COUNT:
        rows.append(_expression(definition.denominator))
    return rows


def _not_excepted(definition: Definition) -> list[n.Node]:
    """An exception takes a row from the denominator only when the row does not reach the numerator."""
    if not definition.exceptions:
        return []
    reached = n.IsTrue(_expression(definition.numerator))
    return [canonical.disjunction([reached, n.Not(n.IsTrue(e.when))]) for e in definition.exceptions]


def _counter(measure: Measure, rows: list[n.Node]) -> Counter:
    within = canonical.conjunction(rows)
    if measure.how is How.ROWS:
        return Counter(simplified(within))
    if measure.how is How.DISTINCT:
        value = _expression(measure)
        where = [] if measure.where is None else [measure.where]
        return Counter(simplified(canonical.conjunction([*rows, *where, n.Not(n.IsNull(value))])), value)
    if measure.how is How.COUNT:
        return Counter(simplified(canonical.conjunction([within, _expression(measure)])))
    added = _expression(measure)
    return Counter(simplified(within, added=added), added)


def _expression(measure: Measure) -> n.Node:
    if measure.expression is None:
        raise ValueError(f"a measure by {measure.how} has an expression")
    return measure.expression
