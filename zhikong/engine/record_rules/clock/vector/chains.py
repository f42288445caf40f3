"""What must recur: where the clock runs, and every gap there, over all encounters."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.limits import Limit
from zhikong.engine.record_rules.clock.model import ClockRule, Selection
from zhikong.engine.record_rules.clock.vector import answering, counting
from zhikong.engine.record_rules.clock.vector.anchors import CERTAIN, Anchors
from zhikong.engine.record_rules.clock.vector.duties import NOBODY, Duties, blank
from zhikong.engine.record_rules.clock.vector.excuses import Excuses
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array, expand, key
from zhikong.engine.record_rules.clock.vector.matching import Matched, matched
from zhikong.engine.record_rules.clock.vector.stage import Stage


@dataclass(frozen=True, slots=True)
class Segments:
    """Where the clock runs. owner: place of the anchor. table, row: who starts it. running: the end is only now."""

    owner: Array
    encounter: Array
    table: Array
    row: Array
    start: Array
    end: Array
    running: Array

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, chosen: Array) -> Segments:
        """Some of them."""
        return Segments(*(getattr(self, f.name)[chosen] for f in fields(self)))


def end(rule: ClockRule, stage: Stage, found: Anchors) -> Array:
    """When the demand ends: the state, the first event of `until` after the anchor, or the duration; NEVER for none."""
    ends = found.until
    if rule.until is not None:
        lane = stage.lanes.past(rule.until).sure
        place = np.searchsorted(lane.key, key(found.encounter, found.at), "right")
        if len(lane):
            safe = np.minimum(place, len(lane) - 1)
            there = (place < len(lane)) & (lane.encounter[safe] == found.encounter)
            ends = np.minimum(ends, np.where(there, lane.at[safe], NEVER))
    if rule.for_limit is not None:
        ends = np.minimum(ends, counting.counted(rule.for_limit, stage, found.at))
    return ends


def segments(rule: ClockRule, stage: Stage, found: Anchors) -> Segments:
    """Every stretch by anchor and time."""
    stay_end = stage.end[found.encounter]
    ends = np.minimum(end(rule, stage, found), stay_end)
    running = stage.open[found.encounter] & (ends >= stay_end)
    lane = found.lane
    made = Segments(np.arange(len(found)), found.encounter, lane.table, lane.row, found.at, ends, running)
    lasting = ends >= found.at
    made = made if bool(lasting.all()) else made.take(np.flatnonzero(lasting))
    if rule.during is not None:
        made = _inside(made, stage, rule.during)
    if rule.not_during is not None:
        made = _outside(made, stage, rule.not_during)
    return made if rule.restart is None else _restarted(made, stage, rule.restart)


def _pieces(made: Segments, owner: Array, start: Array, end_: Array) -> Segments:
    """Parts of segments; only one that reaches the end of a running segment still runs."""
    own = made.take(owner)
    running = own.running & (end_ == own.end)
    return Segments(own.owner, own.encounter, own.table, own.row, start, end_, running)


def _inside(made: Segments, stage: Stage, selection: Selection) -> Segments:
    held = stage.periods(selection).lasting()
    low, high = held.overlapping(made.encounter, made.start, made.end)
    owner, place = expand(high - low)
    period = low[owner] + place
    start = np.maximum(made.start[owner], held.start[period])
    end_ = np.minimum(made.end[owner], held.end[period])
    pieces = _pieces(made, owner, start, end_)
    return pieces.take(np.flatnonzero(start < end_))


def _outside(made: Segments, stage: Stage, selection: Selection) -> Segments:
    held = stage.periods(selection).lasting()
    low, high = held.overlapping(made.encounter, made.start, made.end)
    owner, place = expand(high - low + 1)
    start, end_ = made.start[owner].copy(), made.end[owner].copy()
    later = np.flatnonzero(place > 0)
    start[later] = held.end[(low[owner] + place - 1)[later]]
    earlier = np.flatnonzero(place < (high - low)[owner])
    end_[earlier] = held.start[(low[owner] + place)[earlier]]
    pieces = _pieces(made, owner, start, end_)
    return pieces.take(np.flatnonzero(start < end_))


def _restarted(made: Segments, stage: Stage, selection: Selection) -> Segments:
    lane = stage.lanes.past(selection).sure
    keys = lane.key
    fresh = (
        np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        if len(lane)
        else np.zeros(0, np.int64)
    )
    lane, keys = lane.take(fresh), keys[fresh]
    low = np.searchsorted(keys, key(made.encounter, made.start), "right")
    high = np.maximum(low, np.searchsorted(keys, key(made.encounter, made.end), "left"))
    owner, place = expand(high - low + 1)
    start, end_ = made.start[owner].copy(), made.end[owner].copy()
    table, row = made.table[owner].copy(), made.row[owner].copy()
    later = np.flatnonzero(place > 0)
    hit = (low[owner] + place - 1)[later]
    start[later], table[later], row[later] = lane.at[hit], lane.table[hit], lane.row[hit]
    earlier = np.flatnonzero(place < (high - low)[owner])
    end_[earlier] = lane.at[(low[owner] + place)[earlier]]
    running = made.running[owner] & (place == (high - low)[owner])
    return Segments(made.owner[owner], made.encounter[owner], table, row, start, end_, running)


def links(
    rule: ClockRule, limit: Limit | None, stage: Stage, blind: frozenset[int], found: Anchors
) -> tuple[Duties, Array]:
    """Every gap as an obligation, and the place of its anchor."""
    assert limit is not None
    runs_ = segments(rule, stage, found)
    answers = matched(stage.lanes, found.lane, rule.then)
    of_segment = answers.take(runs_.owner)
    low, high = of_segment.between(runs_.start, runs_.end)
    owner, place = expand(high - low + 1)
    before = np.flatnonzero(place > 0)
    source = (low[owner] + place - 1)[before]
    since, table, row = runs_.start[owner].copy(), runs_.table[owner].copy(), runs_.row[owner].copy()
    lane = answers.sure
    since[before], table[before], row[before] = lane.at[source], lane.table[source], lane.row[source]
    due, stopped = counting.due(rule, limit, stage, None, runs_.encounter[owner], since)
    made = blank(runs_.encounter[owner], table, row, since, due, lane, answers.drafts)
    made = replace(made, linked=place > 0, stopped=made.stopped if stopped is None else stopped)
    here, top = low[owner] + place, high[owner]
    _judged(rule, made, runs_, owner, here, top)
    _rest(rule, stage, blind, made, found, answers, runs_.owner[owner], here, top)
    return made, runs_.owner[owner]


def _judged(rule: ClockRule, made: Duties, runs_: Segments, owner: Array, here: Array, top: Array) -> None:
    """Which gaps were closed, which are late, and which ended before they were due. here: the next answer's place."""
    hit = here + rule.times - 1
    there = hit < top
    np.copyto(made.hit, hit, where=there)
    ends = (
        np.where(there, made.answers.at[np.where(there, hit, 0)], runs_.end[owner])
        if len(made.answers)
        else runs_.end[owner]
    )
    timely = ends <= made.due
    made.why[there] = Why.LATE
    made.why[there & timely] = Why.DONE
    ended = np.flatnonzero(~there & timely)
    made.why[ended] = np.where(runs_.running[owner[ended]], np.int8(Why.PENDING), np.int8(Why.ENDED))


def _rest(
    rule: ClockRule, stage: Stage, blind: frozenset[int], made: Duties, found: Anchors, answers: Matched,
    anchor: Array, here: Array, top: Array,
) -> None:  # fmt: skip
    """What was late or missing may be excused or in doubt."""
    chosen = np.flatnonzero((made.why == Why.LATE) | (made.why == Why.MISSING))
    if not len(chosen):
        return
    if rule.unless or answers.unclear:
        why = _freed(rule, stage, blind, made, found, answers, chosen, anchor, here, top)
        freed = chosen[why != CERTAIN]
        made.why[freed] = why[why != CERTAIN]
        made.hit[freed] = NOBODY
    missing = chosen[made.why[chosen] == Why.MISSING]
    answering.absent(made, answers, missing, anchor[missing])


def _freed(rule, stage, blind, made, found, answers, chosen, anchor, here, top) -> Array:
    """Of what failed, which is excused or in doubt; CERTAIN for neither."""
    since, due = made.since[chosen], made.due[chosen]
    own = answers.take(anchor[chosen])
    excuse = Excuses(rule, stage, blind, found.lane).why(anchor[chosen], since, due)
    _, reach = own.between(since, due)
    later = np.maximum(np.minimum(reach, top[chosen]) - here[chosen], 0)
    doubt = own.doubt_beside(since, due, later, rule.times)
    why = np.where(doubt != CERTAIN, doubt, np.where(excuse == Why.UNLESS, excuse, np.int8(CERTAIN)))
    return np.where(excuse == Why.EXCUSED, excuse, why)
