"""What the running check decides: what is the same obligation, what became of it, how it reads, who may be interrupted.

Pure functions over values; times are aware moments unless said otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

PENDING, WARNING, OVERDUE = "pending", "warning", "overdue"
DONE, LATE, EXCUSED, UNKNOWN = "done", "late", "excused", "unknown"
OPEN_STATES = (PENDING, WARNING, OVERDUE)
CLOSED_STATES = (DONE, LATE, EXCUSED)
TONES = {
    PENDING: "none",
    WARNING: "warn",
    OVERDUE: "bad",
    DONE: "ok",
    LATE: "warn",
    EXCUSED: "none",
    UNKNOWN: "info",
}

INTERRUPTIONS = 3
"""How often a doctor may be interrupted in one shift, unless the hospital sets another number."""
SHIFT_STARTS = ("08:00", "17:30")
LEAST_JUDGED = 20
"""So many verdicts must have been judged by people before a rule's precision counts."""
LEAST_PRECISION = 50
"""Per cent; a rule below it may not interrupt (peers.md section 8: every alerting rule shows precision)."""
LONG_STAY = timedelta(days=30)
"""REC-19, 000-P2 L62: 住院 > 30 天."""


def key_of(*parts: object) -> str:
    """What names an obligation or a defect within its stay from check to check: 32 hex digits."""
    said = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def step_of(before: str | None, after: str) -> str:
    """The event to note when an obligation goes from one state to another; empty when there is nothing to tell.

    before: None when it is new. A thing that is new and done already is told once, with how it was done.
    """
    if before == after:
        return ""
    if after == WARNING:
        return "warned" if before in (None, PENDING) else "reopened"
    if after == OVERDUE:
        return "overdue"
    if after in (DONE, LATE):
        return after
    if after == EXCUSED:
        return "withdrawn"
    return "appeared" if before in (None, UNKNOWN) else "reopened"


def state_at(state: str, *, due_at: datetime | None, warn_at: datetime | None, now: datetime) -> str:
    """What an open obligation is at a moment, by its times alone: between two checks only time passes."""
    if state not in (PENDING, WARNING, OVERDUE) or due_at is None:
        return state
    minute = now.replace(
        second=0, microsecond=0
    )  # times count to the minute; the due minute itself is in time
    if minute > due_at:
        return OVERDUE
    return WARNING if warn_at is not None and minute >= warn_at else PENDING


def next_moment(times: Sequence[tuple[datetime | None, datetime | None]], now: datetime) -> datetime | None:
    """When the next of some (warn_at, due_at) changes something; None when nothing does by time alone.

    Times count to the minute and the due minute itself is in time, so the change comes a minute later.
    """
    ahead = [one for pair in times for one in pair if one is not None and one >= now]
    return min(ahead) + timedelta(minutes=1) if ahead else None


@dataclass(frozen=True)
class Countdown:
    """How long until due, or how long overdue, in whole minutes."""

    minutes: int

    @property
    def overdue(self) -> bool:
        return self.minutes < 0


def countdown(due_at: datetime | None, now: datetime) -> Countdown | None:
    """Minutes to the due time, negative afterwards; None without one. A part of a minute left counts as none."""
    if due_at is None:
        return None
    seconds = (due_at - now).total_seconds()
    return Countdown(int(seconds // 60))


def span_parts(minutes: int) -> tuple[int, int, int]:
    """Days, hours, minutes of a span; its sign is dropped."""
    days, rest = divmod(abs(minutes), 24 * 60)
    return days, rest // 60, rest % 60


# ---- shifts and interruptions -------------------------------------------------------------------------------------


def shift_of(local: datetime, starts: Sequence[str]) -> str:
    """The shift that a local time belongs to, by its day and start: `2026-11-22 08:00`.

    Before the first start of a day it is the last shift of the day before.
    """
    day, moment = local.date(), local.time()
    ordered = sorted(starts) or ["00:00"]
    begun = [start for start in ordered if time.fromisoformat(start) <= moment]
    if begun:
        return f"{day.isoformat()} {begun[-1]}"
    return f"{(day - timedelta(days=1)).isoformat()} {ordered[-1]}"


@dataclass(frozen=True)
class Precision:
    """How often people agreed with a rule. Exemptions are neither for nor against it."""

    upheld: int = 0
    refuted: int = 0
    exempted: int = 0

    @property
    def judged(self) -> int:
        return self.upheld + self.refuted

    @property
    def percent(self) -> Decimal | None:
        """Share upheld, one decimal; None when nobody judged."""
        if not self.judged:
            return None
        return (Decimal(100 * self.upheld) / self.judged).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def below(self, *, least: int, floor: int) -> bool:
        """Whether so many judgements were made and fewer than `floor` per cent of them upheld the rule."""
        return self.judged >= max(least, 1) and 100 * self.upheld < floor * self.judged


@dataclass(frozen=True)
class Policy:
    """The hospital's settings of the running check."""

    interruptions: int = INTERRUPTIONS
    shift_starts: tuple[str, ...] = SHIFT_STARTS
    least_judged: int = LEAST_JUDGED
    least_precision: int = LEAST_PRECISION


def may_interrupt(*, wants: bool, precision: Precision, policy: Policy, used: int) -> bool:
    """Whether a rule may interrupt a doctor now: it is set to, people agree with it, and the shift's budget is left."""
    if not wants or used >= policy.interruptions:
        return False
    return not precision.below(least=policy.least_judged, floor=policy.least_precision)


# ---- lights of the ward board ------------------------------------------------------------------------------------------

LIGHTS = ("bad", "warn", "info", "ok", "none")


def light(counts: Mapping[str, int], defects: int = 0) -> str:
    """The worst of a stay: bad overdue, warn due soon or a defect to mend, info cannot be judged, ok all done."""
    if counts.get(OVERDUE):
        return "bad"
    if counts.get(WARNING) or defects:
        return "warn"
    if counts.get(PENDING) or counts.get(DONE) or counts.get(LATE):
        return "ok"
    return "none"
