"""Strata and the smallest denominator that is judged."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.kinds import Kind
from zhikong.engine.definitions.problems import ExpressionError, Problem
from zhikong.engine.definitions.strata import OWN, bound_stratum


def check(draft: Draft) -> Iterator[Problem]:
    for i, name in enumerate(draft.data.get("strata") or []):
        try:
            if name != OWN:
                bound_stratum(name, draft.scope)
            elif draft.data["department"] is None:
                raise ExpressionError("没有科室列，不能按科室分层。", "请写 department，或删除这一层。")
        except ExpressionError as error:
            yield draft.problem(("strata", i), error.message, error.remedy)
            continue
        if draft.kind is Kind.RATE and name != OWN:
            message = "分子分母来自两张表，只能按科室分层。"
            yield draft.problem(("strata", i), message, "请只写 strata: [department]。")
    if draft.data.get("minimum_denominator", 0) < 0:
        yield draft.problem(("minimum_denominator",), "最小分母不能为负。", "请写 0 或正整数。")
