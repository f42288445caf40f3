"""Text → flow, or the problems that stand in its way. One check a file in checks/, in this order.

The shape is checked first on the raw text; only a text of the right shape becomes a FlowDefinition, and the other
checks ask questions of that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zhikong.engine.conditions import Name
from zhikong.engine.definitions import located
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition import building
from zhikong.foundation.flows.definition.checks import (
    content,
    deadlines,
    guards,
    ladders,
    owners,
    parallels,
    reach,
    references,
    roles,
    shape,
    timeouts,
)
from zhikong.foundation.flows.definition.model import FlowDefinition

FormNames = Callable[[str], Mapping[str, Name] | None]
"""The names that a form's items give to conditions; None when there is no such form."""

CHECKS = (references, owners, reach, deadlines, ladders, timeouts, parallels, roles, content)


def read_text(
    text: str, *, file: Path, forms: FormNames | None = None, roles_known: Any = None
) -> FlowDefinition | list[Problem]:
    """The flow, or everything that is wrong with it, with lines.

    forms: how to look up a form's items; without it, guards are only checked to be written correctly.
    roles_known: role codes and titles; without them, role codes are not checked.
    """
    doc = located.read_text(text, file=file)
    return [doc] if isinstance(doc, Problem) else _read(doc, forms, roles_known)


def read_file(
    file: Path, *, forms: FormNames | None = None, roles_known: Any = None
) -> FlowDefinition | list[Problem]:
    """As read_text, from a file; its name must be the flow's id."""
    doc = located.read(file)
    return [doc] if isinstance(doc, Problem) else _read(doc, forms, roles_known)


def _read(doc: Located, forms: FormNames | None, roles_known: Any) -> FlowDefinition | list[Problem]:
    problems = list(shape.check(doc))
    if problems:
        return problems
    flow = building.build(doc.data)
    for check in CHECKS:
        known = (roles_known,) if check is roles else ()
        problems += check.check(flow, doc, *known)
    if not problems:  # a guard is read in the context of states and forms that exist
        problems += guards.check(flow, doc, forms)
    return sorted(problems, key=lambda problem: problem.line) or flow
