"""A table has columns, and either rows that are given or rows that one adds."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.checks.limits import MOST_ROWS
from zhikong.foundation.forms.definition.draft import Draft


def check(draft: Draft) -> Iterator[Problem]:
    for path, item in draft.items():
        if item["type"] != "table":
            continue
        if not item.get("columns"):
            yield draft.problem((*path, "columns"), "表格没有列。", "至少写一列，写法同条目。")
        if item.get("fixed") and item.get("rows"):
            yield draft.problem((*path, "rows"), "行已由 fixed 给定。", "rows 和 fixed 只写一个。")
        rows = item.get("rows") or {}
        low, high = rows.get("min", 0), rows.get("max", 50)
        if not all(isinstance(n, int) for n in (low, high)) or not 0 <= low <= high <= MOST_ROWS or high < 1:
            yield draft.problem((*path, "rows"), "行数不对。", f"0 ≤ min ≤ max ≤ {MOST_ROWS}。")
        names = [str(name) for name in item.get("fixed") or []]
        if len(set(names)) < len(names):
            yield draft.problem((*path, "fixed"), "有两行同名。", "每行的名称只用一次。")
