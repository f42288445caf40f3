"""Until when something is due, over many anchors."""

from __future__ import annotations

import numpy as np

from zhikong.engine.record_rules.clock.limits import Limit, Unit
from zhikong.engine.record_rules.clock.model import ClockRule, Demand
from zhikong.engine.record_rules.clock.moments import DAY
from zhikong.engine.record_rules.clock.shifts import Shifts
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array
from zhikong.engine.record_rules.clock.vector.periods import due_after
from zhikong.engine.record_rules.clock.vector.stage import Stage

AHEAD = DAY


def due(
    rule: ClockRule, limit: Limit, stage: Stage, shifts: Shifts | None, encounter: Array, since: Array
) -> tuple[Array, Array | None]:
    """Until when, NEVER where that cannot be said, and for how long the clock stands still on the way; None for never."""
    if rule.demand is Demand.BEFORE:
        return since - limit.amount, None
    if limit.unit is Unit.SHIFT:
        return _of_shifts(stage, shifts, encounter, since), None
    if limit.unit is Unit.MINUTES:
        if rule.suspend is None:
            return since + limit.amount, None
        found = due_after(stage.periods(rule.suspend).lasting(), encounter, since, limit.amount)
        return found, found - since - limit.amount
    return counted(limit, stage, since), None


def counted(limit: Limit, stage: Stage, since: Array) -> Array:
    """Days and minutes, without anything that stops the clock."""
    match limit.unit:
        case Unit.WORKDAYS:
            days, places = np.unique(since // DAY, return_inverse=True)
            ends = np.array([stage.context.workday_after(int(day), limit.amount) for day in days], np.int64)
            return ends[places] * DAY + DAY - 1
        case Unit.CALENDAR_DAYS:
            return (since // DAY + limit.amount) * DAY + DAY - 1
        case _:
            return since + limit.amount


def _of_shifts(stage: Stage, shifts: Shifts | None, encounter: Array, since: Array) -> Array:
    assert shifts is not None
    ids = stage.timeline.ids
    ends = [shifts.end(ids[int(e)].as_py(), int(at)) for e, at in zip(encounter, since, strict=True)]
    return np.array([NEVER if one is None else one for one in ends], np.int64)


def warn(rule: ClockRule, since: int | None, due_at: int | None) -> int | None:
    """When to warn of one obligation."""
    if since is None or due_at is None:
        return None
    if rule.warn is not None:
        return due_at - rule.warn
    if rule.demand is Demand.BEFORE:
        return due_at - AHEAD
    return since + (due_at - since) * 3 // 4
