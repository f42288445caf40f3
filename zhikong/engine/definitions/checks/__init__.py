"""The rules that a definition must keep, one file each, in the order in which they are asked.

A rule may rely on the ones before it: the first that finds something ends the checking of that file, so
that the author sees causes and not their consequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhikong.engine.definitions.checks import (
    derived,
    display,
    exclusions,
    grain,
    identity,
    language,
    measures,
    passing,
    prose,
    ranks,
    rates,
    shape,
    targets,
    unit,
)
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.problems import Problem

Check = Callable[[Draft], Iterator[Problem]]
STAGES: tuple[tuple[Check, ...], ...] = (
    (shape.check,),
    (identity.check, prose.check, grain.check, measures.check, exclusions.check, rates.check, derived.check),
    (language.check, unit.check, targets.check, display.check, ranks.check, passing.check),
)


def problems_of(draft: Draft) -> list[Problem]:
    """The problems of the first stage that finds any, sorted by line."""
    for stage in STAGES:
        found = [problem for check in stage for problem in check(draft)]
        if found:
            return sorted(found, key=lambda p: p.line)
    return []
