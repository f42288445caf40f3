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

import yaml

from zhikong import packs
from zhikong.hospital.functions.records.facets import Tally, systems_of, total
from zhikong.hospital.functions.records.queries.results.compliance import tallies

FOLDER = "core_systems"


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
    """Every set of the installed packs, the longest first."""
    files = sorted(Path(packs.__path__[0]).glob(f"*/{FOLDER}/*.yaml"))
    found = (_set(yaml.safe_load(file.read_text("utf-8-sig"))) for file in files)
    return tuple(sorted(found, key=lambda one: (-len(one.systems), one.id)))


def _set(data: Mapping[str, Any]) -> SystemSet:
    source = data.get("source") or {}
    return SystemSet(
        data["id"], _zh(data["title"]), str(source.get("document", "")), str(source.get("mark", "")),
        tuple(_system(one) for one in data.get("systems") or ()), str(data.get("notes") or ""),
    )  # fmt: skip


def _zh(said: Any) -> str:
    return str(said.get("zh") or "") if isinstance(said, Mapping) else str(said)


def _system(data: Mapping[str, Any]) -> System:
    points = tuple(_point(one) for one in data.get("points") or ())
    return System(
        data["id"], _zh(data["title"]), str(data.get("definition") or data.get("meaning") or ""), points,
        str(data.get("owner") or ""), bool(data.get("key")),
    )  # fmt: skip


def _point(data: Any) -> Point:
    if not isinstance(data, Mapping):
        return Point(str(data))
    said = data.get("rules") or ([data["rule"]] if data.get("rule") else ())
    return Point(_zh(data.get("title") or data.get("point") or ""), tuple(said), str(data.get("note") or ""))


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
