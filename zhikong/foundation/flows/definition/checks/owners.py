"""Every state that is no end says whose turn it is, and says it in one way."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows.definition.model import CASE, FlowDefinition, Owner

USAGE = "写一种：{role: 角色}、{role: 科室角色, department: case}、{opener: true} 或 {actor: true}。"


def check(flow: FlowDefinition, doc: Located) -> Iterator[Problem]:
    for i, state in enumerate(flow.states):
        if state.owner is None:
            if not state.end:
                yield doc.problem(("states", i), f"状态“{state.title}”没有责任人（owner）。", USAGE)
        elif not _clear(state.owner):
            yield doc.problem(("states", i, "owner"), f"状态“{state.title}”的责任人写法不对。", USAGE)
        for n, rung in enumerate(state.escalate):
            if not _clear(rung.to):
                yield doc.problem(("states", i, "escalate", n, "to"), "升级给谁写法不对。", USAGE)


def _clear(owner: Owner) -> bool:
    ways = bool(owner.role) + owner.opener + owner.actor
    return ways == 1 and owner.department in ("", CASE) and not (owner.department and not owner.role)
