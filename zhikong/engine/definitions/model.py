"""What a published indicator is, after loading: frozen values that every part of the product reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from zhikong.engine.definitions.nodes import CodeRange, Node
from zhikong.engine.definitions.problems import Problem


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"


class Kind(StrEnum):
    """How numerator and denominator become the value."""

    RATIO = "ratio"
    MEAN = "mean"
    COUNT = "count"
    MEDIAN = "median"  # not additive: never rolled up from departments, always computed on the rows


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    RANGE = "range"
    MONITOR = "monitor"


class Mark(StrEnum):
    """How sure we are of the source: read in the original, retold, or from memory."""

    VERIFIED = "verified"
    PARAPHRASED = "paraphrased"
    MEMORY = "memory"


class How(StrEnum):
    """How a numerator or denominator is formed from the rows."""

    ROWS = "rows"  # every row counts one
    COUNT = "count"  # rows that fulfil a condition
    SUM = "sum"  # the sum of a whole-number expression
    VALUES = "values"  # the values themselves, for a median


@dataclass(frozen=True, slots=True)
class Measure:
    """A numerator or denominator: how, the bound expression, and the text as written in the pack."""

    how: How
    expression: Node | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    when: Node
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The document and clause that an indicator or a set of targets comes from."""

    document: str
    clause: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Target:
    """A goal, in the indicator's own unit; both bounds together make a range."""

    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def met(self, value: Decimal) -> bool:
        """Bounds are inclusive: a value equal to the target meets it."""
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator. `hash` covers what decides the number and its unit, not names or prose.

    `table` is the grain: one row is one counted thing. `date` and `department` are bound columns that say
    which month and department a row belongs to; `department` None means hospital level only.
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

    def title(self, lang: str = "zh") -> str:
        """The name in a language; Chinese where that language is missing."""
        return self.name.get(lang) or self.name["zh"]

    def target(self, level: str) -> Target | None:
        """The default target for an institution level, or the one that holds for `any` level."""
        return self.targets.get(level) or self.targets.get("any")


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of targets, such as a hospital's own or those of a policy document."""

    id: str
    name: str
    source: Origin
    targets: dict[str, Target]
    file: Path


@dataclass(frozen=True, slots=True)
class CodeList:
    """A value set: ranges of codes with a name and a source."""

    id: str
    name: str
    ranges: tuple[CodeRange, ...]
    file: Path


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
    problems: list[Problem] = field(default_factory=list)
