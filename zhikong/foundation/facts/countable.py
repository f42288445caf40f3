"""What can be counted: whoever keeps rows offers them here, and the quality tools draw from all of them alike.

Functions never import each other. The function that keeps defects or figures registers a source in its ``ready()``;
the function that draws a Pareto chart asks here and knows neither. A source answers within the scope in force and
takes out what the reader may not see (small cells), as its own pages do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

MOST = 20_000
"""Rows of one answer; with more the source says so and the reader narrows the period."""


@dataclass(frozen=True)
class Dimension:
    """By what rows may be grouped. ordered: its values are in an order of their own, not by size.

    values: that order; empty is the order of their writing, as months have it.
    """

    id: str
    title: str
    ordered: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measure:
    """A number on each row. ratio: the share of two numbers on the row (numerator and denominator), never added up.

    multiply: 100 for per cent. decreasing: less is better, None when nobody said.
    """

    id: str
    title: str
    unit: str = ""
    ratio: bool = False
    multiply: float = 1
    decreasing: bool | None = None

    @property
    def titled(self) -> str:
        """The name with its unit."""
        return f"{self.title}（{self.unit}）" if self.unit else self.title


@dataclass(frozen=True)
class Row:
    """One row, or ``count`` equal ones. values: by dimension, in words; numbers: by measure, (top, bottom) for a ratio.

    at: the day (of a month its first) for the order of time. name, url: what it is called and where it may be seen.
    """

    values: Mapping[str, str]
    numbers: Mapping[str, float | tuple[float, float] | None] = field(default_factory=dict)
    count: int = 1
    at: date | None = None
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which rows: of which thing of the source, from which month to which (both count), of which departments.

    departments: ids; empty means all in scope. split: dimensions that will be grouped by: where rows are sums (a
    hospital's figure is not that of its departments) they say which sums. data_version: to see again what was then.
    """

    first: str
    last: str
    key: str = ""
    departments: tuple[int, ...] = ()
    split: tuple[str, ...] = ()
    data_version: str = ""

    @property
    def months(self) -> list[str]:
        """Every month from the first to the last."""
        found, month = [], self.first
        while month <= self.last:
            found.append(month)
            year, number = int(month[:4]), int(month[5:])
            month = f"{year + number // 12:04d}-{number % 12 + 1:02d}"
        return found


@dataclass(frozen=True)
class Answer:
    """Rows with where they come from. definition: of what they were counted by, with its version. more: not all came."""

    rows: Sequence[Row]
    title: str
    definition: str = ""
    data_version: str = ""
    hidden: str = ""  # the sentence that says what was taken out
    more: bool = False

    @property
    def hash(self) -> str:
        """Changes when one of the rows does, in whatever order they came."""
        lines = sorted(
            json.dumps([dict(r.values), dict(r.numbers), r.count, str(r.at or ""), r.name], sort_keys=True, default=str)
            for r in self.rows
        )  # fmt: skip
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Shape:
    """What a thing of a source offers to be counted."""

    dimensions: Sequence[Dimension]
    measures: Sequence[Measure] = ()
    counted: str = "条"  # what one row is, as a measure word
    counted_title: str = "数量"


@dataclass(frozen=True)
class Source:
    """Something that can be counted.

    may: whether a user may count it at all. things: (key, title) of what there is to choose from, empty when the
    source is one thing. shape: of one of the things. rows: those wanted, within the scope in force; raises LookupError
    for an unknown key.
    """

    id: str
    title: str
    note: str
    may: Callable[[object], bool]
    shape: Callable[[str], Shape]
    rows: Callable[[Wanted], Answer]
    things: Callable[[object], Iterable[tuple[str, str]]] | None = None
    order: int = 100


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer rows to be counted; the same id once more takes the former's place."""
    _sources[source.id] = source


def unregister(source_id: str) -> None:
    _sources.pop(source_id, None)


def sources(user) -> list[Source]:
    """What this person may count, in the order that the sources ask for."""
    return sorted((one for one in _sources.values() if one.may(user)), key=lambda one: (one.order, one.id))


def source(source_id: str) -> Source | None:
    """A source by its id, whoever asks; None when nobody keeps it."""
    return _sources.get(source_id)
