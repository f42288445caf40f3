"""What a new version of a flow would change, in sentences for who reviews it."""

from __future__ import annotations

from collections.abc import Iterator

from zhikong.foundation.flows import queries
from zhikong.foundation.flows.definition import FlowDefinition


def sentences(old: FlowDefinition | None, new: FlowDefinition) -> list[str]:
    """States and steps that come and go, deadlines that change, and how many open cases stand where."""
    changes = list(_changes(old, new)) if old is not None else [f"新流程：{len(new.states)} 个状态。"]
    return changes + list(_open_cases(new))


def _changes(old: FlowDefinition, new: FlowDefinition) -> Iterator[str]:
    for word, one, other in (("新增", new, old), ("去掉", old, new)):
        for state in one.states:
            if state.id not in other.by_state:
                yield f"{word}状态“{state.title}”。"
        for step in one.transitions:
            if step.id not in other.by_transition:
                yield f"{word}步骤“{step.title}”。"
    for state in new.states:
        before = old.by_state.get(state.id)
        if before is not None and before.deadline != state.deadline:
            yield f"“{state.title}”的时限改了。"
        if before is not None and before.owner != state.owner:
            yield f"“{state.title}”的责任人改了。"


def _open_cases(new: FlowDefinition) -> Iterator[str]:
    counts = queries.open_by_state(new.id)
    total = sum(count for _version, _state, count in counts)
    if not total:
        yield "现在没有未办结的案件。"
        return
    yield f"现有 {total} 件未办结，都按各自新建时的版本继续办理，不受影响。"
    for version, state, count in counts:
        yield f"第 {version} 版“{state}”：{count} 件。"
