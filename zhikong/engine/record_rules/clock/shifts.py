"""When the duty shift ends in which a moment falls: from the roster, else from fixed hours, else unknown."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Any

from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.moments import minute
from zhikong.engine.record_rules.clock.places import Places

TABLE = "duty_shifts"
ON_CALL = "on_call"
Steps = tuple[list[int], list[int | None]]
"""Moments in order, and until when a shift lasts that covers the time from each."""


class Shifts:
    """The roster by institution and department, without who is only on call; of overlapping shifts the first to end."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], places: Places, context: Context) -> None:
        self._places, self._context = places, context
        found: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
        for row in rows:
            start, end = row.get("started_at"), row.get("ended_at")
            if start is not None and end is not None and end > start and row.get("kind") != ON_CALL:
                found[row["institution"] or "", row.get("department") or ""].add((minute(start), minute(end)))
        self._steps = {key: _steps(shifts) for key, shifts in found.items()}

    def end(self, stay: str, at: int) -> int | None:
        """The end of the shift on duty where the patient lay at that minute."""
        institution, department = self._places.at(stay, at)
        steps = self._steps.get((institution or "", department or ""))
        found = None
        if steps is not None:
            place = bisect_right(steps[0], at) - 1
            found = steps[1][place] if place >= 0 else None
        return self._context.fixed_shift_end(at) if found is None else found


def _steps(shifts: Iterable[tuple[int, int]]) -> Steps:
    """A sweep over all beginnings and ends; the shift that ends first is on top of the heap."""
    starts = sorted(shifts)
    moments = sorted({m for shift in starts for m in shift})
    ends: list[int | None] = []
    covering: list[int] = []
    place = 0
    for moment in moments:
        while place < len(starts) and starts[place][0] <= moment:
            heappush(covering, starts[place][1])
            place += 1
        while covering and covering[0] <= moment:
            heappop(covering)
        ends.append(covering[0] if covering else None)
    return moments, ends
