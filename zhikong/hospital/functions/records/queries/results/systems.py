"""How the departments keep the core systems: rules that check their points, counted (CLN-01…03).

The lists themselves are packs' content (foundation/facts/core_systems). A point that only people can check is shown as
such and never counts as kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from zhikong.engine.record_rules.systems import CoreSystem, SystemSet
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts.core_systems import sets_in_force
from zhikong.hospital.functions.records.facets import Tally, systems_of, total
from zhikong.hospital.functions.records.queries.results.compliance import tallies


def sets() -> tuple[SystemSet, ...]:
    """Every list in force, the longest first. Asked once a request."""
    return once("records.system_sets", _sets)


def _sets() -> tuple[SystemSet, ...]:
    found = sets_in_force(on=timezone.localdate()).values()
    return tuple(sorted(found, key=lambda one: (-len(one.systems), one.id)))


def system_names() -> dict[str, str]:
    """Id -> title over all lists; the longest list names it."""
    return {system.id: system.title for one in reversed(sets()) for system in one.systems}


@dataclass(frozen=True)
class SystemLine:
    """A system with what its rules gave. rules: those in force that check it; by_place: code -> counts."""

    system: CoreSystem
    rules: tuple[str, ...]
    tally: Tally
    by_place: Mapping[str, Tally]
    by_month: Mapping[str, Tally]

    @property
    def manual(self) -> int:
        """Points that only people can check."""
        return sum(point.manual for point in self.system.points)


def rules_of(system: CoreSystem, known: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules that a point names, or that name the system themselves."""
    own = {key for key, rule in known.items() if system.id in systems_of(rule)}
    return tuple(sorted((own | set(system.rules)) & known.keys()))


def lines(
    systems: Iterable[CoreSystem], known: Mapping[str, Any], *, month: str, months: Iterable[str]
) -> list[SystemLine]:
    """Every system with the month's counts by department, and the months' for the trend."""
    by_place = tallies("rule", "place", months=[month]) if month else {}
    by_month = tallies("rule", "month", months=list(months)) if month else {}
    made = []
    for system in systems:
        rules = rules_of(system, known)
        places = _summed(by_place, rules)
        made.append(SystemLine(system, rules, total(places.values()), places, _summed(by_month, rules)))
    return made


def _summed(counts: Mapping[tuple, Tally], rules: Iterable[str]) -> dict[str, Tally]:
    wanted, found = set(rules), {}
    for (rule, other), tally in counts.items():
        if rule in wanted:
            found[other] = found.get(other, Tally()) + tally
    return found
