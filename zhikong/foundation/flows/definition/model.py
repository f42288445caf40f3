"""A flow as data: states, transitions, owners, deadlines. Built by reading.py from checked text, never by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

ANY = "*"
CASE = "case"
SHIFT_ENDS = ("08:00", "16:00", "24:00")
"""Ends of the night, morning and evening shift; a flow may name its hospital's own (shift_ends)."""


class Kind(StrEnum):
    """Which way a transition goes: on, back to an earlier hand, or out of the flow at the opener's wish."""

    FORWARD = "forward"
    RETURN = "return"
    WITHDRAW = "withdraw"


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    SHIFTS = "shifts"


UNIT_NAMES = {Unit.HOURS: "小时", Unit.DAYS: "天", Unit.WORKING_DAYS: "个工作日", Unit.SHIFTS: "个班次"}


@dataclass(frozen=True, slots=True)
class Duration:
    """So many elapsed hours, calendar days, working days, or ends of shifts."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {UNIT_NAMES[self.unit]}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose turn it is: a role (of the hospital, or of the case's department), who opened, or who acted last."""

    role: str = ""
    department: str = ""  # 'case': the role in the case's own department
    opener: bool = False
    actor: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a state must be left. Either `span` counted from `start`, or `days` before the date `item`.

    start: 'entered', 'opened', or an item of a form that holds a date. says: the rule in words, with its source.
    """

    span: Duration | None = None
    start: str = "entered"
    item: str = ""
    days: int = 0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the escalation ladder: so long after the deadline, to whom."""

    after: Duration
    to: Owner


@dataclass(frozen=True, slots=True)
class State:
    id: str
    title: str
    owner: Owner | None = None
    deadline: Deadline | None = None
    warn: Duration | None = None
    escalate: tuple[Rung, ...] = ()
    timeout: str = ""  # the transition that the sweep takes at the deadline
    end: bool = False
    helps: str = ""  # one sentence for the owner: what to do here
    quiet: bool = False  # nobody has anything to do until the deadline moves the case on: no task, no notice


@dataclass(frozen=True, slots=True)
class Transition:
    """A step that somebody may take. `to` one state, or `parallel` several at once that meet again in `join`."""

    id: str
    title: str
    sources: tuple[str, ...]
    to: str = ""
    parallel: tuple[str, ...] = ()
    join: str = ""
    roles: tuple[str, ...] = ()
    owner: bool = False
    guard: str = ""
    guard_says: str = ""
    form: str = ""
    needs_reason: bool = False
    kind: Kind = Kind.FORWARD

    @property
    def targets(self) -> tuple[str, ...]:
        return self.parallel or ((self.to,) if self.to else ())


@dataclass(frozen=True)
class FlowDefinition:
    """One version of one flow. The first state is where a case begins."""

    id: str
    version: int
    title: str
    purpose: str
    source: str
    owner: str
    checker: str
    next_review: str
    number: str
    opens_roles: tuple[str, ...]
    opens_form: str
    confidential: bool
    demands_deadlines: bool
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    readers: tuple[str, ...] = ()
    shift_ends: tuple[str, ...] = SHIFT_ENDS
    titles: dict[str, str] = field(default_factory=dict, compare=False)  # language → title

    @cached_property
    def by_state(self) -> dict[str, State]:
        return {state.id: state for state in self.states}

    @cached_property
    def by_transition(self) -> dict[str, Transition]:
        return {transition.id: transition for transition in self.transitions}

    @property
    def start(self) -> State:
        return self.states[0]

    def leaving(self, state_id: str) -> list[Transition]:
        """Transitions out of a state; `*` means out of every state that is no end."""
        if self.by_state[state_id].end:
            return []
        return [t for t in self.transitions if state_id in t.sources or ANY in t.sources]

    def form_ids(self) -> tuple[str, ...]:
        """The opening form and the forms of the transitions, each once, in this order."""
        forms = [self.opens_form, *(t.form for t in self.transitions)]
        return tuple(dict.fromkeys(form for form in forms if form))

    def region(self, start: str, join: str) -> frozenset[str]:
        """The states that a parallel branch may pass through: forward from its first, up to the join or an end."""
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here == join or here in seen or here not in self.by_state or self.by_state[here].end:
                continue
            seen.add(here)
            forward = (t for t in self.transitions if here in t.sources and t.kind is Kind.FORWARD)
            waiting += [target for t in forward for target in t.targets]
        return frozenset(seen)

    def demands_deadline(self, state: State) -> bool:
        """True when a case that stands in the state must have a due date."""
        wants = bool(state.warn or state.escalate or state.timeout or state.deadline)
        return not state.end and (self.demands_deadlines or wants)
