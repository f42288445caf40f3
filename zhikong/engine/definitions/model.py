"""What a published indicator is, after loading: frozen values that every part of the product reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from zhikong.engine.definitions.goals import Change, Score, Target
from zhikong.engine.definitions.kinds import (
    DERIVED,
    NOT_ADDITIVE,
    AbsentPart,
    Direction,
    How,
    Kind,
    Mark,
    NoRows,
    NumeratorOf,
    Rank,
    Status,
)
from zhikong.engine.definitions.nodes import CodeRange, Node
from zhikong.engine.definitions.problems import Problem


@dataclass(frozen=True, slots=True)
class Measure:
    """A numerator or denominator: how, the bound expression, and the text as written in the pack.

    where: with `distinct`, which rows' values are looked at; None means all.
    """

    how: How
    expression: Node | None = None
    text: str = ""
    where: Node | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    when: Node
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """A dimension by which results can be split: as written, and the bound column (text)."""

    name: str
    column: Node


@dataclass(frozen=True, slots=True)
class Per:
    """The denominator of a rate: counted on a table of its own, with its own population and exclusions."""

    table: str
    date: Node
    department: Node | None
    measure: Measure
    population: Node | None = None
    exclusions: tuple[Exclusion, ...] = ()
    population_text: str = ""


class JudgedBy(Protocol):
    """The record rule behind a compliance rate (`engine.record_rules.RecordRule`)."""

    @property
    def id(self) -> str: ...

    @property
    def hash(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def delivered(self) -> tuple[tuple[str, str], ...]: ...

    def expressions(self) -> Iterator[Node]:
        """Everything that decides the verdict."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composite: the indicator, its weight, and how its value becomes 0 to 100 points."""

    of: Definition
    weight: Decimal
    score: Score


@dataclass(frozen=True, slots=True)
class Growth:
    """The change of an indicator against itself: `months` before, or against the whole year `base`."""

    of: Definition
    change: Change
    months: int | None = None
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The document and clause that an indicator or a set of targets comes from."""

    document: str
    clause: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator. `hash` covers what decides the number and its unit, not names or prose.

    `table` is the grain: one row is one counted thing. `date` and `department` are bound columns that say
    which month and department a row belongs to; `department` None means hospital level only. A composite and a
    growth have the table of the first indicator they stand on.
    """

    id: str
    version: int
    status: Status
    hash: str
    name: dict[str, str]
    why: str
    source: Origin
    owner: str
    checker: str
    next_review: date
    table: str
    date: Node
    department: Node | None
    kind: Kind
    population: Node | None
    exclusions: tuple[Exclusion, ...]
    numerator: Measure
    denominator: Measure | None
    multiplier: Decimal
    unit: str
    direction: Direction
    strata: tuple[str, ...]
    targets: dict[str, Target]
    chart: str
    minimum_denominator: int | None
    notes: str = ""
    population_text: str = ""
    file: Path = field(default_factory=Path)
    pack: str = ""
    exceptions: tuple[Exclusion, ...] = ()
    numerator_of: NumeratorOf = NumeratorOf.AFTER_EXCLUSIONS
    no_rows: NoRows = NoRows.NO_DATA
    strata_of: tuple[Stratum, ...] = ()
    percentile: Decimal | None = None
    rank: Rank = Rank.N_PLUS_1
    per: Per | None = None
    rule: JudgedBy | None = None
    parts: tuple[Part, ...] = ()
    absent_part: AbsentPart = AbsentPart.CANNOT_COMPUTE
    growth: Growth | None = None

    def title(self, lang: str = "zh") -> str:
        """The name in a language; Chinese where that language is missing."""
        return self.name.get(lang) or self.name["zh"]

    @property
    def additive(self) -> bool:
        """Whether departments and months may be added up to a coarser value."""
        return self.kind not in NOT_ADDITIVE and self.kind not in DERIVED

    def bases(self) -> tuple[Definition, ...]:
        """The indicators that a composite or a growth stands on, in order of writing; none for other kinds."""
        return (self.growth.of,) if self.growth else tuple(part.of for part in self.parts)

    def target(self, level: str) -> Target | None:
        """The default target for an institution level, or the one that holds for `any` level."""
        return self.targets.get(level) or self.targets.get("any")


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of targets, such as a hospital's own or those of a policy document.

    levels: the institution levels that it is made for; empty means every one.
    """

    id: str
    name: str
    source: Origin
    targets: dict[str, Target]
    file: Path
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeList:
    """A value set: ranges of codes with a name and a source; `edition` when there are several of it."""

    id: str
    name: str
    ranges: tuple[CodeRange, ...]
    file: Path
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """One publisher's folder of definitions."""

    id: str
    version: str
    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that the packs define, and every problem found; a definition with problems is absent."""

    packs: tuple[Pack, ...] = ()
    indicators: dict[str, Definition] = field(default_factory=dict)
    codes: dict[str, CodeList] = field(default_factory=dict)
    presets: dict[str, Preset] = field(default_factory=dict)
    rules: dict[str, JudgedBy] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


__all__ = [
    "DERIVED",
    "NOT_ADDITIVE",
    "AbsentPart",
    "Catalogue",
    "Change",
    "CodeList",
    "Definition",
    "Direction",
    "Exclusion",
    "Growth",
    "How",
    "JudgedBy",
    "Kind",
    "Mark",
    "Measure",
    "NoRows",
    "NumeratorOf",
    "Origin",
    "Pack",
    "Part",
    "Per",
    "Preset",
    "Rank",
    "Score",
    "Status",
    "Stratum",
    "Target",
]
