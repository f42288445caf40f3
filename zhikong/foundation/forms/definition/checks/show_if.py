"""A show-if is a condition in the engine's language over the items that stand above it."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine import conditions
from zhikong.engine.definitions.problems import ExpressionError, Problem
from zhikong.foundation.forms.definition import building
from zhikong.foundation.forms.definition.draft import Draft
from zhikong.foundation.forms.definition.model import Item
from zhikong.foundation.forms.definition.names import names_of


def check(draft: Draft) -> Iterator[Problem]:
    above: list[Item] = []
    for path, raw in draft.items():
        text = raw.get("show_if", "").strip()
        if text:
            try:
                conditions.read(text, names_of(above))
            except ExpressionError as error:
                remedy = f"{error.remedy}出现条件只能用到它前面的条目。"
                yield draft.problem((*path, "show_if"), error.message, remedy)
        above.append(building.item(raw))
