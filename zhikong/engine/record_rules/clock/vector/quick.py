"""Verdicts alone, without the obligations behind them: for rules in which nothing is in doubt and nothing excuses.

Most encounters pass or are not concerned, and nobody asks for their obligations; those are made for the others only.
"""

from __future__ import annotations

import numpy as np

from zhikong.engine.record_rules.clock.limits import Limit, Unit
from zhikong.engine.record_rules.clock.model import ClockRule, Demand
from zhikong.engine.record_rules.clock.vector import chains, counting
from zhikong.engine.record_rules.clock.vector.anchors import CERTAIN, Anchors, anchors
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array, first, key, later
from zhikong.engine.record_rules.clock.vector.lanes import Lane
from zhikong.engine.record_rules.clock.vector.matching import Matched, matched
from zhikong.engine.record_rules.clock.vector.stage import Stage
from zhikong.engine.record_rules.model import Verdict


def verdicts(rule: ClockRule, limit: Limit | None, stage: Stage) -> Array | None:
    """For each encounter the verdict, or None when the rule, or something in the data, asks for a closer look."""
    if (
        rule.unless
        or rule.demand in (Demand.NEVER, Demand.REQUIRED)
        or limit is None
        or limit.unit is Unit.SHIFT
    ):
        return None
    if rule.demand is Demand.EVERY and rule.times > 1:
        return None
    found = anchors(rule, stage)
    if not _certain(rule, stage, found):
        return None
    answers = matched(stage.lanes, found.lane, rule.then)
    if answers.unclear:
        return None
    judge = _recurring if rule.demand is Demand.EVERY else _once
    return judge(rule, limit, stage, found, answers)


def _certain(rule: ClockRule, stage: Stage, found: Anchors) -> bool:
    """Whether every anchor has its time, and nothing of it is in doubt."""
    if len(found) and (int(found.at.max()) == NEVER or not bool((found.doubt == CERTAIN).all())):
        return False
    states = [rule.suspend] + ([rule.during, rule.not_during] if rule.demand is Demand.EVERY else [])
    return not any(bool(stage.periods(one).doubtful.any()) for one in states if one is not None)


def _once(rule: ClockRule, limit: Limit, stage: Stage, found: Anchors, answers: Matched) -> Array:
    due, _ = counting.due(rule, limit, stage, None, found.encounter, found.at)
    before = rule.demand is Demand.BEFORE
    if before and rule.not_before is None:
        low = first(answers.group)
    else:
        low = _moved(found, answers, -(rule.not_before or 0) if before else rule.not_before or 0)
    plain = limit.unit is Unit.MINUTES and rule.suspend is None
    amount = -limit.amount if before else limit.amount
    high = _moved(found, answers, amount) if plain else key(answers.group, due)
    place = answers.sure.since(answers.group, low) + (rule.times - 1)
    timely = answers.sure.padded.take(place, mode="clip") <= high
    return _told(stage, found.encounter, timely, ~timely & (due < stage.now))


def _moved(found: Anchors, answers: Matched, minutes: int) -> Array:
    """Where the answers to each anchor lie so many minutes after it."""
    moved = None
    if answers.group is found.encounter:  # the anchors' own numbers serve for the answers too
        moved = later(found.lane.key, found.at, minutes)
    return key(answers.group, found.at + minutes) if moved is None else moved


def _recurring(rule: ClockRule, limit: Limit, stage: Stage, found: Anchors, answers: Matched) -> Array:
    """A chain is broken by its first gap, its last, or one between two answers; those are looked at once for all."""
    runs = chains.segments(rule, stage, found)
    lane = answers.sure
    low, high = answers.take(runs.owner).between(runs.start, runs.end)
    some = np.flatnonzero(high > low)
    due, _ = counting.due(rule, limit, stage, None, runs.encounter, runs.start)
    first = runs.end.copy()
    first[some] = lane.at[low[some]]
    broken = first > due
    before, after = _gaps(rule, limit, stage, lane)
    until = high[some] - 1
    broken[some] |= before[until] > before[low[some]]
    broken[some] |= runs.end[some] > after[until]
    return _told(stage, runs.encounter, _flags(some, len(runs)), broken)


def _gaps(rule: ClockRule, limit: Limit, stage: Stage, lane: Lane) -> tuple[Array, Array]:
    """For each answer how many gaps too long lie before it, and until when the next must come."""
    due, _ = counting.due(rule, limit, stage, None, lane.encounter, lane.at)
    late = np.zeros(len(lane), np.int64)
    if len(lane) > 1:
        np.cumsum(lane.at[1:] > due[:-1], out=late[1:])
    return late, due


def _flags(places: Array, size: int) -> Array:
    flags = np.zeros(size, np.bool_)
    flags[places] = True
    return flags


def _told(stage: Stage, encounter: Array, passed: Array, failed: Array) -> Array:
    found = np.full(stage.size, Verdict.NOT_APPLICABLE, np.int8)
    found[encounter if bool((passed | failed).all()) else encounter[passed]] = Verdict.PASS
    found[encounter[failed]] = Verdict.FAIL
    return found
