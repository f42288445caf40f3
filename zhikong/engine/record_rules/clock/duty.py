"""One thing due in one encounter, and why it stands as it does: what every evaluator says and the wording reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from zhikong.engine.record_rules.model import Verdict
from zhikong.engine.record_rules.verdicts import State


class Why(IntEnum):
    """How an obligation stands, told in one word."""

    DONE = 0
    LATE = 1
    MISSING = 2
    UNSIGNED = 3
    PENDING = 4
    EXCUSED = 5
    ENDED = 6
    HAPPENED = 7
    NEVER = 8
    ANCHOR_TIME = 9
    RESPONSE_TIME = 10
    CONDITION = 11
    ABOUT = 12
    SHIFT = 13
    UNLESS = 14
    ANCHOR = 15
    STATES = 16


FAILS = frozenset({Why.LATE, Why.MISSING, Why.UNSIGNED, Why.HAPPENED})
PASSES = frozenset({Why.DONE, Why.NEVER})
OPEN = frozenset({Why.PENDING, Why.EXCUSED, Why.ENDED})


def verdict_of(why: Why) -> Verdict:
    """The verdict on one obligation."""
    if why in FAILS:
        return Verdict.FAIL
    if why in PASSES:
        return Verdict.PASS
    return Verdict.NOT_APPLICABLE if why in OPEN else Verdict.NOT_ASSESSABLE


def state_of(why: Why, warn: int | None, now: int) -> State:
    """Where the obligation stands at `now`."""
    match why:
        case Why.DONE | Why.NEVER:
            return State.DONE
        case Why.LATE | Why.HAPPENED:
            return State.LATE
        case Why.MISSING | Why.UNSIGNED:
            return State.OVERDUE
        case Why.PENDING:
            return State.WARNING if warn is not None and now >= warn else State.PENDING
        case Why.EXCUSED | Why.ENDED:
            return State.EXCUSED
        case _:
            return State.UNKNOWN


_RANKS = {Verdict.FAIL: 0, Verdict.NOT_ASSESSABLE: 1, Verdict.PASS: 2, Verdict.NOT_APPLICABLE: 4}


def rank(why: Why) -> int:
    """The obligation with the least decides the verdict on the encounter; what is to be done comes before excuses."""
    return 3 if why is Why.PENDING else _RANKS[verdict_of(why)]


@dataclass(frozen=True, slots=True)
class Row:
    """Where something is written: the place of its table among those of the selection, and the row's number there."""

    table: str
    number: int


@dataclass(frozen=True, slots=True)
class Duty:
    """anchor: the row that started the clock, at `since`. Times are minutes; None where there is none or it is unknown.

    linked: the clock was started by the response before. stopped: minutes for which it stood still.
    """

    why: Why
    anchor: Row
    since: int | None
    due: int | None = None
    warn: int | None = None
    at: int | None = None
    subject: Row | None = None
    linked: bool = False
    stopped: int = 0
