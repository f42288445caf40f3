"""What is counted about the data, and from when on it is an issue, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhikong.engine.definitions.model import Origin
from zhikong.engine.definitions.nodes import Node

Field = tuple[str, str]
"""Table and column; an empty column means the row as a whole."""


class Kind(StrEnum):
    """What can be wrong with a value or a row. ROWS and EXPECTED are what the counts are a part of."""

    ROWS = "rows"
    EXPECTED = "expected"  # rows in which the field ought to have a value, where that is not every row
    MISSING = "missing"
    UNMAPPED = "unmapped"  # a code that is in no list
    IMPLAUSIBLE = "implausible"
    LATE = "late"
    DUPLICATED = "duplicated"
    SET_ASIDE = "set_aside"  # never got in: quarantined by intake; known for the hospital only
    SILENT = "silent"  # days without any value where there always were some


COUNTED = (Kind.MISSING, Kind.UNMAPPED, Kind.IMPLAUSIBLE, Kind.LATE, Kind.DUPLICATED)
FAULTS = (*COUNTED, Kind.SET_ASIDE, Kind.SILENT)


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that makes a row's field implausible or late, and why; true counts, unknown does not."""

    field: Field
    kind: Kind
    condition: Node
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A field that ought to be filled: in every row, or where `condition` is true."""

    field: Field
    condition: Node | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """Fields whose codes must be in a list of the hospital (`known`), or of a certain form (`pattern`)."""

    fields: tuple[Field, ...]
    known: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows of a table are the same when all columns but `apart_from` are, and `needs` are known."""

    table: str
    apart_from: tuple[str, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """More than this share (per cent) and at least so many rows make an issue."""

    percent: float
    rows: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on counts are an issue. jump: percentage points above the median of the months before."""

    limits: Mapping[Kind, Limit]
    jump_points: float
    jump_rows: int
    jump_months: int
    silent_days: int
    silent_usual: int
    hospital_wide: float
    severe: float


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One pack file of data-quality rules. `fingerprint` changes when anything that decides a count does."""

    id: str
    version: int
    name: str
    source: Origin
    owner: str
    checker: str
    next_review: date
    window_months: int
    thresholds: Thresholds
    expected: Mapping[Field, Expected] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    codings: tuple[Coding, ...] = ()
    repeats: Mapping[str, Repeats] = field(default_factory=dict)
    arrival_day: int = 10
    stay_before_days: int = 7
    stay_after_days: int = 30
    outside_except: frozenset[Field] = frozenset()
    fingerprint: str = ""
