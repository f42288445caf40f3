"""The obligations of one clock rule over all encounters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.limits import Limit
from zhikong.engine.record_rules.clock.model import ClockRule, Demand, Selection
from zhikong.engine.record_rules.clock.shifts import Shifts
from zhikong.engine.record_rules.clock.vector import answering, chains, counting
from zhikong.engine.record_rules.clock.vector.anchors import CERTAIN, Anchors, anchors
from zhikong.engine.record_rules.clock.vector.duties import IS_FAIL, NOBODY, Duties, blank, joined
from zhikong.engine.record_rules.clock.vector.excuses import Excuses
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array
from zhikong.engine.record_rules.clock.vector.lanes import empty
from zhikong.engine.record_rules.clock.vector.matching import HIGHEST, LOWEST, Matched, matched
from zhikong.engine.record_rules.clock.vector.stage import Stage


def duties(
    rule: ClockRule, limit: Limit | None, stage: Stage, shifts: Shifts | None, blind: frozenset[int]
) -> Duties:
    """Every obligation by encounter and anchor, in the encounters that `stage.judged` flags."""
    found = anchors(rule, stage)
    judge = _Judge(rule, limit, stage, shifts, blind)
    if rule.demand is Demand.REQUIRED or not len(found) or int(found.at.max()) != NEVER:
        return judge.of(found)
    timed = found.at != NEVER
    known, unknown = found.take(np.flatnonzero(timed)), found.take(np.flatnonzero(~timed))
    return joined(judge.of(known), _untimed(unknown))


def _untimed(found: Anchors) -> Duties:
    none = np.full(len(found), NEVER)
    made = blank(found.encounter, found.lane.table, found.lane.row, none, none, empty(), empty())
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
        owner = None
        match self.rule.demand:
            case Demand.REQUIRED:
                made = self._required(found)
            case Demand.NEVER:
                made = self._never(found)
            case Demand.EVERY:
                made, owner = chains.links(self.rule, self.limit, self.stage, self.blind, found)
            case _:
                made = self._once(found)
        return self._with_doubts(made, found.doubt if owner is None else found.doubt[owner])

    def _with_doubts(self, made: Duties, doubt: Array) -> Duties:
        why = doubt
        for selection in self._stopping():
            unclear = self.stage.periods(selection).doubtful[made.encounter]
            why = np.where(unclear & (why == CERTAIN), np.int8(Why.STATES), why)
        if bool((why == CERTAIN).all()):
            return made
        failing = IS_FAIL[made.why]
        changed = failing & (why != CERTAIN)
        made = replace(
            made,
            why=np.where(changed, why, made.why).astype(np.int8),
            hit=np.where(changed, NOBODY, made.hit),
        )
        return made.take(np.flatnonzero((doubt == CERTAIN) | failing))

    def _stopping(self) -> Iterator[Selection]:
        """States of which it matters whether they are known."""
        rule = self.rule
        states = [rule.suspend]
        if rule.demand is Demand.EVERY:
            states += [rule.during, rule.not_during]
        return (one for one in states if one is not None)

    def _excuses(self, found: Anchors) -> Excuses:
        return Excuses(self.rule, self.stage, self.blind, found.lane)

    def _once(self, found: Anchors) -> Duties:
        """`within` and `before`."""
        rule, since = self.rule, found.at
        assert self.limit is not None
        due, stopped = counting.due(rule, self.limit, self.stage, self.shifts, found.encounter, since)
        answers = matched(self.stage.lanes, found.lane, rule.then)
        made = blank(
            found.encounter, found.lane.table, found.lane.row, since, due, answers.sure, answers.drafts
        )
        if stopped is not None:
            made = replace(made, stopped=stopped)
        low = self._low(since)
        place, there = answers.nth(low, rule.times)
        late = answers.sure.at[np.where(there, place, 0)] > due if len(answers.sure) else there
        made.why[there] = Why.DONE
        np.copyto(made.hit, place, where=there)
        made.why[there & late] = Why.LATE
        unknown = due == NEVER
        if bool(unknown.any()):
            made.why[unknown], made.hit[unknown] = Why.SHIFT, NOBODY
        rest = np.flatnonzero((made.why == Why.LATE) | (made.why == Why.MISSING))
        if len(rest):
            self._rest(made, found, answers, rest, low)
        return made

    def _low(self, since: Array) -> Array:
        rule = self.rule
        if rule.demand is Demand.BEFORE:
            return np.full(len(since), LOWEST) if rule.not_before is None else since - rule.not_before
        return since + rule.not_before if rule.not_before else since

    def _rest(self, made: Duties, found: Anchors, answers: Matched, rest: Array, low: Array) -> None:
        """What was not done in time: excused, in doubt, still to come, or what it is: late or missing."""
        rule, due = self.rule, made.due[rest]
        why = made.why[rest]
        if int(due.max()) >= self.stage.now:
            why[due >= self.stage.now] = Why.PENDING
        if rule.unless:
            since = made.since[rest]
            before = rule.demand is Demand.BEFORE
            first = np.full(len(rest), LOWEST) if before else since
            excuse = self._excuses(found).why(rest, first, since if before else due)
            why = np.where((excuse == Why.UNLESS) & (why != Why.PENDING), excuse, why)
        if answers.unclear:
            doubt = answers.take(rest).doubt(low[rest], due, rule.times)
            why = np.where(doubt != CERTAIN, doubt, why)
        if rule.unless:
            why = np.where(excuse == Why.EXCUSED, excuse, why)
        made.why[rest] = why
        made.hit[rest[why != Why.LATE]] = NOBODY
        answering.absent(made, answers, rest[why == Why.MISSING])

    def _required(self, found: Anchors) -> Duties:
        rule, none = self.rule, np.full(len(found), NEVER)
        answers = matched(self.stage.lanes, found.lane, rule.then)
        made = blank(
            found.encounter, found.lane.table, found.lane.row, found.at, none, answers.done, answers.drafts
        )
        start, end = answers.all_done()
        done = end - start >= rule.times
        made.why[done] = Why.DONE
        made.hit[done] = start[done] + rule.times - 1
        rest = np.flatnonzero(~done)
        if not len(rest):
            return made
        excuse = self._excuses(found).anytime(rest)
        doubt = answers.take(rest).doubt_anytime((end - start)[rest], rule.times)
        why = np.full(len(rest), Why.MISSING, np.int8)
        why = np.where(excuse == Why.UNLESS, np.int8(Why.UNLESS), why)
        why = np.where(self.stage.open[found.encounter[rest]], np.int8(Why.PENDING), why)
        why = np.where(doubt != CERTAIN, doubt, why)
        made.why[rest] = np.where(excuse == Why.EXCUSED, np.int8(Why.EXCUSED), why)
        answering.absent(made, answers, rest[made.why[rest] == Why.MISSING])
        return made

    def _never(self, found: Anchors) -> Duties:
        none = np.full(len(found), NEVER)
        answers = matched(self.stage.lanes, found.lane, self.rule.then)
        made = blank(
            found.encounter, found.lane.table, found.lane.row, found.at, none, answers.sure, answers.drafts
        )
        until = np.minimum(chains.end(self.rule, self.stage, found), HIGHEST)
        start, end = answers.between(found.at, until)
        doubt = answers.doubt_beside(found.at, until, end - start, 1)
        made.why[:] = np.where(doubt != CERTAIN, doubt, np.int8(Why.NEVER))
        rest = np.flatnonzero(end > start)
        if len(rest):
            excuse = self._excuses(found).anytime(rest)
            made.why[rest] = np.where(excuse != CERTAIN, excuse, np.int8(Why.HAPPENED))
            made.hit[rest] = np.where(excuse != CERTAIN, NOBODY, start[rest])
        return made
