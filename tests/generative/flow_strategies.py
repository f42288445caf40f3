"""Random valid flows as YAML: a chain of states with returns, withdrawals, timeouts, and sometimes a fork with a join."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st

OWNERS = (
    {"role": "complaint_officer"},
    {"role": "medical_affairs"},
    {"role": "department_head", "department": "case"},
    {"role": "head_nurse", "department": "case"},  # nobody holds it: the quality office must step in
    {"opener": True},
    {"actor": True},
)
ROLES = ("complaint_officer", "medical_affairs", "department_head", "quality_office", "nurse")
SPANS = (
    {"hours": 1}, {"hours": 36}, {"days": 2}, {"working_days": 1}, {"working_days": 3}, {"shifts": 2},
    {"before": {"item": "expires_on", "days": 3}},
)  # fmt: skip
LADDERS = (
    [],
    [{"after": {"hours": 0}, "to": {"role": "hospital_leader"}}],
    [
        {"after": {"hours": 2}, "to": {"role": "department_head", "department": "case"}},
        {"after": {"working_days": 1}, "to": {"role": "hospital_leader"}},
    ],
    [{"after": {"hours": 1}, "to": {"opener": True}}, {"after": {"days": 2}, "to": {"role": "head_nurse"}}],
)


@st.composite
def state(draw, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"id": name, "title": f"状态 {name}", "owner": draw(st.sampled_from(OWNERS))}
    if draw(st.booleans()):
        found["deadline"] = draw(st.sampled_from(SPANS)) | {"says": "试验规定"}
        if "before" not in found["deadline"]:
            found["deadline"] |= {"from": draw(st.sampled_from(["entered", "opened"]))}
        found["escalate"] = draw(st.sampled_from(LADDERS))
        if draw(st.booleans()):
            found["warn"] = draw(st.sampled_from([{"hours": 1}, {"working_days": 1}]))
    return found


def step(draw, name: str, source: Any, **to: Any) -> dict[str, Any]:
    roles = draw(st.lists(st.sampled_from(ROLES), max_size=2, unique=True))
    return {"id": name, "title": f"步骤 {name}", "from": source, "owner": True, "roles": roles, **to}


def timed_out(draw, states: dict[str, dict], source: str, target: str) -> list[dict[str, Any]]:
    """Sometimes the clock takes the way from a state that has a deadline."""
    if "deadline" not in states[source] or not draw(st.booleans()):
        return []
    states[source]["timeout"] = f"time_{source}"
    return [{"id": f"time_{source}", "title": "到期", "from": source, "to": target}]


@st.composite
def flows(draw, name: str) -> str:
    """The text of a flow that the checks accept."""
    length = draw(st.integers(1, 3))
    chain = [f"s{i}" for i in range(length)]
    states = {key: draw(state(key)) for key in chain}
    steps: list[dict[str, Any]] = []
    for i, here in enumerate(chain):
        there = chain[i + 1] if i + 1 < length else "done"
        if i + 1 < length and draw(st.booleans()):
            steps += _fork(draw, states, here, there)
        else:
            steps.append(step(draw, f"go_{here}", here, to=there))
            steps += timed_out(draw, states, here, there)
        if i and draw(st.booleans()):
            back = draw(st.sampled_from(chain[:i]))
            steps.append(step(draw, f"back_{here}", here, to=back, kind="return"))
    steps.append({"id": "withdraw", "title": "撤回", "from": "*", "to": "gone", "kind": "withdraw"})
    ends = [{"id": key, "title": f"结束 {key}", "end": True} for key in ("done", "gone")]
    return _text(draw, name, [*states.values(), *ends], steps)


def _fork(draw, states: dict[str, dict], here: str, there: str) -> list[dict[str, Any]]:
    """Two or three strands out of `here`, one of them of two states, all to meet in `there`."""
    names = [f"{here}_{k}" for k in "abc"[: draw(st.integers(2, 3))]]
    for key in (*names, f"{here}_z"):
        states[key] = draw(state(key))
    steps = [step(draw, f"fork_{here}", here, parallel=names, join=there)]
    first, *others = names
    steps.append(step(draw, f"on_{first}", first, to=f"{here}_z"))
    for key in (f"{here}_z", *others):
        steps.append(step(draw, f"join_{key}", key, to=there))
        steps += timed_out(draw, states, key, there)
    if draw(st.booleans()):
        steps.append(step(draw, f"away_{here}", others[0], to=here, kind="return"))
    return steps


def _text(draw, name: str, states: list[dict], steps: list[dict]) -> str:
    demands = draw(st.booleans())
    if demands:
        for one in states:
            if not one.get("end"):
                one.setdefault("deadline", {"working_days": 2, "says": "试验规定"})
    flow = {
        "id": name, "version": 1, "title": "试验流程", "purpose": "试验", "source": {"document": "试验", "clause": "一"},
        "owner": "quality_office", "next_review": "2027-12-31", "number": "SY-{year}-{serial:03d}",
        "opens": {"roles": ["nurse", "complaint_officer"], "form": "dates"}, "demands_deadlines": demands,
        "confidential": draw(st.booleans()), "states": states, "transitions": steps,
    }  # fmt: skip
    return yaml.safe_dump(flow, allow_unicode=True, sort_keys=False)


DATES_FORM = """\
id: dates
version: 1
kind: register
title: {zh: 日期}
purpose: 试验
source: {document: 试验, clause: 一, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
subject: none
sections:
  - {id: main, title: 日期, items: [{id: expires_on, type: date, text: 到期日}]}
"""
