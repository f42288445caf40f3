"""Every id is given once, and every state that a transition names exists."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.flows.definition.model import ANY, FlowDefinition


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for key, entries in (("states", flow.states), ("transitions", flow.transitions)):
        seen: set[str] = set()
        for i, entry in enumerate(entries):
            if entry.id in seen:
                yield doc.problem(
                    (key, i, "id"), f"id {entry.id} 用了两次。", "每个状态、每个步骤的 id 只用一次。"
                )
            seen.add(entry.id)
    for i, step in enumerate(flow.transitions):
        named = [("from", s) for s in step.sources if s != ANY] + [("to", t) for t in step.targets]
        named += [("join", step.join)] if step.join else []
        for field, state in named:
            if state not in flow.by_state:
                yield doc.problem(
                    ("transitions", i, field), f"步骤 {step.id} 指向没有的状态 {state}。",
                    suggestion(state, flow.by_state),
                )  # fmt: skip
            elif field == "from" and flow.by_state[state].end:
                yield doc.problem(
                    ("transitions", i, "from"),
                    f"状态 {state} 已是结束，不能再有步骤。",
                    "去掉它，或去掉 end: true。",
                )
