"""Core systems with their checkable points: which rules check them, and how the departments keep them (CLN-01…03).

A set of core systems is a file of a pack, ``core_systems/<set>.yaml``. A point is checked by rules, or by people only;
one that only people can check is shown as such and never as kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhikong import packs
from zhikong.engine.definitions.model import Status
from zhikong.engine.record_rules.systems import CoreSystem, load_sets
from zhikong.engine.record_rules.systems import SystemSet as Listed
from zhikong.hospital.functions.records.facets import Tally, systems_of, total
from zhikong.hospital.functions.records.queries.results.compliance import tallies


@dataclass(frozen=True)
class Point:
    """One thing to check. rules: those that check it; without any a person has to look."""

    title: str
    rules: tuple[str, ...] = ()
    note: str = ""

    @property
    def manual(self) -> bool:
        return not self.rules


@dataclass(frozen=True)
class System:
    """One core system as a set lists it."""

    id: str
    title: str
    definition: str
    points: tuple[Point, ...]
    owner: str = ""
    key: bool = False

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(rule for point in self.points for rule in point.rules)


@dataclass(frozen=True)
class SystemSet:
    """A list of core systems with where it comes from."""

    id: str
    title: str
    document: str
    mark: str
    systems: tuple[System, ...]
    notes: str = ""


@cache
def sets() -> tuple[SystemSet, ...]:
    """Every set of the installed packs, the longest first. What only names a system has the points of another set."""
    folders = sorted(file.parent for file in Path(packs.__path__[0]).glob("*/pack.yaml"))
    found = [_set(one) for one in load_sets(folders)[0].values() if one.status is Status.PUBLISHED]
    return tuple(sorted(found, key=lambda one: (-len(one.systems), one.id)))


def _set(one: Listed) -> SystemSet:
    systems = tuple(_system(each) for each in one.systems)
    return SystemSet(one.id, one.title, one.source.document, str(one.source.mark), systems, one.notes)


def _system(one: CoreSystem) -> System:
    points = tuple(Point(point.text, point.rules, point.note) for point in one.points)
    return System(one.id, one.title, one.definition, points, one.owner, one.key)


def system_names() -> dict[str, str]:
    """Id -> title over all sets."""
    return {system.id: system.title for one in reversed(sets()) for system in one.systems}


@dataclass(frozen=True)
class SystemLine:
    """A system with what its rules gave. rules: those in force that check it; by_place: code -> counts."""

    system: System
    rules: tuple[str, ...]
    tally: Tally
    by_place: Mapping[str, Tally]
    by_month: Mapping[str, Tally]

    @property
    def manual(self) -> int:
        return sum(point.manual for point in self.system.points)


def rules_of(system: System, known: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules that a point names, or that name the system themselves."""
    own = {key for key, rule in known.items() if system.id in systems_of(rule)}
    return tuple(sorted((own | system.rules) & known.keys()))


def lines(one: SystemSet, known: Mapping[str, Any], *, month: str, months: Iterable[str]) -> list[SystemLine]:
    """Every system of a set with the month's counts by department, and the months' for the trend."""
    by_place = tallies("rule", "place", months=[month]) if month else {}
    by_month = tallies("rule", "month", months=list(months)) if month else {}
    made = []
    for system in one.systems:
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
