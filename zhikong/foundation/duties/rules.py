"""What an occurrence's state is, when a reminder is due, and which period a proof belongs to. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties.definition.model import Duty, Rung
from zhikong.foundation.duties.periods import Period, period_of

SOON = 2  # working days before the due date from which an occurrence is shown as due soon


class State(StrEnum):
    """How an occurrence stands on a day; computed, because a clock must not change rows."""

    DONE = "done"
    LATE_DONE = "late_done"
    EXCUSED = "excused"
    OPEN = "open"
    SOON = "soon"
    MISSING = "missing"


WORDS = {
    State.DONE: ("ok", "已完成"),
    State.LATE_DONE: ("info", "逾期完成"),
    State.EXCUSED: ("none", "免报"),
    State.OPEN: ("none", "未到期"),
    State.SOON: ("warn", "临期"),
    State.MISSING: ("bad", "没有证据"),
}
"""Kind of the tag (its shape) and its word."""


@dataclass(frozen=True)
class Standing:
    """What is known of an occurrence: when due, when its last needed proof came, whether it was excused."""

    due_on: date
    done_on: date | None = None
    excused: bool = False


def state_of(standing: Standing, today: date, soon_from: date) -> State:
    """The state on a day. soon_from: from when on an open one is due soon. Due today is not missing yet."""
    if standing.done_on is not None:
        return State.DONE if standing.done_on <= standing.due_on else State.LATE_DONE
    if standing.excused:
        return State.EXCUSED
    if today > standing.due_on:
        return State.MISSING
    return State.SOON if standing.due_on <= soon_from else State.OPEN


def soon_from(today: date, calendar: WorkingCalendar) -> date:
    """The last due date that counts as soon: ``SOON`` working days from today."""
    return calendar.add_working_days(today, SOON)


def rung_day(rung: Rung, due_on: date, calendar: WorkingCalendar) -> date:
    """The day on which a reminder is sent: so many working days before or after the due date."""
    if rung.days >= 0:
        return calendar.add_working_days(due_on, rung.days) if rung.days else due_on
    left, day = -rung.days, due_on
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


def rungs_reached(duty: Duty, due_on: date, today: date, calendar: WorkingCalendar) -> int:
    """How many steps of the ladder have come; a step is taken on its day or, when nobody ran, afterwards."""
    return sum(1 for rung in duty.remind if rung_day(rung, due_on, calendar) <= today)


def period_for(duty: Duty, day: date, previous_due: date | None) -> Period:
    """The period that work done on a day belongs to when it does not say so itself.

    previous_due: when the duty counts in the following period, the due date of the period before, if that is still
    without proof: a self-check handed in on 3 November is October's. None: the day's own period.
    """
    own = period_of(duty.every, day)
    return own.previous if previous_due is not None and day <= previous_due else own


def gap(last: Period | None, current: Period, most: int = 13) -> list[Period]:
    """The periods to open: those after the last that was opened (the server may have stood still), and the current."""
    periods = [current]
    if last is None or last.every is not current.every:
        return periods
    while len(periods) < most and periods[0].previous.start > last.start:
        periods.insert(0, periods[0].previous)
    return periods
