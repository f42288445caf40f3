"""Ranges that no number fits, and precision that a stored number cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft

MOST_DECIMALS = 6
LARGEST = 10**9  # with six decimals still fifteen digits: exact in every store and language on the way


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items_and_columns():
        low, high = item.get("min"), item.get("max")
        if low is not None and high is not None and low > high:
            yield draft.problem((*path, "min"), f"最小值 {low} 大于最大值 {high}。", "请对调。")
        if not 0 <= item.get("decimals", 0) <= MOST_DECIMALS:
            yield draft.problem((*path, "decimals"), "小数位数不对。", f"写 0 到 {MOST_DECIMALS}。")
        for name in ("min", "max"):
            if abs(item.get(name) or 0) > LARGEST:
                yield draft.problem((*path, name), f"{name} 太大。", f"写 {LARGEST} 以内，或换一个单位。")
        if item.get("of") is not None and not 1 <= item["of"] <= 10_000:
            yield draft.problem((*path, "of"), "of 应在 1 到 10000 之间。", "写一次观察的总例数，如 10。")
