"""The obligations of one clock rule over all encounters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.limits import Limit
from zhikong.engine.record_rules.clock.model import ClockRule, Demand
from zhikong.engine.record_rules.clock.shifts import Shifts
from zhikong.engine.record_rules.clock.vector import answering, chains, counting
from zhikong.engine.record_rules.clock.vector.anchors import CERTAIN, Anchors, anchors
from zhikong.engine.record_rules.clock.vector.duties import IS_FAIL, Duties, blank, joined
from zhikong.engine.record_rules.clock.vector.excuses import Excuses
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array
from zhikong.engine.record_rules.clock.vector.matching import HIGHEST, LOWEST, Matched, matched
from zhikong.engine.record_rules.clock.vector.stage import Stage


def duties(
    rule: ClockRule, limit: Limit | None, stage: Stage, shifts: Shifts | None, blind: frozenset[int]
) -> Duties:
    """Every obligation by encounter and anchor, in the encounters that `stage.judged` flags."""
    found = anchors(rule, stage)
    timed = found.at != NEVER
    if rule.demand is Demand.REQUIRED or bool(timed.all()):
        return _Judge(rule, limit, stage, shifts, blind).of(found)
    known, unknown = found.take(np.flatnonzero(timed)), found.take(np.flatnonzero(~timed))
    parts = [_Judge(rule, limit, stage, shifts, blind).of(known), _untimed(unknown)]
    return joined(parts)


def _untimed(found: Anchors) -> Duties:
    made = blank(found.encounter, found.lane.table, found.lane.row, found.at, np.full(len(found), NEVER))
    made.why[:] = Why.ANCHOR_TIME
    return made


@dataclass
class _Judge:
    rule: ClockRule
    limit: Limit | None
    stage: Stage
    shifts: Shifts | None
    blind: frozenset[int]

    def of(self, found: Anchors) -> Duties:
        """Of an anchor in doubt only what would fail is told, as unknown."""
        match self.rule.demand:
            case Demand.REQUIRED:
                made, owner = self._required(found), np.arange(len(found))
            case Demand.NEVER:
                made, owner = self._never(found), np.arange(len(found))
            case Demand.EVERY:
                made, owner = chains.links(self.rule, self.limit, self.stage, self.blind, found)
            case _:
                made, owner = self._once(found), np.arange(len(found))
        return self._with_doubts(made, found.doubt[owner])

    def _with_doubts(self, made: Duties, doubt: Array) -> Duties:
        failing = IS_FAIL[made.why]
        states = np.full(len(made), CERTAIN, np.int8)
        for selection in self._stopping():
            unclear = self.stage.periods(selection).doubtful[made.encounter]
            states = np.where(unclear, np.int8(Why.STATES), states)
        why = np.where(doubt != CERTAIN, doubt, states)
        if not bool((why != CERTAIN).any()):
            return made
        changed = failing & (why != CERTAIN)
        kept = (doubt == CERTAIN) | failing
        made = replace(
            made,
            why=np.where(changed, why, made.why).astype(np.int8),
            at=np.where(changed, NEVER, made.at),
            subject_row=np.where(changed, -1, made.subject_row),
        )
        return made.take(np.flatnonzero(kept))

    def _stopping(self):
        rule = self.rule
        states = [rule.suspend]
        if rule.demand is Demand.EVERY:
            states += [rule.during, rule.not_during]
        return [one for one in states if one is not None]

    def _excuses(self, found: Anchors) -> Excuses:
        return Excuses(self.rule, self.stage, self.blind, found.lane)

    def _once(self, found: Anchors) -> Duties:
        """`within` and `before`."""
        rule, since = self.rule, found.at
        assert self.limit is not None
        due, stopped = counting.due(rule, self.limit, self.stage, self.shifts, found.encounter, since)
        made = blank(found.encounter, found.lane.table, found.lane.row, since, due)
        made.stopped[:] = stopped
        answers = matched(self.stage.lanes, found.lane, rule.then)
        low = self._low(since)
        start, end = answers.between(low, due)
        done = (end - start >= rule.times) & (due != NEVER)
        answering.answered(made, answers, np.flatnonzero(done), start, rule.times, Why.DONE)
        made.why[due == NEVER] = Why.SHIFT
        rest = np.flatnonzero(~done & (due != NEVER))
        if len(rest):
            self._rest(made, found, answers.take(rest), rest, low[rest], (end - start)[rest])
        return made

    def _low(self, since: Array) -> Array:
        rule = self.rule
        if rule.demand is Demand.BEFORE:
            return np.full(len(since), LOWEST) if rule.not_before is None else since - rule.not_before
        return since + (rule.not_before or 0)

    def _rest(
        self, made: Duties, found: Anchors, answers: Matched, rest: Array, low: Array, sure: Array
    ) -> None:
        """What was not done in time: excused, in doubt, still to come, late or missing."""
        rule, due, since = self.rule, made.due[rest], made.since[rest]
        before = rule.demand is Demand.BEFORE
        first = np.full(len(rest), LOWEST) if before else since
        excuse = self._excuses(found).why(rest, first, since if before else due)
        doubt = answers.doubt(low, due, sure, rule.times)
        why = np.full(len(rest), Why.MISSING, np.int8)
        why = np.where(excuse == Why.UNLESS, np.int8(Why.UNLESS), why)
        why = np.where(due >= self.stage.now, np.int8(Why.PENDING), why)
        why = np.where(doubt != CERTAIN, doubt, why)
        why = np.where(excuse == Why.EXCUSED, np.int8(Why.EXCUSED), why)
        made.why[rest] = why
        start, end = answers.between(low, np.full(len(rest), HIGHEST))
        late = (why == Why.MISSING) & (end - start >= rule.times)
        answering.of_some(made, answers, rest, np.flatnonzero(late), start, rule.times, Why.LATE)
        answering.absent(made, answers, rest, np.flatnonzero((why == Why.MISSING) & ~late))

    def _required(self, found: Anchors) -> Duties:
        rule, none = self.rule, np.full(len(found), NEVER)
        made = blank(found.encounter, found.lane.table, found.lane.row, found.at, none)
        answers = matched(self.stage.lanes, found.lane, rule.then)
        start, end = answers.all_done()
        done = end - start >= rule.times
        answering.taken(made, answers.done, np.flatnonzero(done), start, rule.times, Why.DONE)
        rest = np.flatnonzero(~done)
        if not len(rest):
            return made
        own = answers.take(rest)
        excuse = self._excuses(found).anytime(rest)
        doubt = own.doubt_anytime((end - start)[rest], rule.times)
        why = np.full(len(rest), Why.MISSING, np.int8)
        why = np.where(excuse == Why.UNLESS, np.int8(Why.UNLESS), why)
        why = np.where(self.stage.open[found.encounter[rest]], np.int8(Why.PENDING), why)
        why = np.where(doubt != CERTAIN, doubt, why)
        made.why[rest] = np.where(excuse == Why.EXCUSED, np.int8(Why.EXCUSED), why)
        answering.absent(made, own, rest, np.flatnonzero(made.why[rest] == Why.MISSING))
        return made

    def _never(self, found: Anchors) -> Duties:
        none = np.full(len(found), NEVER)
        made = blank(found.encounter, found.lane.table, found.lane.row, found.at, none)
        answers = matched(self.stage.lanes, found.lane, self.rule.then)
        until = np.minimum(chains.end(self.rule, self.stage, found), HIGHEST)
        start, end = answers.between(found.at, until)
        hit = end > start
        doubt = answers.doubt(found.at, until, end - start, 1)
        made.why[:] = np.where(doubt != CERTAIN, doubt, np.int8(Why.NEVER))
        rest = np.flatnonzero(hit)
        if len(rest):
            answering.answered(made, answers, rest, start, 1, Why.HAPPENED)
            excuse = self._excuses(found).anytime(rest)
            freed = rest[excuse != CERTAIN]
            made.why[freed] = excuse[excuse != CERTAIN]
            made.at[freed] = NEVER
            made.subject_row[freed] = -1
        return made
