"""What a measure is after loading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from zhikong.engine.definitions.nodes import Node
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.sets_nodes import RowSet


@dataclass(frozen=True, slots=True)
class Population:
    """Rows of the measure's set: those of population `of` (None: all) that fulfil `where` and are in none of `without`."""

    name: str
    of: str | None
    without: tuple[str, ...]
    where: Node


@dataclass(frozen=True, slots=True)
class Observation:
    """A whole number for each row of population `of` that is in none of `without`, as a list."""

    name: str
    of: str
    without: tuple[str, ...]
    value: Node


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `rows` is the set (or table) whose rows are counted, `row` their binding in the conditions.

    `sets` are in an order in which each comes after those that it uses; `tables` says which columns are read.
    """

    id: str
    title: str
    period: tuple[date, date]
    zone: str
    rows: str
    row: str
    sets: dict[str, RowSet]
    populations: tuple[Population, ...]
    observations: tuple[Observation, ...]
    file: Path


@dataclass(slots=True)
class Measures:
    """Everything that a folder defines, and every problem found; a measure with problems is absent."""

    measures: dict[str, Measure] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
