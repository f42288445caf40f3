"""Every score has exactly one grade, and the pass mark can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.forms.definition.draft import Draft


def check(draft: Draft) -> Iterator[Problem]:
    full, mark = draft.data.get("full_score"), draft.data.get("pass_score")
    if mark is not None and not 0 < mark <= full:
        yield draft.problem(("pass_score",), f"合格分 {mark} 不在 0 和满分 {full} 之间。", "请改正。")
    grades = draft.data.get("grades") or []
    bounds = [grade["at_least"] for grade in grades]
    if bounds != sorted(set(bounds), reverse=True):
        yield draft.problem(("grades",), "等级没有从高到低排列，或有两个相同。", "按 at_least 从大到小写。")
    elif bounds and bounds[-1] != 0:
        yield draft.problem(
            ("grades", len(grades) - 1, "at_least"), "最低的等级没有从 0 开始。", "最后一级写 at_least: 0。"
        )
    if any(bound > full for bound in bounds):
        yield draft.problem(("grades", 0, "at_least"), "等级的分数超过满分。", f"满分是 {full}。")
