"""The escalation ladder climbs: each rung comes later than the one before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition.model import Duration, FlowDefinition, Unit

HOURS_AT_LEAST = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.WORKING_DAYS: 24, Unit.SHIFTS: 8}
"""How many hours a unit is roughly worth, to compare rungs in different units."""


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for i, state in enumerate(flow.states):
        for n, (lower, upper) in enumerate(pairwise(state.escalate)):
            if weight(upper.after) <= weight(lower.after):
                yield doc.problem(
                    ("states", i, "escalate", n + 1), f"状态“{state.title}”的第 {n + 2} 级升级不晚于上一级。",
                    "按先后排列，每一级都比上一级更晚。",
                )  # fmt: skip


def weight(duration: Duration) -> int:
    return duration.amount * HOURS_AT_LEAST[duration.unit]
