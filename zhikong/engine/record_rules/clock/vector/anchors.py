"""What starts the clock, over all encounters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.model import ClockRule, Demand, Pick, Selection
from zhikong.engine.record_rules.clock.moments import DAY, day_number
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array, runs
from zhikong.engine.record_rules.clock.vector.lanes import Lane, joined
from zhikong.engine.record_rules.clock.vector.stage import Stage

CERTAIN = -1


@dataclass(frozen=True, slots=True)
class Anchors:
    """By encounter, time (unknown last), part and row. until: end of the state, NEVER without. doubt: a Why, or
    CERTAIN. lane: the rows themselves."""

    lane: Lane
    until: Array
    doubt: Array

    @property
    def encounter(self) -> Array:
        return self.lane.encounter

    @property
    def at(self) -> Array:
        return self.lane.at

    def __len__(self) -> int:
        return len(self.lane)

    def take(self, chosen: Array) -> Anchors:
        """Some of them."""
        return Anchors(self.lane.take(chosen), self.until[chosen], self.doubt[chosen])


def anchors(rule: ClockRule, stage: Stage) -> Anchors:
    """Every anchor of the rule in the encounters that are judged and to which it applies."""
    found = _of_states(rule, stage) if rule.of_state else _of_events(rule, stage)
    if not stage.everyone or rule.valid.start is not None or rule.valid.end is not None:
        wanted = stage.judged[found.encounter] & _valid(rule, stage, found)
        if not bool(wanted.all()):
            found = found.take(np.flatnonzero(wanted))
    found = _picked(found, rule.pick)
    return found if rule.demand is Demand.EVERY else _in_states(rule, stage, found)


def _valid(rule: ClockRule, stage: Stage, found: Anchors) -> Array:
    if rule.valid.start is None and rule.valid.end is None:
        return np.True_
    flags = np.ones(len(found), np.bool_)
    days = np.where(found.at == NEVER, stage.admitted[found.encounter], found.at) // DAY
    if rule.valid.start is not None:
        flags &= days >= day_number(rule.valid.start)
    if rule.valid.end is not None:
        flags &= days <= day_number(rule.valid.end)
    return flags


def _of_events(rule: ClockRule, stage: Stage) -> Anchors:
    ahead = rule.demand is Demand.BEFORE
    found = stage.lanes.of(rule.when) if ahead else stage.lanes.past(rule.when)
    parts = [
        (found.sure, CERTAIN),
        (found.maybe, Why.ANCHOR),
        (found.untimed, CERTAIN),
        (found.untimed_maybe, Why.ANCHOR),
    ]
    parts = [(lane, doubt) for lane, doubt in parts if len(lane)]
    if not parts:
        none = np.zeros(0, np.int64)
        return Anchors(found.sure, none, none.astype(np.int8))
    if len(parts) == 1:
        lane, why = parts[0]
        return Anchors(lane, np.broadcast_to(NEVER, len(lane)), np.broadcast_to(np.int8(why), len(lane)))
    lane = joined([one for one, _ in parts])
    doubt = np.concatenate([np.full(len(one), why, np.int8) for one, why in parts])
    whole = Anchors(lane, np.full(len(lane), NEVER), doubt)
    return whole.take(np.lexsort((lane.row, lane.part, lane.at, lane.encounter)))


def _of_states(rule: ClockRule, stage: Stage) -> Anchors:
    held = stage.periods(rule.when)
    none = np.full(len(held.start), NEVER)
    part = np.zeros(len(none), np.int16)
    lane = Lane(held.encounter, held.encounter, held.start, none, part, held.table, held.row)
    doubt = np.where(held.doubtful[held.encounter], Why.STATES, CERTAIN).astype(np.int8)
    return Anchors(lane, held.end, doubt)


def _picked(found: Anchors, pick: Pick) -> Anchors:
    if pick is Pick.EACH or not len(found):
        return found
    heads = runs(found.encounter)
    counts = np.diff(np.append(heads, len(found)))
    known = np.add.reduceat((found.at != NEVER).astype(np.int64), heads)
    unclear = (found.doubt != CERTAIN) | (found.at == NEVER)
    doubtful = (np.add.reduceat(unclear.astype(np.int64), heads) > 0) & (counts > 1)
    usable = np.where(known > 0, known, counts)  # those without a time come last
    chosen = heads if pick is Pick.FIRST else heads + usable - 1
    one = found.take(chosen)
    return Anchors(
        one.lane,
        one.until,
        np.where(doubtful & (one.doubt == CERTAIN), Why.ANCHOR, one.doubt).astype(np.int8),
    )


def _in_states(rule: ClockRule, stage: Stage, found: Anchors) -> Anchors:
    for selection, wanted in ((rule.during, True), (rule.not_during, False)):
        if selection is not None and len(found):
            found = _with(selection, wanted, stage, found)
    return found


def _with(selection: Selection, wanted: bool, stage: Stage, found: Anchors) -> Anchors:
    held = stage.periods(selection)
    sure = held.holds(found.encounter, found.at)
    some = np.zeros(stage.size, np.bool_)
    some[held.encounter] = True
    untimed = found.at == NEVER
    unknown = ~sure & (held.doubtful[found.encounter] | (untimed & some[found.encounter]))
    kept = unknown | (sure == wanted)
    doubt = np.where(unknown & (found.doubt == CERTAIN), Why.STATES, found.doubt).astype(np.int8)
    return Anchors(found.lane, found.until, doubt).take(np.flatnonzero(kept))
