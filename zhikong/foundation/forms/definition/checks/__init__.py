"""The rules that a form must keep, one file each; the first stage that finds something ends the checking.

So the author sees causes and not their consequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.checks import (
    evidence,
    grades,
    identity,
    limits,
    numbers,
    options,
    prose,
    scoring,
    shape,
    show_if,
    tables,
    types,
    vetoes,
)
from zhikong.foundation.forms.definition.draft import Draft

Check = Callable[[Draft], Iterator[Problem]]
STAGES: tuple[tuple[Check, ...], ...] = (
    (shape.check,),
    (limits.check, identity.check, types.check, prose.check),
    (options.check, numbers.check, tables.check, vetoes.check, evidence.check),
    (scoring.check, show_if.check),
    (grades.check,),
)


def problems_of(draft: Draft) -> list[Problem]:
    """The problems of the first stage that finds any, sorted by line."""
    for stage in STAGES:
        found = [problem for check in stage for problem in check(draft)]
        if found:
            return sorted(found, key=lambda p: p.line)
    return []
