"""What a clock rule is after loading: when A happens, B must follow within T, precede it, recur, exist, or never be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.nodes import Node, Ref
from zhikong.engine.record_rules.clock.limits import Limit
from zhikong.engine.record_rules.events.model import NoTime
from zhikong.engine.record_rules.model import Head


class Demand(StrEnum):
    """What a rule asks of the response."""

    WITHIN = "within"
    BEFORE = "before"
    EVERY = "every"
    REQUIRED = "required"
    NEVER = "never"


LIMITED = frozenset({Demand.WITHIN, Demand.BEFORE, Demand.EVERY})


class Pick(StrEnum):
    """Which of several anchors start the clock."""

    EACH = "each"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table: those that fulfil the condition, at the first known of the times."""

    table: str
    condition: Node | None
    at: tuple[Ref, ...]
    until: Ref | None = None
    no_time: NoTime = NoTime.UNKNOWN
    by: Ref | None = None

    @property
    def key(self) -> str:
        """Equal for parts that mean the same rows at the same times."""
        condition = "" if self.condition is None else canonical.text(self.condition)
        times = ",".join(canonical.text(ref) for ref in self.at)
        until = "" if self.until is None else canonical.text(self.until)
        return f"{self.table}|{condition}|{times}|{until}|{self.no_time}"

    def expressions(self) -> Iterator[Node]:
        """Everything that is read of the row."""
        if self.condition is not None:
            yield self.condition
        yield from self.at
        if self.until is not None:
            yield self.until


@dataclass(frozen=True, slots=True)
class Selection:
    """One or more parts, named together. same_about: only rows about what the anchor is about.

    anywhere: for what excuses, at any time of the stay instead of between the anchor and what is due.
    """

    parts: tuple[Part, ...]
    title: str
    same_about: bool = False
    anywhere: bool = False

    @property
    def key(self) -> str:
        """Equal for selections of the same rows."""
        return "&".join(part.key for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule(Head):
    """One rule by the clock. `when` are events, or (of_state) the periods of a state, whose beginnings are the anchors.

    during, not_during: states of which one, or none, must hold. until: what ends a recurrence or a prohibition;
    for_limit: how long it lasts at most. not_before, warn: minutes. limit: None for a demand that has none, or when the
    hospital must set it.
    """

    applies: Node | None
    when: Selection
    of_state: bool
    pick: Pick
    then: Selection
    during: Selection | None
    not_during: Selection | None
    unless: tuple[Selection, ...]
    demand: Demand
    limit: Limit | None
    until: Selection | None = None
    for_limit: Limit | None = None
    restart: Selection | None = None
    suspend: Selection | None = None
    not_before: int | None = None
    times: int = 1
    warn: int | None = None

    @property
    def needs_limit(self) -> bool:
        """It cannot judge before the hospital sets a limit."""
        return self.demand in LIMITED and self.limit is None

    def needed(self) -> Iterator[Selection]:
        """What it must be able to look for; without the excuses it still judges what was done in time."""
        optional = (self.during, self.not_during, self.until, self.restart, self.suspend)
        yield from (self.when, self.then)
        yield from (one for one in optional if one is not None)

    def selections(self) -> Iterator[Selection]:
        """Everything that it looks for."""
        yield from self.needed()
        yield from self.unless

    @property
    def same_about(self) -> bool:
        """Whether the response belongs to one anchor by what it is about."""
        return self.then.same_about

    def expressions(self) -> Iterator[Node]:
        """Everything that decides the verdict."""
        if self.applies is not None:
            yield self.applies
        for selection in self.selections():
            for part in selection.parts:
                yield from part.expressions()
