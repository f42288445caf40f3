"""What the system does at a deadline is a transition out of that state that needs no person."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.flows.definition.model import FlowDefinition


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for i, state in enumerate(flow.states):
        if state.quiet and not state.timeout:
            yield doc.problem(
                ("states", i, "quiet"), f"状态“{state.title}”写了 quiet，却没有到期自动执行的步骤。",
                "没有人收到待办的状态，到期要自己往下走：请写 deadline 和 timeout。",
            )  # fmt: skip
        if not state.timeout:
            continue
        path = ("states", i, "timeout")
        step = flow.by_transition.get(state.timeout)
        if step is None:
            yield doc.problem(
                path, f"没有步骤 {state.timeout}。", suggestion(state.timeout, flow.by_transition)
            )
        elif step not in flow.leaving(state.id):
            yield doc.problem(path, f"步骤 {step.id} 不从状态“{state.title}”出发。", "改成从这里出发的步骤。")
        elif step.form or step.guard:
            yield doc.problem(
                path, f"到期自动执行的步骤 {step.id} 不能要求表单或条件。", "另写一个不要表单和条件的步骤。"
            )
