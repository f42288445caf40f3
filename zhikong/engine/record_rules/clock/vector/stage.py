"""All encounters of a source as the fast judge sees them: when each begins and ends, which are judged."""

from __future__ import annotations

import numpy as np

from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.model import Selection
from zhikong.engine.record_rules.clock.vector.keys import NEVER, Array
from zhikong.engine.record_rules.clock.vector.lanes import Lanes
from zhikong.engine.record_rules.clock.vector.periods import Periods, merged
from zhikong.engine.record_rules.clock.vector.timeline import Timeline


class Stage:
    """`judged` are flags of the encounters that the rule at hand is asked of, which the owner sets for each rule;
    everyone: it is asked of all."""

    def __init__(self, timeline: Timeline, context: Context) -> None:
        self.timeline, self.context = timeline, context
        self.size, self.now = timeline.size, context.minute
        self.lanes = Lanes(timeline, self.now)
        admitted = timeline.minutes("stays", "admitted_at")
        self.admitted: Array = np.where(admitted == NEVER, 0, admitted)
        discharged = timeline.minutes("stays", "discharged_at")
        self.open: Array = discharged > self.now  # NEVER is later than all
        self.end: Array = np.where(self.open, self.now, discharged)
        self.judge(np.ones(self.size, np.bool_))
        self._periods: dict[str, Periods] = {}

    def judge(self, flags: Array) -> None:
        """Flags the encounters that are judged next."""
        self.judged, self.everyone = flags, bool(flags.all())

    def periods(self, selection: Selection) -> Periods:
        """The merged periods of states that began by now."""
        name = self.timeline.prepared.name(selection)
        if name not in self._periods:
            last = np.where(self.open, self.now + 1, self.end)
            self._periods[name] = merged(self.lanes.past(selection), last)
        return self._periods[name]
