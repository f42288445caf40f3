"""The multiplier fits the unit: a wrong pair would show 0.92 % where 92 % is meant."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import MULTIPLIER_OF_UNIT
from zhikong.engine.definitions.problems import Problem


def check(draft: Draft) -> Iterator[Problem]:
    unit, multiplier = draft.data["unit"].strip(), draft.data.get("multiplier", 1)
    if not unit:
        yield draft.problem(("unit",), "单位是空的。", "例如 %、天、例。")
    elif multiplier <= 0:
        yield draft.problem(("multiplier",), "乘数要大于 0。", "% 为 100，分换算为元写 0.01，没有换算写 1。")
    elif MULTIPLIER_OF_UNIT.get(unit, multiplier) != multiplier:
        right = MULTIPLIER_OF_UNIT[unit]
        yield draft.problem(
            ("multiplier",), f"单位 {unit} 的乘数应为 {right}。", f"请写 multiplier: {right}。"
        )
