"""Strata and the smallest denominator that is judged."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import STRATA
from zhikong.engine.definitions.problems import Problem, suggestion


def check(draft: Draft) -> Iterator[Problem]:
    for i, name in enumerate(draft.data.get("strata") or []):
        if name not in STRATA:
            yield draft.problem(("strata", i), f"没有分层维度 {name}。", suggestion(str(name), STRATA))
    if draft.data.get("minimum_denominator", 0) < 0:
        yield draft.problem(("minimum_denominator",), "最小分母不能为负。", "请写 0 或正整数。")
