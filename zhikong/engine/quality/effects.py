"""What a gap does to indicators: how many of the rows that an indicator looks at cannot be assessed.

For an indicator and a column that it reads, the rows are those that are in its population or may be in it (an unknown
condition leaves it open), and that lack a value in the column. They are counted by the engine itself, through
definitions made for the purpose, so that department, month and exclusions mean what they mean for the indicator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.compute import compute, missing
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.model import Definition, How, Kind, Measure
from zhikong.engine.plan.needs import DERIVED_FROM, expressions_of, needs_of, walk
from zhikong.engine.quality.model import Field
from zhikong.engine.tables import TABLES, Type

_BASE = "*"
_APART = "|"


@dataclass(frozen=True, slots=True)
class Effect:
    """Of `base` rows of an indicator in a department and month, `affected` have no value in the field."""

    indicator: str
    field: Field
    department: str | None
    month: str
    affected: int
    base: int


def fields_of(definition: Definition) -> set[Field]:
    """The nullable columns that decide the indicator's number; keys and dates are always there."""
    return {
        (table, column)
        for table, columns in needs_of(definition).items()
        for column in columns
        if (known := TABLES[table].column(column)) is not None and known.nullable
    }


def fields_needed(definitions: Iterable[Definition]) -> frozenset[Field]:
    """Every column that some indicator cannot do without."""
    return frozenset(field for definition in definitions for field in fields_of(definition))


def effects(
    definitions: Iterable[Definition],
    *,
    source: Source,
    months: tuple[str, str],
    now: datetime,
    limits: Limits | None = None,
) -> list[Effect]:
    """The effects of missing values on all indicators that can be computed, by department and for the hospital.

    Indicators whose table or columns were not delivered are left out: they have no number that could be wrong.
    """
    probes: list[Definition] = []
    for definition in definitions:
        if missing(definition, source) is None:
            probes += _probes(definition)
    if not probes:
        return []
    found = compute(probes, source=source, months=months, now=now, data_version="", limits=limits)
    counts = {(row.indicator_id, row.department, row.month): row.numerator for row in found.rows}
    return list(_effects(counts))


def _effects(counts: Mapping[tuple[str, str | None, str], int | None]) -> Iterable[Effect]:
    for (probe, department, month), affected in counts.items():
        indicator, column = probe.split(_APART)
        base = counts.get((f"{indicator}{_APART}{_BASE}", department, month))
        if column != _BASE and affected and base:
            table, _, name = column.partition(".")
            yield Effect(indicator, (table, name), department, month, affected, base)


def _probes(definition: Definition) -> list[Definition]:
    """One definition that counts the rows looked at, and one for each column that may lack in them."""
    fields = sorted(fields_of(definition))
    conditions = {field: _lacks(definition, field) for field in fields}
    made = [
        _counting(definition, f"{table}.{column}", condition)
        for (table, column), condition in conditions.items()
        if condition is not None
    ]
    return [_counting(definition, _BASE, n.TRUE), *made] if made else []


def _counting(definition: Definition, about: str, condition: n.Node) -> Definition:
    population = definition.population
    # open: not known to be outside
    open_ones = None if population is None else n.Not(n.IsTrue(n.Not(population)))
    return replace(
        definition,
        id=f"{definition.id}{_APART}{about}",
        kind=Kind.COUNT,
        population=open_ones,
        numerator=Measure(How.COUNT, condition) if about != _BASE else Measure(How.ROWS),
        denominator=None,
    )


def _lacks(definition: Definition, field: Field) -> n.Node | None:
    """True for rows without a value in the field; None when rows of this table cannot be asked."""
    table, name = field
    column = TABLES[table].column(name)
    kind = column.type if column else Type.TEXT
    if table == definition.table:
        return n.IsNull(n.Ref(table, name, kind))
    if table == "stays":
        return n.IsNull(n.Ref(table, name, kind, owner="stay"))
    if definition.table == "stays":
        return _child_lacks(definition, field, kind)
    return None


def _child_lacks(definition: Definition, field: Field, kind: Type) -> n.Node | None:
    """A child row that could have answered one of the indicator's questions, had it a value.

    The question's condition must be unknown for the row: what another column already rules out does not count.
    """
    table, name = field
    lacking = n.IsNull(n.Ref(table, name, kind))
    questions = [
        node
        for expression in expressions_of(definition)
        for node in walk(expression)
        if isinstance(node, n.CHILD_NODES) and node.child == table and _reads(node, name)
    ]
    asked = [n.Has(table, n.And((lacking, _open(node.condition)))) for node in dict.fromkeys(questions)]
    if not asked:
        return None
    return asked[0] if len(asked) == 1 else n.Or(tuple(asked))


def _open(condition: n.Node) -> n.Node:
    """Not known to be false."""
    return n.Not(n.IsTrue(n.Not(condition)))


def _reads(node: n.Node, name: str) -> bool:
    refs = [part for part in walk(node) if isinstance(part, n.Ref) and part.owner == "row"]
    return any(name == ref.column or name in DERIVED_FROM.get(ref.column, ()) for ref in refs)
