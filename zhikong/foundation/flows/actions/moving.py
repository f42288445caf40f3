"""A transition that may be taken, carried out: one strand moves, forks, arrives, joins, or the case ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhikong.foundation.flows import queries
from zhikong.foundation.flows.actions.steps import (
    admit,
    close_branch,
    finish_task,
    main_branch,
    place,
    record,
    summarise,
    tell,
)
from zhikong.foundation.flows.definition import FlowDefinition, Kind, Transition
from zhikong.foundation.flows.facts import CaseClosed, CaseMoved
from zhikong.foundation.flows.models import MAIN, Branch, Case
from zhikong.foundation.flows.rules import Act
from zhikong.foundation.outbox.actions import announce

ACTS = {Kind.FORWARD: Act.MOVE, Kind.RETURN: Act.RETURN, Kind.WITHDRAW: Act.WITHDRAW}


def take(
    case: Case,
    strand: Branch,
    step: Transition,
    *,
    flow: FlowDefinition,
    by,
    now: datetime,
    reason: str = "",
    sheet_id: int | None = None,
    timeout: bool = False,
) -> None:
    """Carry a transition out under a scope of the whole hospital, with the case locked."""
    admit(case, by)
    line = {
        "by": by,
        "now": now,
        "step": step.id,
        "before": strand.state,
        "reason": reason,
        "sheet_id": sheet_id,
    }
    kind = Act.TIMEOUT if timeout else ACTS[step.kind]
    case.returned += step.kind is Kind.RETURN
    if step.parallel:
        _fork(case, strand, step, flow, line)
    elif strand.number != MAIN and step.to == strand.join:
        _arrive(case, strand, flow, line)
    else:
        _go(case, strand, step, flow, kind, line)
    summarise(case, flow)
    announce(CaseMoved(case.pk, case.flow_id, case.department_id, step.id, step.to or step.join), now=now)


def _go(
    case: Case, strand: Branch, step: Transition, flow: FlowDefinition, kind: Act, line: dict[str, Any]
) -> None:
    """To one state: within a parallel branch as long as it stays in it, else the case as a whole moves."""
    state = flow.by_state[step.to]
    inside = strand.number != MAIN and step.to in _region(case, strand, flow)
    if not inside or state.end:
        strand = _collapse(case, strand, line)
    if state.end:
        _close(case, strand, step.to, flow, kind, line)
        return
    _enter(case, strand, step.to, flow, kind, line)


def _enter(
    case: Case, strand: Branch, to: str, flow: FlowDefinition, kind: Act, line: dict[str, Any]
) -> None:
    by, now = line["by"], line["now"]
    state = flow.by_state[to]
    if strand.pk:
        finish_task(strand, by=by, now=now)
    place(case, strand, state, flow=flow, by=by, now=now)
    record(case, kind, **line, branch=strand.number, after=to, to=strand.owner, due_reason=strand.due_reason)
    text = "\n".join(part for part in (line["reason"], strand.due_reason) if part)
    if state.quiet:
        return
    tell(case, by=by, now=now, title=f"请办理“{state.title}”", users=[strand.owner], text=text)


def _region(case: Case, strand: Branch, flow: FlowDefinition) -> frozenset[str]:
    """The states that the strand may pass through, from where it began."""
    first = case.steps.filter(branch=strand.number, act=Act.FORK).order_by("pk").first()
    start = first.after if first is not None and first.after in flow.by_state else strand.state
    return flow.region(start, strand.join)


def _collapse(case: Case, strand: Branch, line: dict[str, Any]) -> Branch:
    """The case goes on as one: whatever ran in parallel ends."""
    for branch in queries.open_branches(case):
        if branch.number != MAIN:
            close_branch(branch, by=line["by"], now=line["now"])
    return main_branch(case) if strand.number != MAIN else strand


def _fork(case: Case, strand: Branch, step: Transition, flow: FlowDefinition, line: dict[str, Any]) -> None:
    close_branch(strand, by=line["by"], now=line["now"])
    for to in step.parallel:
        case.strands += 1
        branch = Branch(
            institution_id=case.institution_id, case=case, number=case.strands, join=step.join, state=to
        )
        _enter(case, branch, to, flow, Act.FORK, line)


def _arrive(case: Case, strand: Branch, flow: FlowDefinition, line: dict[str, Any]) -> None:
    """One strand is done; the last one to arrive joins, under the lock of the case and so exactly once."""
    close_branch(strand, by=line["by"], now=line["now"], arrived=True)
    record(case, Act.ARRIVE, **line, branch=strand.number, after=strand.join)
    if queries.open_branches(case):
        return
    joined = {**line, "before": "", "reason": "", "sheet_id": None, "step": ""}
    if flow.by_state[strand.join].end:
        _close(case, main_branch(case), strand.join, flow, Act.JOIN, joined)
    else:
        _enter(case, main_branch(case), strand.join, flow, Act.JOIN, joined)


def _close(
    case: Case, strand: Branch, to: str, flow: FlowDefinition, kind: Act, line: dict[str, Any]
) -> None:
    state, by, now = flow.by_state[to], line["by"], line["now"]
    if strand.closed_at is None:
        close_branch(strand, by=by, now=now)
    record(case, kind, **line, branch=MAIN, after=to)
    case.state, case.state_title = to, state.title
    case.closed_at, case.closed_by = now, by
    case.due_at = case.due_on = None
    case.due_reason = ""
    tell(case, by=by, now=now, title=f"案件{state.title}", users=[case.opened_by], text=line["reason"])
    announce(CaseClosed(case.pk, case.flow_id, case.department_id, to), now=now)
