"""From the text of a form file to a definition, or to the problems that its author should hear."""

from __future__ import annotations

from pathlib import Path

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition import building, checks
from zhikong.foundation.forms.definition.draft import Draft
from zhikong.foundation.forms.definition.model import FormDefinition


def read(text: str, *, file: Path) -> FormDefinition | list[Problem]:
    """The form that a text defines. file: where the problems are said to be; its name must be the form's id."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    draft = Draft(found)
    return checks.problems_of(draft) or building.build(draft)
