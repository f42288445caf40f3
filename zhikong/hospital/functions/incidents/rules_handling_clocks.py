"""Which clocks run for a case, until when, and how they stand. Pure: the moment and the calendar are parameters.

Sources: EVT-02…04, X-22. Hours run from the moment itself and do not stop on holidays; days begin on the next day and
end with their last day at midnight of the institution's wall time (民法典 第201条、第203条, memory).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

AddWorkingDays = Callable[[date, int], date]
"""(a day, n) → the n-th working day after it."""


@dataclass(frozen=True)
class Limit:
    """How long: one unit and a number of it. units: minutes, hours, days, working_days."""

    unit: str
    number: int

    def until(self, start: datetime, zone: ZoneInfo, working: AddWorkingDays) -> datetime:
        """The last moment that is still in time, to the second, in the institution's zone."""
        local = start.astimezone(zone).replace(microsecond=0)
        if self.unit in ("minutes", "hours"):
            # elapsed time, also across a change of the clocks
            gone = timedelta(**{self.unit: self.number})
            return (local.astimezone(UTC) + gone).astimezone(zone)
        day = (
            working(local.date(), self.number)
            if self.unit == "working_days"
            else local.date() + timedelta(days=self.number)
        )
        return datetime.combine(day, time(23, 59, 59), zone)


@dataclass(frozen=True)
class Clock:
    """One limit. starts: the moment it counts from; done: the act that stops it; who: an office, office or department."""

    id: str
    title: str
    disputes: tuple[str, ...]
    categories: tuple[str, ...]
    levels: tuple[str, ...]
    harms: tuple[str, ...]
    starts: str
    limit: Limit
    internal: Limit | None
    statutory: bool
    to: str
    who: str
    done: str
    clause: str
    mark: str

    def applies(self, facts: Facts) -> bool:
        """Whether all conditions hold; an empty condition always does."""
        return (
            _among(facts.dispute, self.disputes)
            and _among(facts.category, self.categories)
            and _among(facts.level or "unknown", self.levels)
            and _among(facts.harm, self.harms)
        )


@dataclass(frozen=True)
class Facts:
    """What decides which clocks run. moments: known, reported, accepted, classified, asked, answered, … → when."""

    dispute: str = ""
    category: str = ""
    level: str = ""
    harm: str = ""
    moments: Mapping[str, datetime] | None = None

    def at(self, name: str) -> datetime | None:
        return (self.moments or {}).get(name)


class State(StrEnum):
    """How a clock stands; the last two are of clocks that were stopped."""

    RUNNING = "running"
    SOON = "soon"  # the earlier, internal limit has passed
    LATE = "late"
    KEPT = "kept"
    MISSED = "missed"


@dataclass(frozen=True)
class Running:
    """A clock of one case. until: the last moment in time; internal: the earlier one of the hospital, or None."""

    clock: Clock
    start: datetime
    until: datetime
    internal: datetime | None
    stopped: datetime | None

    def state(self, now: datetime) -> State:
        """At the very last moment it is still in time; a second later it is late."""
        if self.stopped is not None:
            return State.MISSED if past(self.until, self.stopped) else State.KEPT
        if past(self.until, now):
            return State.LATE
        return State.SOON if self.internal is not None and past(self.internal, now) else State.RUNNING

    def left(self, now: datetime) -> timedelta:
        """Time that is left; negative when it is over. Whole seconds."""
        return self.until - now.replace(microsecond=0)


def past(until: datetime, moment: datetime) -> bool:
    """Whether a moment lies after a limit, to the second."""
    return moment.replace(microsecond=0) > until


def running(
    clocks: tuple[Clock, ...], facts: Facts, *, zone: ZoneInfo, working: AddWorkingDays
) -> list[Running]:
    """The clocks of a case whose start is known, soonest first. A clock without its start does not run yet."""
    found = []
    for clock in clocks:
        start = facts.at(clock.starts)
        if start is None or not clock.applies(facts):
            continue
        internal = clock.internal.until(start, zone, working) if clock.internal else None
        until = clock.limit.until(start, zone, working)
        # an internal limit is never later than the limit itself, whatever weekends lie between
        internal = min(internal, until) if internal else None
        found.append(Running(clock, start, until, internal, _stopped(clock, facts, start)))
    return sorted(found, key=lambda one: (one.until, one.clock.id))


def _stopped(clock: Clock, facts: Facts, start: datetime) -> datetime | None:
    name = f"submitted:{clock.id}" if clock.done == "submitted" else clock.done
    return facts.at(name)


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


@dataclass(frozen=True)
class Rung:
    """When to remind: minutes before the limit (negative) or after it. tell: roles, or who for the one who must act.

    at_least, at_most: only for limits of such a length, in minutes; 0: no bound.
    """

    offset: int
    tell: tuple[str, ...]
    at_least: int = 0
    at_most: int = 0


def rungs_due(ladder: tuple[Rung, ...], one: Running, now: datetime) -> list[int]:
    """Positions in the ladder whose moment has come for a clock that still runs."""
    if one.stopped is not None:
        return []
    length = int((one.until - one.start).total_seconds() // 60)
    return [
        index
        for index, rung in enumerate(ladder)
        if (not rung.at_least or length >= rung.at_least)
        and (not rung.at_most or length <= rung.at_most)
        and now >= one.until + timedelta(minutes=rung.offset)
    ]


@dataclass(frozen=True)
class Hop:
    """One step up of the report: who must know, how many minutes after the report."""

    code: str
    title: str
    starts: str
    minutes: int
    who: str

    def until(self, start: datetime) -> datetime:
        return start.replace(microsecond=0) + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Alert:
    """When the one-tap alert is offered, which roles get the notice, which numbers the page shows."""

    levels: tuple[str, ...]
    disputes: tuple[str, ...]
    roles: tuple[str, ...]
    phones: tuple[tuple[str, str], ...]

    def offered(self, level: str, dispute: str) -> bool:
        return level in self.levels or dispute in self.disputes


@dataclass(frozen=True)
class Clocks:
    """All limits of a hospital."""

    id: str
    version: int
    title: str
    document: str
    clocks: tuple[Clock, ...]
    hops: tuple[Hop, ...]
    ladder: tuple[Rung, ...]
    alert: Alert

    def clock(self, id: str) -> Clock | None:
        return next((one for one in self.clocks if one.id == id), None)
