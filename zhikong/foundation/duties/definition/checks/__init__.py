"""The rules that a duty's file must keep, one file each. The first stage that finds something ends the checking."""

from collections.abc import Callable, Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.duties.definition.checks import due, evidence, head, place, reminders, shape
from zhikong.foundation.duties.definition.draft import Draft

Check = Callable[[Draft], Iterator[Problem]]
STAGES: tuple[tuple[Check, ...], ...] = (
    (shape.check,),
    (head.check, place.check, due.check, evidence.check, reminders.check),
)


def problems_of(draft: Draft) -> list[Problem]:
    """The problems of the first stage that finds any, sorted by line."""
    for stage in STAGES:
        found = [problem for check in stage for problem in check(draft)]
        if found:
            return sorted(found, key=lambda p: p.line)
    return []
