"""A flow in words: who, until when, which ways out; for the labels of its picture and for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping

from zhikong.foundation.flows.definition.model import CASE, FlowDefinition, Kind, Owner, State, Transition


def owner_words(owner: Owner | None, titles: Mapping[str, str]) -> str:
    if owner is None:
        return ""
    if owner.opener:
        return "新建人"
    if owner.actor:
        return "上一步办理人"
    title = str(titles.get(owner.role, owner.role))
    return f"本科室{title}" if owner.department == CASE else title


def deadline_words(state: State) -> str:
    deadline = state.deadline
    if deadline is None:
        return ""
    if deadline.item:
        return f"{deadline.item} 前 {deadline.days} 天"
    since = {"entered": "", "opened": "（自新建起）"}.get(deadline.start, f"（自 {deadline.start} 起）")
    return f"{deadline.span}{since}"


def ladder_words(state: State, titles: Mapping[str, str]) -> list[str]:
    return [
        f"逾期 {rung.after}：{owner_words(rung.to, titles)}" if rung.after.amount else
        f"逾期即：{owner_words(rung.to, titles)}"
        for rung in state.escalate
    ]  # fmt: skip


def step_words(step: Transition, titles: Mapping[str, str]) -> str:
    who = [str(titles.get(role, role)) for role in step.roles] + (["责任人"] if step.owner else [])
    who += ["新建人"] if step.kind is Kind.WITHDRAW and not who else []
    kind = {Kind.RETURN: "↩ ", Kind.WITHDRAW: "✕ "}.get(step.kind, "")
    extra = "，有条件" if step.guard else ""
    extra += "，填表" if step.form else ""
    return f"{kind}{step.title}（{'、'.join(who) or '系统到期'}{extra}）"


def sentences(flow: FlowDefinition, titles: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The same flow as a list to read: (state, what is said of it and of the ways out), for those who do not see."""
    return [(_state_words(flow, state), _ways_words(flow, state, titles)) for state in flow.states]


def _state_words(flow: FlowDefinition, state: State) -> str:
    return (
        f"{state.title}（{'开始' if state is flow.start else '结束'}）"
        if state.end or state is flow.start
        else state.title
    )


def _ways_words(flow: FlowDefinition, state: State, titles: Mapping[str, str]) -> list[str]:
    said = [f"责任人：{owner_words(state.owner, titles)}"] if state.owner else []
    if state.deadline:
        said.append(f"时限：{deadline_words(state)}。{state.deadline.says}".rstrip("。") + "。")
    said += ladder_words(state, titles)
    for step in flow.leaving(state.id):
        where = "、".join(f"“{flow.by_state[target].title}”" for target in step.targets)
        joined = f"，都办完后汇合到“{flow.by_state[step.join].title}”" if step.join else ""
        says = f"。条件：{step.guard_says}" if step.guard_says else ""
        said.append(f"{step_words(step, titles)} → {where}{joined}{says}")
    return said
