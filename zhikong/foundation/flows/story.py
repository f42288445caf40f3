"""A case's history as sentences, and as a computation: replayed, it gives the state that the case is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from zhikong.foundation.flows.definition.model import FlowDefinition
from zhikong.foundation.flows.rules import ACT_NAMES, Act

BACKWARD = (Act.RETURN, Act.WITHDRAW, Act.ESCALATE, Act.TIMEOUT, Act.REASSIGN)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history as it was recorded. branch: which strand of the case it belongs to."""

    act: str
    at: datetime
    by: str
    branch: int
    step: str = ""
    before: str = ""
    after: str = ""
    to: str = ""  # who has it afterwards, by name
    reason: str = ""
    due_reason: str = ""
    sheet: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One line as it is read: heading and sentence, with the moment and what hangs on it."""

    at: datetime
    by: str
    heading: str
    text: str
    act: str
    reason: str = ""
    due_reason: str = ""
    sheet: int | None = None
    state: str = ""  # ok, bad or '' : how the line is marked


def tell(flow: FlowDefinition, lines: Iterable[Line]) -> list[Told]:
    """The story, in the order of the lines. A state or step that a later version dropped is told by its id."""
    return [_told(flow, line) for line in lines]


def _told(flow: FlowDefinition, line: Line) -> Told:
    act = Act(line.act)
    step = flow.by_transition.get(line.step)
    heading = step.title if step is not None else str(ACT_NAMES[act])
    return Told(
        at=line.at,
        by=line.by,
        heading=heading,
        text=_sentence(flow, act, line),
        act=line.act,
        reason=line.reason,
        due_reason=line.due_reason,
        sheet=line.sheet,
        state=_mark(flow, act, line),
    )


def _mark(flow: FlowDefinition, act: Act, line: Line) -> str:
    after = flow.by_state.get(line.after)
    if act in BACKWARD:
        return "bad"
    return "ok" if after is not None and after.end else ""


def _sentence(flow: FlowDefinition, act: Act, line: Line) -> str:
    before, after = _title(flow, line.before), _title(flow, line.after)
    then = f"，由{line.to}办理" if line.to else ""
    if act is Act.OPEN:
        return f"{line.by}新建，进入“{after}”{then}"
    if act in (Act.DELEGATE, Act.REASSIGN):
        return f"“{after}”转给{line.to}"
    if act is Act.WARN:
        return f"“{after}”快到期，已提醒{line.to}"
    if act is Act.ESCALATE:
        return f"“{after}”逾期，已通知{line.to}"
    if act is Act.ARRIVE:
        return f"“{before}”这一支已办完，等其他分支"
    if act is Act.JOIN:
        return f"各分支都已办完，进入“{after}”{then}"
    if act is Act.COMMENT:
        return ""
    if act is Act.MIGRATE:
        return f"改用新版本，“{before}”对应“{after}”{then}"
    return f"从“{before}”到“{after}”{then}" if before != after else f"进入“{after}”{then}"


def _title(flow: FlowDefinition, state: str) -> str:
    return flow.by_state[state].title if state in flow.by_state else state


@dataclass
class Replayed:
    """Where the history leaves a case: branch → state of the open ones, and how often it was joined."""

    open: dict[int, str] = field(default_factory=dict)
    joins: int = 0


def replay(flow: FlowDefinition, lines: Iterable[Line]) -> Replayed:
    """Walk the history. It must end where the case stands: a test holds one against the other."""
    found = Replayed()
    for line in lines:
        _apply(flow, found, line)
    return found


def _apply(flow: FlowDefinition, found: Replayed, line: Line) -> None:
    act = Act(line.act)
    if act in (Act.DELEGATE, Act.REASSIGN, Act.WARN, Act.ESCALATE, Act.COMMENT):
        return
    if act is Act.ARRIVE:
        found.open.pop(line.branch, None)
        return
    if act is Act.FORK:
        found.open.pop(0, None)
    elif line.branch == 0:
        found.open.clear()  # the main strand goes on: whatever ran beside it has ended
    if act is Act.JOIN:
        found.joins += 1
    end = line.after in flow.by_state and flow.by_state[line.after].end
    if end:
        found.open.clear()
    else:
        found.open[line.branch] = line.after
