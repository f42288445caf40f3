"""Targets name a level and bounds that agree with the direction of the indicator."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.draft import Draft
from zhikong.engine.definitions.fields import LEVELS
from zhikong.engine.definitions.goals import Target
from zhikong.engine.definitions.kinds import Direction
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.definitions.targets import USAGE, target_of


def check(draft: Draft) -> Iterator[Problem]:
    for level, raw in (draft.data.get("targets") or {}).items():
        path = ("targets", level)
        if level not in LEVELS:
            yield draft.problem(path, f"没有机构级别 {level}。", suggestion(level, LEVELS))
            continue
        target = target_of(raw)
        if target is None:
            yield draft.problem(path, "目标值的写法不对。", USAGE)
        elif _against(target, Direction(draft.data["direction"])):
            yield draft.problem(
                path,
                "目标值与导向不一致。",
                "越高越好用 at_least，越低越好用 at_most，区间两者都写；relative 只用于前两者。",
            )


def _against(target: Target, direction: Direction) -> bool:
    if target.monitor:
        return False
    if target.relative is not None:  # which bound it becomes follows from the direction
        return direction not in (Direction.UP, Direction.DOWN)
    if direction is Direction.UP:
        return target.at_least is None
    if direction is Direction.DOWN:
        return target.at_most is None
    return direction is Direction.RANGE and (target.at_least is None or target.at_most is None)
