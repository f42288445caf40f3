"""Definitions that can share one pass: same table, same date, same department."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.kinds import ORDERED, Kind
from zhikong.engine.definitions.model import Definition
from zhikong.engine.definitions.nodes import Node, Ref
from zhikong.engine.plan.recipes import Counter, Recipe, recipe_of
from zhikong.engine.tables import TABLES


@dataclass(slots=True)
class Group:
    """One pass: its grain, its definitions, and the distinct counters behind all of them.

    recipes: additive definitions. medians: those that order values. distincts: those that tell values apart.
    """

    table: str
    date: Node
    department: Node | None
    recipes: dict[str, Recipe] = field(default_factory=dict)
    medians: dict[str, Recipe] = field(default_factory=dict)
    distincts: dict[str, Recipe] = field(default_factory=dict)
    percentiles: dict[str, Definition] = field(
        default_factory=dict
    )  # of those in `medians` that are no median
    counters: dict[str, Counter] = field(default_factory=dict)

    def add(self, definition: Definition) -> None:
        """Adds a definition; counters that are already there are shared."""
        recipe = recipe_of(definition)
        if definition.kind in ORDERED:
            self.medians[definition.id] = recipe
            if definition.kind is Kind.PERCENTILE:
                self.percentiles[definition.id] = definition
            return
        if definition.kind is Kind.DISTINCT:
            self.distincts[definition.id] = recipe
            return
        self.recipes[definition.id] = recipe
        for counter in (recipe.numerator, recipe.denominator):
            if counter is not None:
                self.counters.setdefault(counter.key, counter)

    @property
    def by_partition(self) -> bool:
        """True when the date is the one that the files are partitioned by, so other months can be skipped."""
        if not isinstance(self.date, Ref):
            return False
        written = f"stays.{self.date.column}" if self.date.owner == "stay" else self.date.column
        return TABLES[self.table].month_of == written

    def partitions(self, months: Iterable[str]) -> frozenset[str] | None:
        """The partitions that hold these months' rows, or None when any may."""
        return frozenset(months) if self.by_partition else None

    @property
    def members(self) -> list[str]:
        """The ids of all definitions of the pass."""
        return [*self.recipes, *self.medians, *self.distincts]

    def expressions(self) -> list[Node]:
        """Every expression of the pass."""
        found: list[Node] = [self.date, *([self.department] if self.department else [])]
        others = [c for r in self.distincts.values() for c in (r.numerator, r.denominator) if c is not None]
        counters = [*self.counters.values(), *(r.numerator for r in self.medians.values()), *others]
        for counter in counters:
            found += [counter.condition, *([counter.expression] if counter.expression else [])]
        return found


def groups_of(definitions: Iterable[Definition]) -> list[Group]:
    """The passes that compute all definitions."""
    found: dict[tuple[str, str, str], Group] = {}
    for d in definitions:
        department = canonical.text(d.department) if d.department else ""
        key = (d.table, canonical.text(d.date), department)
        found.setdefault(key, Group(d.table, d.date, d.department)).add(d)
    return [found[key] for key in sorted(found)]
