"""The rule sets: Shewhart, Anhøj, Western Electric, Nelson and NHS, each per point.

Shewhart: a point beyond the limits. Anhøj: all points of a phase whose longest run is too long or whose crossings
are too few. Western Electric and Nelson: the point that completes the pattern. NHS (Making Data Count): all points
of the pattern. A missing month breaks a pattern; an excluded point too, but it is still tested against the limits.
Patterns end with a phase.

Western Electric Company, Statistical Quality Control Handbook, 1956. Nelson LS. J Quality Technology 1984;16:237.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zhikong.engine.stats import runs
from zhikong.engine.stats.drafting import varies
from zhikong.engine.stats.points import ORDER, Rule, classes
from zhikong.engine.stats.series import Flags, Floats, Limits

RULE_SETS = ("shewhart", "anhoej", "weco", "nelson", "nhs")
NO_PATTERNS = frozenset({"mr", "ewma", "cusum", "vlad", "racusum"})


@dataclass(frozen=True)
class Judged:
    """What pattern rules look at, for one series or many (the last axis is time).

    y: NaN where a point is missing or not to be judged. side: of the centre line. beyond: outside 3 sigma (also
    for points that patterns leave out), over: above the centre line (also for those). above and below: past the
    lines at 1 and at 2 sigma. lined: there are such lines, and they lie apart.
    """

    y: Floats
    side: runs.Signs
    beyond: Flags
    over: Flags
    above: tuple[Flags, Flags]
    below: tuple[Flags, Flags]
    lined: Flags


def judged(drawn: Limits, member: Flags) -> Judged:
    """One phase of a chart. In a stuck phase the points on its usual value count as missing; a phase without any
    variation has no patterns."""
    out = ~drawn.include | (drawn.stuck & (drawn.side == 0))
    y = np.where(out, np.nan, drawn.y)[member]
    if not varies(y):
        y = np.full(y.shape, np.nan)
    with np.errstate(invalid="ignore"):
        above = tuple(y > high[member] for _, high in drawn.zones[:2])
        below = tuple(y < low[member] for low, _ in drawn.zones[:2])
        over, lined = drawn.y > drawn.centre, drawn.zones[0][0] < drawn.zones[0][1]
    side = np.where(np.isnan(y), 0, drawn.side[member])
    return Judged(y, side, drawn.beyond[member], over[member], above, below, lined[member])


def weco(seen: Judged) -> dict[str, Flags]:
    """The four zone rules of Western Electric."""
    return {
        "1": seen.beyond,
        "2": _of(seen, 2, 2, 3),
        "3": _of(seen, 1, 4, 5),
        "4": _one_side(seen, 8),
    }


def nelson(seen: Judged) -> dict[str, Flags]:
    """Nelson's eight rules."""
    step, known = runs.steps(seen.y), ~np.isnan(seen.y)
    turning = np.zeros_like(known)
    turning[..., 1:] = step[..., 1:] * step[..., :-1] == -1
    outside = seen.above[0] | seen.below[0]
    return {
        "1": seen.beyond,
        "2": _one_side(seen, 9),
        "3": runs.completed(step == 1, 5) | runs.completed(step == -1, 5),
        "4": runs.completed(turning, 12),
        "5": _of(seen, 2, 2, 3),
        "6": _of(seen, 1, 4, 5),
        "7": runs.completed(known & ~outside & seen.lined, 15),
        "8": runs.completed(outside, 8),
    }


def nhs(seen: Judged) -> dict[str, Flags]:
    """Making Data Count: the class of each point, one of four patterns or none."""
    found = classes(*nhs_tests(seen))
    return {rule.value: found == index for index, rule in enumerate(ORDER) if rule is not Rule.NONE}


def nhs_tests(seen: Judged) -> tuple[Floats, runs.Signs, Flags, Flags, Flags]:
    """The arguments of `points.classes`; a point that patterns leave out is tested against the limits only."""
    return seen.y, seen.side, seen.beyond & seen.over, seen.beyond & ~seen.over, _near(seen)


def _near(seen: Judged) -> Flags:
    return (seen.above[1] | seen.below[1]) & ~seen.beyond


def _of(seen: Judged, line: int, hits: int, width: int) -> Flags:
    """`hits` of `width` successive points past a line on the same side, the last one among them."""
    found = np.zeros(seen.beyond.shape, bool)
    for past in (seen.above[line - 1], seen.below[line - 1]):
        found |= past & (runs.last(past, width) >= hits)
    return found


def _one_side(seen: Judged, width: int) -> Flags:
    return runs.completed(seen.side == 1, width) | runs.completed(seen.side == -1, width)


PATTERNS: dict[str, Callable[[Judged], dict[str, Flags]]] = {"weco": weco, "nelson": nelson, "nhs": nhs}


def findings(drawn: Limits, rule_set: str) -> dict[str, Flags]:
    """For each rule of the set, the points that signal. Empty where the chart is not fit for the set."""
    if rule_set == "shewhart":
        return {"beyond": drawn.beyond}
    if drawn.kind in NO_PATTERNS:
        return {}
    if rule_set == "anhoej":
        return {"runs": drawn.runs_signal}
    return _by_phase(drawn, PATTERNS[rule_set])


def _by_phase(drawn: Limits, patterns: Callable[[Judged], dict[str, Flags]]) -> dict[str, Flags]:
    found: dict[str, Flags] = {}
    for part in np.unique(drawn.part):
        member = drawn.part == part
        for name, flags in patterns(judged(drawn, member)).items():
            found.setdefault(name, np.zeros(drawn.y.shape, bool))[member] = flags
    return found
