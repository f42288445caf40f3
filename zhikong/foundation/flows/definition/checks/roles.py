"""Somebody can take every step, and every role that is named exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.foundation.flows.definition.model import FlowDefinition, Kind


def check(flow: FlowDefinition, doc: Located, known: Mapping[str, str] | None = None) -> Iterator[Problem]:
    timeouts = {state.timeout for state in flow.states if state.timeout}
    for i, step in enumerate(flow.transitions):
        withdrawn = step.kind is Kind.WITHDRAW  # whoever opened a case may withdraw it
        if not (step.roles or step.owner or withdrawn or step.id in timeouts):
            yield doc.problem(
                ("transitions", i),
                f"步骤“{step.title}”没有写谁可以办。",
                "写 roles: [角色] 或 owner: true（当前责任人）。",
            )
    for path, role in _named(flow) if known is not None else ():
        if role not in known:
            yield doc.problem(path, f"没有角色 {role}。", suggestion(role, known))


def _named(flow: FlowDefinition) -> Iterator[tuple[tuple[Key, ...], str]]:
    yield from ((("opens", "roles", i), role) for i, role in enumerate(flow.opens_roles))
    yield from ((("readers", i), role) for i, role in enumerate(flow.readers))
    for i, step in enumerate(flow.transitions):
        yield from ((("transitions", i, "roles", n), role) for n, role in enumerate(step.roles))
    for i, state in enumerate(flow.states):
        if state.owner and state.owner.role:
            yield ("states", i, "owner", "role"), state.owner.role
        for n, rung in enumerate(state.escalate):
            if rung.to.role:
                yield ("states", i, "escalate", n, "to"), rung.to.role
