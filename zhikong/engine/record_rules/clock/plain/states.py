"""Periods of a state in one encounter, and time that stands still in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhikong.engine.record_rules.clock.duty import Row
from zhikong.engine.record_rules.clock.model import Selection
from zhikong.engine.record_rules.clock.plain.world import Encounter


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, the end not included; `row` is what began it."""

    start: int
    end: int
    row: Row
    about: str | None


@dataclass(frozen=True, slots=True)
class States:
    """Merged periods of one or more states; `doubtful` when some row might be one but it cannot be said, or when."""

    periods: tuple[Period, ...]
    doubtful: bool

    @property
    def lasting(self) -> tuple[Period, ...]:
        """Those that last at all."""
        return tuple(p for p in self.periods if p.start < p.end)

    def holds(self, at: int) -> bool:
        """Whether a period is known to cover the minute."""
        return any(p.start <= at < p.end for p in self.periods)


def states(encounter: Encounter, selection: Selection) -> States:
    """The periods of the selection that began by now. Without an end they last to discharge, or beyond now."""
    found: list[Period] = []
    doubtful = False
    last = encounter.now + 1 if encounter.discharged is None else encounter.discharged
    for one in encounter.happenings(selection):
        if not one.happened or (one.at is not None and one.at > encounter.now):
            continue
        if one.at is None or not one.sure:
            doubtful = True
            continue
        end = max(last if one.until is None else one.until, one.at)
        if found and one.at <= found[-1].end:
            before = found.pop()
            found.append(Period(before.start, max(before.end, end), before.row, before.about))
        else:
            found.append(Period(one.at, end, one.row, one.about))
    return States(tuple(found), doubtful)


def due_after(since: int, minutes: int, stopped: Sequence[Period]) -> int:
    """The first minute at which so much time has run since `since`, without the periods in which it stands still."""
    left, at = minutes, since
    for period in stopped:
        if period.end <= at:
            continue
        run = max(0, period.start - at)
        if left <= run:
            break
        left -= run
        at = max(at, period.end)
    return at + left


def inside(start: int, end: int, periods: Sequence[Period]) -> list[tuple[int, int]]:
    """The parts of start … end that lie in the periods."""
    found = [(max(start, p.start), min(end, p.end)) for p in periods]
    return [(a, b) for a, b in found if a < b]


def outside(start: int, end: int, periods: Sequence[Period]) -> list[tuple[int, int]]:
    """The parts of start … end that lie in none of the periods."""
    found: list[tuple[int, int]] = []
    at = start
    for period in periods:
        if period.start < end and period.end > at:
            if period.start > at:
                found.append((at, period.start))
            at = max(at, period.end)
    if at < end:
        found.append((at, end))
    return found
