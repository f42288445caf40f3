"""Whether something of `unless` lies where it excuses, over many anchors."""

from __future__ import annotations

import numpy as np

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.clock.vector.keys import Array
from zhikong.engine.record_rules.clock.vector.lanes import Lane
from zhikong.engine.record_rules.clock.vector.matching import CERTAIN, matched
from zhikong.engine.record_rules.clock.vector.stage import Stage


class Excuses:
    """Of the anchors in a lane. blind: numbers of the excuses that cannot be known from the data."""

    def __init__(self, rule: ClockRule, stage: Stage, blind: frozenset[int], anchors: Lane) -> None:
        self._rule, self._stage, self._blind, self._anchors = rule, stage, blind, anchors

    def why(self, chosen: Array, low: Array, high: Array) -> Array:
        """EXCUSED where one lies in low … high, UNLESS where one might, else CERTAIN; `chosen` are places of anchors."""
        return self._over(chosen, low, high)

    def anytime(self, chosen: Array) -> Array:
        """The same over the whole stay."""
        return self._over(chosen, None, None)

    def _over(self, chosen: Array, low: Array | None, high: Array | None) -> Array:
        found = np.full(len(chosen), CERTAIN, np.int8)
        for number, selection in enumerate(self._rule.unless):
            if number in self._blind:
                found = np.where(found == Why.EXCUSED, found, np.int8(Why.UNLESS))
                continue
            answers = matched(self._stage.lanes, self._anchors.take(chosen), selection)
            none = np.zeros(len(chosen), np.int64)
            if selection.anywhere or low is None or high is None:
                start, end = answers.all_done()
                doubt = answers.doubt_anytime(none, 1)
            else:
                start, end = answers.between(low, high)
                doubt = answers.doubt_beside(low, high, none, 1)
            found = np.where((doubt != CERTAIN) & (found == CERTAIN), np.int8(Why.UNLESS), found)
            found = np.where(end > start, np.int8(Why.EXCUSED), found)
        return found
