"""Parallel steps meet again: a join that every branch can reach, and no fork inside a fork."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition.model import FlowDefinition, Transition


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for i, step in enumerate(flow.transitions):
        path = ("transitions", i)
        if step.join and not step.parallel:
            yield doc.problem(
                (*path, "join"), f"步骤 {step.id} 没有并行，却写了 join。", "去掉 join，或写 parallel。"
            )
        if not step.parallel:
            continue
        if len(set(step.parallel)) < 2:
            yield doc.problem(
                (*path, "parallel"),
                f"步骤 {step.id} 并行的状态不足两个。",
                "写两个以上不同的状态，或改用 to。",
            )
        if not step.join:
            yield doc.problem(
                path, f"步骤 {step.id} 有并行，没有汇合（join）。", "写明各分支办完后汇合到哪个状态。"
            )
        elif all(name in flow.by_state for name in (*step.parallel, step.join)):
            yield from _branches(flow, doc, i, step)


def _branches(flow: FlowDefinition, doc: Located, i: int, step: Transition) -> Iterator[Problem]:
    for state in step.parallel:
        title = flow.by_state[state].title
        region = flow.region(state, step.join)
        inside = [t for t in flow.transitions if set(t.sources) & region]
        if not any(step.join in t.targets for t in inside):
            yield doc.problem(
                ("transitions", i, "join"), f"从分支“{title}”走不到汇合状态。", "补上通往汇合状态的步骤。"
            )
        if any(t.parallel for t in inside):
            yield doc.problem(
                ("transitions", i, "parallel"),
                f"分支“{title}”里又有并行。",
                "并行里不能再并行，请改为依次办理。",
            )
