"""Periods of states over all encounters, and time that stands still in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array, first, key
from zhikong.engine.record_rules.clock.vector.lanes import Found


@dataclass(frozen=True, slots=True)
class Periods:
    """Merged periods by encounter and time, the end not included, with the row that began each; doubtful: for each
    encounter whether some row might be one but it cannot be said, or when."""

    encounter: Array
    start: Array
    end: Array
    table: Array
    row: Array
    doubtful: Array

    def lasting(self) -> Periods:
        """Those that last at all."""
        chosen = np.flatnonzero(self.start < self.end)
        if len(chosen) == len(self.start):
            return self
        return Periods(
            self.encounter[chosen], self.start[chosen], self.end[chosen], self.table[chosen], self.row[chosen],
            self.doubtful,
        )  # fmt: skip

    def holds(self, encounter: Array, at: Array) -> Array:
        """Whether a period is known to cover the minute."""
        place = np.searchsorted(key(self.encounter, self.start), key(encounter, at), "right") - 1
        safe = np.maximum(place, 0)
        if not len(self.start):
            return np.zeros(len(at), np.bool_)
        return (place >= 0) & (self.encounter[safe] == encounter) & (at < self.end[safe])

    def overlapping(self, encounter: Array, start: Array, end: Array) -> tuple[Array, Array]:
        """The range of periods that end after `start` and begin before `end`. Of lasting periods only."""
        low = np.searchsorted(key(self.encounter, self.end), key(encounter, start), "right")
        high = np.searchsorted(key(self.encounter, self.start), key(encounter, end), "left")
        return low, np.maximum(low, high)


def merged(found: Found, last: Array) -> Periods:
    """The periods of what a selection names; last: for each encounter until when one without an end lasts."""
    lane = found.sure
    end = np.maximum(np.where(lane.until == NEVER, last[lane.encounter], lane.until), lane.at)
    doubtful = np.zeros(len(last), np.bool_)
    for other in (found.maybe, found.untimed, found.untimed_maybe):
        doubtful[other.encounter] = True
    reached = np.maximum.accumulate(key(lane.encounter, end)) if len(lane) else end
    begins = np.ones(len(lane), np.bool_)
    begins[1:] = key(lane.encounter, lane.at)[1:] > reached[:-1]
    places = np.flatnonzero(begins)
    ends = np.maximum.reduceat(end, places) if len(places) else end
    return Periods(
        lane.encounter[places], lane.at[places], ends, lane.table[places], lane.row[places], doubtful
    )


def due_after(periods: Periods, encounter: Array, since: Array, minutes: int) -> Array:
    """The first minute at which so much time has run since `since`, without the periods (lasting ones only)."""
    if not len(periods.start):
        return since + minutes
    before = np.concatenate(([0], np.cumsum(periods.end - periods.start)))
    starts = key(periods.encounter, periods.start)
    base = before[np.searchsorted(starts, first(periods.encounter), "left")]
    running = periods.start - (
        before[:-1] - base
    )  # where each period begins on a clock that stands still in them
    low = np.searchsorted(starts, first(encounter), "left")
    begun = np.searchsorted(starts, key(encounter, since), "left")
    over = np.maximum(periods.end[np.maximum(begun - 1, 0)] - since, 0)
    stood = before[begun] - before[low] - np.where(begun > low, over, 0)
    target = since - stood + minutes
    passed = np.searchsorted(key(periods.encounter, running), key(encounter, target), "left")
    return np.maximum(target + before[passed] - before[low], since)
