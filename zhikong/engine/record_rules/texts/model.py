"""What a rule about the content of records is after loading, and what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.definitions.nodes import Node
from zhikong.engine.record_rules.model import Head, Severity, Verdict
from zhikong.engine.record_rules.texts.charts import VISITS, Chart, Document, Piece

WHICH = ("every", "first", "last", "any")
ABSENT = {
    "not_applicable": Verdict.NOT_APPLICABLE,
    "fail": Verdict.FAIL,
    "not_assessable": Verdict.NOT_ASSESSABLE,
}


class Unknown(Exception):
    """What is needed to judge is not there; the message says what, in Chinese."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that a check objects to. `start` and `end` (excluded) are characters of the section's text; a thing
    that is missing has no place. `subject` is the row it concerns, as table:key."""

    reason: str
    document: Document | None = None
    section: str | None = None
    start: int | None = None
    end: int | None = None
    subject: str | None = None


def hit(piece: Piece, start: int, end: int, reason: str) -> Hit:
    """A place within a piece of text."""
    return Hit(reason, piece.document, piece.section, piece.start + start, piece.start + end)


@dataclass(slots=True)
class Looked:
    """What a check saw: how many things there were to look at, and the places it objects to."""

    seen: int = 0
    hits: list[Hit] = field(default_factory=list)

    def add(self, *hits: Hit, seen: int = 1) -> None:
        self.seen += seen
        self.hits += hits


class Check(Protocol):
    """A way to look at a chart. `tables`: what it reads besides documents and their sections."""

    @property
    def tables(self) -> Mapping[str, frozenset[str]]: ...

    @property
    def asks_of_rows(self) -> bool: ...

    @property
    def reads_documents(self) -> bool: ...

    @property
    def reads_words(self) -> bool: ...

    @property
    def compares_charts(self) -> bool: ...

    def prepare(self, selection: Selection, charts: Iterable[Chart]) -> Any:
        """What the check must know of all charts together, when it compares charts."""

    def look(self, chart: Chart, documents: Sequence[Document], known: Any) -> Looked:
        """Judges one chart. Raises Unknown when what it needs is not there."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents a rule looks at. `types` are codes of WS/T 500; none for a visit's record."""

    types: tuple[str, ...] = ()
    where: Node | None = None
    where_text: str = ""
    which: str = "every"
    absent: Verdict = Verdict.NOT_APPLICABLE
    rows: str = ""
    """A child table whose rows are looked at instead of documents."""

    def documents(self, chart: Chart) -> list[Document]:
        """The documents of a chart that the rule looks at, in order of writing."""
        if chart.table == VISITS:
            return chart.documents
        if self.rows:
            found = [Document(row) for row in chart.children.get(self.rows, ())]
        else:
            found = chart.of_types(self.types) if self.types else chart.documents
        if self.where is not None:
            found = [one for one in found if evaluate(self.where, Env(one.row, stay=chart.row)) is True]
        if self.which in ("first", "last"):
            return found[:1] if self.which == "first" else found[-1:]
        return list(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRule(Head):
    """A rule about what a record says. table: stays, or visit_records where each visit is an encounter. applies: to
    which encounters; None means all."""

    table: str
    selection: Selection
    check: Check
    applies: Node | None = None

    def expressions(self) -> Iterator[Node]:
        """Conditions on the encounter that decide whether the rule applies."""
        if self.applies is not None:
            yield self.applies

    def holds_on(self, chart: Chart) -> bool:
        """Whether the chart began while the rule is valid."""
        began = chart.row.get("admitted_at") or chart.row.get("registered_at")
        if began is None:
            return True
        start, end = self.valid.start, self.valid.end
        return (start is None or start <= began.date()) and (end is None or began.date() <= end)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that a rule objects to, as a page shows it. Times are local wall time."""

    rule: str
    version: int
    verdict: Verdict
    reason: str
    document: str | None
    section: str | None
    start: int | None
    end: int | None
    said: str
    severity: Severity
    points: Decimal
    at: datetime | None = None
    subject: str | None = None
