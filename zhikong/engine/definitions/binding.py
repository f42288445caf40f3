"""A set of definitions bound to each other: what stands on another indicator or on a rule stands on the one in force.

A packaged composite is bound to the packaged parts when it is read. Where a hospital has its own text of a part or of
a record rule, the composite is computed from that; its hash follows, so that results tell the two apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zhikong.engine.definitions.hashing import UNSAID, definition_hash
from zhikong.engine.definitions.model import Definition, JudgedBy

_MEANING = (
    "table", "date", "department", "kind", "population", "exclusions", "numerator", "denominator", "multiplier",
    "unit", *UNSAID,
)  # fmt: skip


def bound(
    definitions: Mapping[str, Definition], rules: Mapping[str, JudgedBy] | None = None
) -> dict[str, Definition]:
    """The same definitions, each standing on those of the mapping and on the given record rules, in their order.

    What the mapping does not hold stays as it was bound.
    """
    found: dict[str, Definition] = {}
    for name in definitions:
        _bind(name, definitions, rules or {}, found)
    return {name: found[name] for name in definitions}


def _bind(
    name: str,
    definitions: Mapping[str, Definition],
    rules: Mapping[str, JudgedBy],
    found: dict[str, Definition],
) -> Definition:
    if name not in found:
        found[name] = definitions[name]  # also what ends a circle that a hospital's text could have made
        found[name] = _standing_on(definitions[name], definitions, rules, found)
    return found[name]


def _standing_on(
    d: Definition,
    definitions: Mapping[str, Definition],
    rules: Mapping[str, JudgedBy],
    found: dict[str, Definition],
) -> Definition:
    def current(base: Definition) -> Definition:
        return _bind(base.id, definitions, rules, found) if base.id in definitions else base

    other = d
    if d.rule is not None:
        other = replace(d, rule=rules.get(d.rule.id, d.rule))
    elif d.growth is not None:
        other = replace(d, growth=replace(d.growth, of=current(d.growth.of)))
    elif d.parts:
        other = replace(d, parts=tuple(replace(part, of=current(part.of)) for part in d.parts))
    return (
        d if other == d else replace(other, hash=definition_hash(**{f: getattr(other, f) for f in _MEANING}))
    )
