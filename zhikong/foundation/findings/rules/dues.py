"""When a finding is due, when it is overdue, and how far up the ladder it has got (CAP-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from zhikong.foundation.findings.rules.policy import USUAL_LADDER, USUAL_LEVELS, Level, Rung
from zhikong.foundation.findings.rules.states import WITH_DEPARTMENT, Severity, State


class Calendar(Protocol):
    """What the due date needs of the working calendar."""

    def add_working_days(self, day: date, count: int) -> date: ...

    def is_provisional(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Due:
    """A due date and the sentence that explains it.

    start, working_days: what it was computed from, when it counts working days; a new calendar moves it.
    """

    on: date
    reason: str
    start: date | None = None
    working_days: int | None = None


PROVISIONAL = "；该年放假安排尚未公布，日期暂按周末和固定节日推算"
ACCEPT_WORKING_DAYS = 3
VERIFY_WORKING_DAYS = 5
REOPENED_WORKING_DAYS = 10


def default_due(
    severity: Severity | str, *, start: date, calendar: Calendar, level: Level | None = None
) -> Due:
    """The due date that is proposed: minor 14 working days, major 30 days after the day of raising.

    level: a level of the hospital's policy, whose own time limit counts instead.
    """
    level = level or USUAL_LEVELS[Severity(severity)]
    if level.working_days is None:
        on = start + timedelta(days=level.days)
        return Due(on, f"{level.title}问题自提出之日（{start}）起 {level.days} 天内完成整改")
    return working_days_due(
        start,
        level.working_days,
        f"{level.title}问题自提出之日（{start}）起 {level.working_days} 个工作日内完成整改",
        calendar,
    )


def working_days_due(start: date, days: int, reason: str, calendar: Calendar) -> Due:
    """A due date some working days after a day; says so when that year is not announced yet."""
    on = calendar.add_working_days(start, days)
    if calendar.is_provisional(on):
        reason += PROVISIONAL
    return Due(on, reason, start, days)


def is_overdue(state: State | str, due_on: date, today: date) -> bool:
    """Past the due date while the department has to act; observation and later are never overdue."""
    return State(state) in WITH_DEPARTMENT and due_on < today


def ladder_rung(due_on: date, today: date, ladder: Sequence[Rung] = USUAL_LADDER) -> int:
    """How many rungs of the ladder are reached; 0 when not overdue."""
    late = (today - due_on).days
    return sum(late >= rung.days for rung in ladder)
