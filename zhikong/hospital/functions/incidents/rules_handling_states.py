"""Which act is possible in which state of a case, what looks like a duplicate, when a second person is needed. No ORM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhikong.hospital.functions.incidents.rules_reporting import State

S = State
AT_WORK = (S.ACCEPTED, S.INVESTIGATING, S.ANALYSING, S.MEASURES, S.CHECKING)
OPEN = (S.REPORTED, S.RETURNED, *AT_WORK)
GOES = {
    "accept": ((S.REPORTED,), S.ACCEPTED),
    "return": ((S.REPORTED, S.ACCEPTED), S.RETURNED),
    "merge": ((S.REPORTED, S.ACCEPTED, S.INVESTIGATING), S.MERGED),
    "level": (AT_WORK, None),
    "category": (OPEN, None),
    "dispute": (OPEN, None),
    "sac": (AT_WORK, None),
    "submit": ((*OPEN, S.CLOSED), None),
    "alert": (OPEN, None),
    "plan": (OPEN, None),
    "hop": (OPEN, None),
    "office": ((S.REPORTED, S.ACCEPTED, S.INVESTIGATING), None),
    "investigate": ((S.ACCEPTED, S.INVESTIGATING), S.INVESTIGATING),
    "note": (AT_WORK, None),
    "ask": ((S.ACCEPTED, S.INVESTIGATING, S.ANALYSING), S.ANALYSING),
    "analyse": ((S.ANALYSING,), S.MEASURES),
    "measure": ((S.ACCEPTED, S.INVESTIGATING, S.MEASURES, S.CHECKING), S.MEASURES),
    "say": ((*OPEN, S.CLOSED, S.MERGED), None),
    "close": ((S.ACCEPTED, S.INVESTIGATING, S.MEASURES, S.CHECKING), S.CLOSED),
    "reopen": ((S.CLOSED,), S.INVESTIGATING),
}
"""act → (states in which it is possible, state afterwards; None: as before)."""


def possible(act: str, state: str) -> bool:
    return state in GOES[act][0]


def after(act: str, state: str) -> str:
    """The state after an act."""
    return GOES[act][1] or state


def needs_second(levels, new: str, standing: str) -> bool:
    """A grave level, and also the lowering of one, stands only when another person agreed (levels: Levels)."""
    return levels.needs_second(new) or levels.needs_second(standing)


@dataclass(frozen=True)
class Like:
    """What tells whether two reports may be of one event."""

    id: int
    department_id: int | None
    occurred_on: date
    category: str


def duplicates(one: Like, others: Iterable[Like]) -> list[int]:
    """Ids of other reports of the same department, day and category: a proposal, never a decision.

    A category or department that is not known matches nothing: unknown is not equal.
    """
    if one.department_id is None or not one.category:
        return []
    return [
        other.id
        for other in others
        if other.id != one.id
        and (other.department_id, other.occurred_on, other.category)
        == (one.department_id, one.occurred_on, one.category)
    ]


@dataclass(frozen=True)
class Stand:
    """What of a case decides whether it may be closed."""

    level: str
    level_waits: bool
    compulsory: bool
    answered: bool
    asked: bool
    analysed: bool
    unsubmitted: tuple[str, ...]
    open_measures: int
    measures: int


def obstacles(stand: Stand) -> list[str]:
    """Why the handling may not close the case yet, as sentences with what to do; [] when it may."""
    found = []
    if not stand.level:
        found.append("还没有确认级别。请先定级。")
    if stand.level_waits:
        found.append("级别在等另一个人复核。请先完成复核。")
    if not stand.answered:
        found.append("还没有答复报告人。请先写一句答复。")
    if stand.asked and not stand.analysed:
        found.append("已要求科室分析，科室还没有交。请等待或催办。")
    if stand.compulsory and not stand.analysed:
        found.append("Ⅰ、Ⅱ级事件要有科室分析。请先要求科室分析。")
    found += [f"“{title}”没有上报凭证。请先登记上报。" for title in stand.unsubmitted]
    if stand.open_measures:
        found.append(f"还有 {stand.open_measures} 条措施没有核查有效。")
    if stand.compulsory and not stand.measures:
        found.append("Ⅰ、Ⅱ级事件至少要有一条核查有效的措施。")
    return found
