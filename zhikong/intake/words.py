"""The larger words of the mapping vocabulary (README.md): what each of them says, as plain values."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass


@dataclass(frozen=True)
class Pick:
    """A column of another source: the first or last of the same stay by a time, or that of the `same` key."""

    which: str  # first | last | same
    source: str
    take: str
    by: str
    where: MappingType[str, tuple[str, ...]]
    key: str | None = None  # our column that holds the `same` key, where it is not named as theirs


@dataclass(frozen=True)
class Within:
    """Rows that do not name their stay belong to the stay of their patient during which `at` lies.

    elsewhere: a source whose rows are no stays (visits); rows that name one of those belong to no stay.
    """

    source: str
    at: str
    start: str
    end: str
    elsewhere: str | None = None


@dataclass(frozen=True)
class Unfold:
    """Repeated column groups become rows: one row per repetition whose `present` field is filled."""

    take: MappingType[str, str]  # field -> column, with {n} for the repetition
    constants: MappingType[str, str]
    times: tuple[int, int]  # first and last repetition
    start: int  # the `seq` of the first repetition


@dataclass(frozen=True)
class Join:
    """At most one row of a companion file for each row: same stay (unless told), equal further columns (theirs -> ours)."""

    source: str
    on: MappingType[str, str]
    stay: bool = True


@dataclass(frozen=True)
class Steps:
    """A cell that lists places one after the other becomes one row a step: `before`, `after`, `seq`."""

    of: str
    start: str
    by: str
