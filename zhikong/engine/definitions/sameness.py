"""Definitions that count the same thing: equal in everything that decides the number, apart from unit and name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from zhikong.engine.definitions.hashing import UNSAID, definition_hash
from zhikong.engine.definitions.kinds import Kind
from zhikong.engine.definitions.model import Definition, Status


def conditions_hash(definition: Definition) -> str:
    """The hash of what is counted; a mean is a ratio of a sum to rows, and %, ‰ and yuan are the same number."""
    kind = Kind.RATIO if definition.kind is Kind.MEAN else definition.kind
    return definition_hash(
        table=definition.table,
        date=definition.date,
        department=definition.department,
        kind=kind,
        population=definition.population,
        exclusions=definition.exclusions,
        numerator=definition.numerator,
        denominator=definition.denominator,
        multiplier=Decimal(1),
        unit="",
        **{name: getattr(definition, name) for name in UNSAID},
    )


def equal(definitions: Iterable[Definition]) -> list[list[Definition]]:
    """Groups of two or more published definitions that count the same, each in order of id."""
    groups: dict[str, list[Definition]] = defaultdict(list)
    for definition in sorted(definitions, key=lambda d: d.id):
        if definition.status is Status.PUBLISHED:
            groups[conditions_hash(definition)].append(definition)
    return [group for group in groups.values() if len(group) > 1]
