"""Where a deadline is demanded it is given, and it says in words on what rule it stands."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition.model import FlowDefinition


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for i, state in enumerate(flow.states):
        path = ("states", i)
        if state.deadline is None:
            if flow.demands_deadline(state):
                yield doc.problem(path, f"状态“{state.title}”要有时限（deadline）。", _why(flow))
            continue
        if state.end:
            yield doc.problem(
                (*path, "deadline"), f"结束状态“{state.title}”不需要时限。", "请去掉 deadline。"
            )
        if not state.deadline.says:
            yield doc.problem(
                (*path, "deadline"), f"状态“{state.title}”的时限没有说明依据（says）。",
                "写一句话：依据哪个文件、多长时间。它会显示在期限旁边。",
            )  # fmt: skip


def _why(flow: FlowDefinition) -> str:
    if flow.demands_deadlines:
        return "流程写了 demands_deadlines: true，每个状态都要有时限。"
    return "写了提醒（warn）、升级（escalate）或到期步骤（timeout），就要有时限。"
