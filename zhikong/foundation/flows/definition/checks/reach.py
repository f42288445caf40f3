"""Every state can be reached from the first, has a way out unless it is an end, and can reach an end."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition.model import FlowDefinition


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    if _broken(flow):
        return  # references.py has said so; a graph with holes has no meaning
    if not any(state.end for state in flow.states):
        yield doc.problem(("states",), "流程没有结束状态。", "给最后的状态写上 end: true。")
    if flow.start.end:
        yield doc.problem(
            ("states", 0), "第一个状态是案件开始的地方，不能是结束状态。", "把开始的状态写在最前面。"
        )
    reached = _reached(flow, flow.start.id)
    ends = {state.id for state in flow.states if state.end}
    for i, state in enumerate(flow.states):
        if state.id not in reached:
            yield doc.problem(
                ("states", i), f"没有步骤能走到状态“{state.title}”。", "补上通往它的步骤，或去掉它。"
            )
        if state.end:
            continue
        if not flow.leaving(state.id):
            yield doc.problem(
                ("states", i), f"状态“{state.title}”没有出口。", "补上离开它的步骤，或写 end: true。"
            )
        elif ends and not ends & _reached(flow, state.id):
            yield doc.problem(("states", i), f"从状态“{state.title}”走不到结束。", "补上通往结束状态的步骤。")


def _broken(flow: FlowDefinition) -> bool:
    named = {
        name for step in flow.transitions for name in (*step.targets, *([step.join] if step.join else []))
    }
    return bool(named - set(flow.by_state))


def _reached(flow: FlowDefinition, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        for step in flow.leaving(here):
            waiting += [*step.targets, *([step.join] if step.join else [])]
    return seen
