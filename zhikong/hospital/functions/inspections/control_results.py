"""Whether a clause's compliance changed: a control chart of monthly counts, and the verdict on a measure. No ORM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhikong.engine.stats import runs
from zhikong.engine.stats.choosing import Choice, choose
from zhikong.engine.stats.drafting import mostly_tied
from zhikong.engine.stats.effect import Shift, shifted
from zhikong.engine.stats.limits import p_chart
from zhikong.engine.stats.points import ORDER, Rule, classes
from zhikong.engine.stats.rules import judged, nhs_tests
from zhikong.engine.stats.series import Limits, Options
from zhikong.hospital.functions.inspections.rules_results import Count

FEWEST = 2  # months known, to draw anything
ERROR_RATE = 0.05
"""How often a clause that did not change is said to have improved (engine.stats.effect, simulated)."""


@dataclass(frozen=True)
class Control:
    """A p chart of months. rules: what is special about each month. since: position of the first month after a measure;
    then the limits come from the months before it alone, and verdict says whether it worked."""

    months: tuple[str, ...]
    limits: Limits
    rules: tuple[Rule, ...]
    choice: Choice
    since: int | None = None
    verdict: Shift | None = None


def control(
    months: Sequence[str], series: Sequence[Count | None], *, since: str = "", direction: str = "up"
) -> Control | None:
    """The chart of a clause; None with fewer than two known months. Months without an answer stay empty.

    since: first month after a measure. One that leaves no month before it is passed over.
    """
    top = [one.conforming if one and one.applicable else None for one in series]
    bottom = [one.applicable if one and one.applicable else None for one in series]
    if sum(value is not None for value in bottom) < FEWEST:
        return None
    place = list(months).index(since) if since in months else None
    place = place if place and any(value is not None for value in bottom[:place]) else None
    chosen = choose("proportion", _floats(top), _floats(bottom))
    options = Options(multiply=100.0, freeze=place)
    limits = p_chart(_floats(top), _floats(bottom), options, prime=chosen.chart.endswith("prime"))
    verdict = None if place is None else _verdict(top, bottom, place, direction, chosen.chart)
    return Control(tuple(months), limits, _rules(limits), chosen, place, verdict)


def _verdict(top: list, bottom: list, place: int, direction: str, chart: str) -> Shift:
    return shifted(
        top[:place],
        top[place:],
        direction=direction,
        before_n=bottom[:place],
        after_n=bottom[place:],
        chart=chart,
    )


def _floats(values: Sequence[int | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _rules(limits: Limits) -> tuple[Rule, ...]:
    """The first rule that holds for each month, as on the pages of indicators."""
    seen = judged(limits, np.ones(limits.y.shape, bool))
    if mostly_tied(seen.y):
        seen = replace(seen, side=runs.sides(seen.y, np.full(seen.y.shape, np.nanmedian(seen.y))))
    return tuple(ORDER[index] for index in classes(*nhs_tests(seen)))


def expected_by_chance(judged_places: int) -> float:
    """How many of so many departments would be said to have improved although nothing changed."""
    return ERROR_RATE * judged_places
