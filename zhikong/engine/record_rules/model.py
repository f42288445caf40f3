"""What a record rule is after loading, and what judging with it gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from pathlib import Path

import pyarrow as pa

from zhikong.engine.definitions.model import Origin, Status
from zhikong.engine.definitions.nodes import Node, Ref
from zhikong.engine.results import Reason


class Verdict(IntEnum):
    """The five verdicts. What is unknown is never a pass, and a rule that crashed is never one either."""

    NOT_APPLICABLE = 0
    PASS = 1
    FAIL = 2
    NOT_ASSESSABLE = 3
    ERROR = 4

    @property
    def word(self) -> str:
        """The verdict as packs and programs write it."""
        return self.name.lower()


VERDICT_TITLES = {
    Verdict.NOT_APPLICABLE: "不适用",
    Verdict.PASS: "通过",
    Verdict.FAIL: "不通过",
    Verdict.NOT_ASSESSABLE: "无法评估",
    Verdict.ERROR: "规则出错",
}


class RuleKind(StrEnum):
    """How a rule judges: one record at a time, by the clock, by what a document must hold, by what its text says."""

    ROW = "row"
    CLOCK = "clock"
    COMPLETE = "complete"
    TEXT = "text"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Stage(StrEnum):
    """Where in a patient's way a rule stands."""

    OUTPATIENT = "outpatient"
    EMERGENCY = "emergency"
    WARD = "ward"
    SURGERY = "surgery"
    DISCHARGE = "discharge"
    FOLLOW_UP = "follow_up"


class Aspect(StrEnum):
    """Which virtue of a record a rule asks for."""

    TIMELY = "timely"
    ACCURATE = "accurate"
    TRUE = "true"
    COMPLETE = "complete"
    STANDARD = "standard"
    EFFECTIVE = "effective"


class Role(StrEnum):
    """Whose obligation it is that the rule holds."""

    RESIDENT = "resident"
    ATTENDING = "attending"
    AUTHOR = "author"
    OPERATOR = "operator"
    ANAESTHETIST = "anaesthetist"
    NURSE = "nurse"
    CONSULTANT = "consultant"
    CODER = "coder"


@dataclass(frozen=True, slots=True)
class Valid:
    """From which day to which (both included) a rule holds; what it asks about must begin in that time."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every record rule says of itself, whatever its kind.

    rows: numbers in registers of requirements. valid: by the date of what starts the clock, else of admission. active:
    false for a rule that ships switched off, such as one whose limit the hospital sets. presets: the sets of rules that
    it belongs to; without any it belongs to all. replaces: the rule that rests while this one is active. points: what
    a failure takes from 100. message: what is told to the person who repairs it. `hash` covers what decides the verdict
    and the points, not title or prose.
    """

    id: str
    version: int
    status: Status
    hash: str
    kind: RuleKind
    title: str
    why: str
    source: Origin
    owner: str
    checker: str
    next_review: date
    severity: Severity
    points: Decimal
    message: str
    notes: str = ""
    applies_text: str = ""
    rows: tuple[str, ...] = ()
    valid: Valid = Valid()
    active: bool = True
    stage: Stage | None = None
    aspect: Aspect | None = None
    systems: tuple[str, ...] = ()
    responsible: Role | None = None
    presets: tuple[str, ...] = ()
    replaces: str = ""
    file: Path = field(default_factory=Path)

    @property
    def tenths(self) -> int:
        """The points in tenths: scores are added as whole numbers."""
        return int(self.points * 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule(Head):
    """One rule over one record: a stay, its front page and its child rows.

    applies: to which records; None means all. needs: columns without which a record cannot be assessed.
    delivered: columns that must hold at least one value in the institution's month, else they count as never
    delivered. passes: what must hold.
    """

    applies: Node | None
    needs: tuple[Ref, ...]
    delivered: tuple[tuple[str, str], ...]
    passes: Node
    passes_text: str = ""

    def expressions(self) -> Iterator[Node]:
        """Everything that decides the verdict."""
        if self.applies is not None:
            yield self.applies
        yield from self.needs
        yield self.passes


COUNT_SCHEMA = pa.schema(
    [
        ("rule", pa.string()),
        ("institution", pa.string()),
        ("department", pa.string()),
        ("day", pa.date32()),
        *((verdict.word, pa.int64()) for verdict in Verdict),
    ]
)
SCORE_SCHEMA = pa.schema(
    [
        ("stay_id", pa.string()),
        ("institution", pa.string()),
        ("department", pa.string()),
        ("day", pa.date32()),
        ("score", pa.float64()),
        *((verdict.word, pa.int64()) for verdict in Verdict),
    ]
)
FAILURE_SCHEMA = pa.schema(
    [
        ("rule", pa.string()),
        ("stay_id", pa.string()),
        ("institution", pa.string()),
        ("department", pa.string()),
        ("day", pa.date32()),
        ("verdict", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging many records gives, as small Arrow tables in a stable order.

    counts: per rule, institution, department (of discharge) and day of discharge, how many records got each verdict.
    scores: per record 100 less the points of the rules it failed, never below 0, and how many rules gave which verdict.
    failures: one row for each record that failed a rule, or for which it could not be said because the rule crashed.
    unmet: rule id -> why no record can be assessed by it, such as a table that was never delivered.
    """

    counts: pa.Table
    scores: pa.Table
    failures: pa.Table
    unmet: dict[str, Reason] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
