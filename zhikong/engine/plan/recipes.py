"""What is counted for a definition: a condition, and what is added up where it holds.

The base of a definition is its population without its exclusions, and only rows whose summed columns are
known: an unknown length of stay is not a stay of zero days. The numerator lies within the denominator's
rows. Unknown conditions count as not fulfilled.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, How, Measure
from zhikong.engine.plan.simplify import simplified


@dataclass(frozen=True, slots=True)
class Counter:
    """Rows where `condition` is true; with `expression`, the sum of it over those rows."""

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
    """The counters of an additive definition. For a median, the numerator says which values to order."""
    rows = [_base(definition)]
    for measure in (definition.numerator, definition.denominator):
        if measure and measure.expression is not None and measure.how in (How.SUM, How.VALUES):
            rows.append(n.Not(n.IsNull(measure.expression)))
    if definition.denominator and definition.denominator.how is How.COUNT:
        rows.append(_expression(definition.denominator))
    within = canonical.conjunction(rows)
    denominator = _counter(definition.denominator, within) if definition.denominator else None
    return Recipe(_counter(definition.numerator, within), denominator)


def _base(definition: Definition) -> n.Node:
    parts = [] if definition.population is None else [definition.population]
    # an exclusion that is unknown does not exclude
    parts += [n.Not(n.IsTrue(e.when)) for e in definition.exclusions]
    return canonical.conjunction(parts)


def _counter(measure: Measure, within: n.Node) -> Counter:
    if measure.how is How.ROWS:
        return Counter(simplified(within))
    if measure.how is How.COUNT:
        return Counter(simplified(canonical.conjunction([within, _expression(measure)])))
    added = _expression(measure)
    return Counter(simplified(within, added=added), added)


def _expression(measure: Measure) -> n.Node:
    if measure.expression is None:
        raise ValueError(f"a measure by {measure.how} has an expression")
    return measure.expression
