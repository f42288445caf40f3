"""Every expression belongs to the language and names only columns, codes and functions that exist."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions import expressions
from zhikong.engine.definitions.checks import rates
from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.problems import ExpressionError, Problem


def check(draft: Draft) -> Iterator[Problem]:
    if draft.derived:
        return
    yield from rates.language(draft)
    for path, text in draft.conditions().items():
        try:
            expressions.condition(text, draft.scope)
        except ExpressionError as error:
            yield draft.problem(path, error.message, error.remedy)
    for name in ("numerator", "denominator"):
        try:
            draft.measure(name)
        except ExpressionError as error:
            yield draft.problem((name,), error.message, error.remedy)
