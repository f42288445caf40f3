"""Until when a case may stand in a state, and the sentence that says so: rule, from when, how it was counted.

Pure: the working calendar and the hospital's zone come in. Elapsed hours run through nights and holidays; days end
at midnight of the last one; working days follow the calendar (the first day does not count, 民法典 第201条) and end
at midnight; a shift ends when the flow's shift_ends say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Protocol

from zhikong.foundation.flows.definition.model import Deadline, Duration, FlowDefinition, State, Unit

HOURS_BACK = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.SHIFTS: 8}
SHOWN_DAYS = 6  # days off that a sentence names one by one
NOTHING_TO_COUNT_FROM = 1  # working days to supply a date on which a deadline depends


class Calendar(Protocol):
    def add_working_days(self, day: date, count: int) -> date: ...
    def is_working_day(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment. `on` is its last day, `reason` the sentence beside it.

    start, working_days: what it counts from when it counts working days, so that a new calendar can move it.
    """

    at: datetime
    on: date
    reason: str
    start: date | None = None
    working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is counted in one hospital: its calendar, its zone, and the ends of its shifts ('08:00' …)."""

    calendar: Calendar
    zone: tzinfo
    shift_ends: tuple[str, ...]

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def end_of(self, day: date) -> datetime:
        """Midnight at the end of a day."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def after(self, moment: datetime, span: Duration) -> datetime:
        """The moment that is so many hours, days, working days or shift ends later."""
        if span.unit is Unit.HOURS:
            return moment + timedelta(hours=span.amount)
        if span.unit is Unit.DAYS:
            return self.end_of(self._last_day(moment) + timedelta(days=span.amount))
        if span.unit is Unit.WORKING_DAYS:
            return self.end_of(self.calendar.add_working_days(self._last_day(moment), span.amount))
        return self.shift_end(moment, span.amount)

    def before(self, moment: datetime, span: Duration) -> datetime:
        """The moment that lies so much earlier; for warnings. A shift counts as eight hours here."""
        if span.unit is Unit.WORKING_DAYS:
            day = self._last_day(moment)
            for _ in range(span.amount):
                day = self._working_day_before(day)
            return self.end_of(day)
        return moment - timedelta(hours=span.amount * HOURS_BACK[span.unit])

    def shift_end(self, moment: datetime, count: int) -> datetime:
        """The end of the shift that runs at the moment (count 1), or of a later one; count 0 is the moment."""
        for _ in range(count):
            moment = min(end for end in self._ends_around(moment) if end > moment)
        return moment

    def _ends_around(self, moment: datetime) -> list[datetime]:
        today = self.local(moment).date()
        days = (today, today + timedelta(days=1))
        return [self._clock(day, end) for day in days for end in self.shift_ends]

    def _clock(self, day: date, end: str) -> datetime:
        if end == "24:00":
            return self.end_of(day)
        return datetime.combine(day, time.fromisoformat(end), self.zone)

    def _last_day(self, moment: datetime) -> date:
        """The day of a moment; midnight at the end of a day still belongs to it."""
        return (self.local(moment) - timedelta(microseconds=1)).date()

    def _working_day_before(self, day: date) -> date:
        day -= timedelta(days=1)
        while not self.calendar.is_working_day(day):
            day -= timedelta(days=1)
        return day

    def days_off(self, start: date, end: date) -> list[date]:
        """Days after `start` up to `end` that are no working days."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return [day for day in days if not self.calendar.is_working_day(day)]


def due_of(
    flow: FlowDefinition,
    state: State,
    *,
    entered: datetime,
    opened: datetime,
    values: Mapping[str, Any],
    clock: Clock,
) -> Due | None:
    """When a case that entered the state must leave it; None when the state sets no deadline.

    values: answers of the case's forms. When the deadline hangs on a date that nobody has given, one working day is
    set to supply it, and the sentence says so: a case is never left without the deadline that its flow demands.
    """
    deadline = state.deadline
    if deadline is None:
        return None
    if deadline.item:
        return _before(deadline, entered, values, clock)
    start, words = _start(flow, state, deadline, entered, opened, values, clock)
    if start is None:
        return _missing(deadline, deadline.start, entered, clock)
    return _counted(deadline, start, words, clock)


def _start(flow, state, deadline, entered, opened, values, clock) -> tuple[datetime | None, str]:
    if deadline.start == "entered":
        return entered, f"自 {_said(clock.local(entered))} 进入“{state.title}”起"
    if deadline.start == "opened":
        return opened, f"自 {_said(clock.local(opened))} 新建起"
    found = moment_of(values.get(deadline.start), clock)
    return found, f"自 {_said(clock.local(found))} 起" if found else ""


def _counted(deadline: Deadline, start: datetime, words: str, clock: Clock) -> Due:
    span = deadline.span
    assert span is not None  # a deadline without an item has a span: checks/shape.py
    at = clock.after(start, span)
    if span.unit in (Unit.HOURS, Unit.DAYS):
        return _due(at, deadline, f"{words} {span}，到 {_said(clock.local(at))}", clock)
    if span.unit is Unit.SHIFTS:
        ends = "、".join(clock.shift_ends)
        return _due(
            at,
            deadline,
            f"{words}第 {span.amount} 个班次结束（{ends} 交班），到 {_said(clock.local(at))}",
            clock,
        )
    day = clock.local(start).date()
    last = clock.calendar.add_working_days(day, span.amount)
    how = f"{words} {span}（当天不计{_skipped(clock.days_off(day, last))}），到 {last} 24:00"
    return Due(clock.end_of(last), last, _sentence(deadline.says, how), day, span.amount)


def _before(deadline: Deadline, entered: datetime, values: Mapping[str, Any], clock: Clock) -> Due:
    found = moment_of(values.get(deadline.item), clock)
    if found is None:
        return _missing(deadline, deadline.item, entered, clock)
    day = clock.local(found).date()
    last = day - timedelta(days=deadline.days)
    return _due(clock.end_of(last), deadline, f"{day} 前 {deadline.days} 天，到 {last} 24:00", clock)


def _missing(deadline: Deadline, item: str, entered: datetime, clock: Clock) -> Due:
    day = clock.local(entered).date()
    last = clock.calendar.add_working_days(day, NOTHING_TO_COUNT_FROM)
    how = f"表单里还没有填写 {item}，请在 {last} 24:00 前补上"
    return Due(clock.end_of(last), last, _sentence(deadline.says, how), day, NOTHING_TO_COUNT_FROM)


def _due(at: datetime, deadline: Deadline, how: str, clock: Clock) -> Due:
    last = (clock.local(at) - timedelta(microseconds=1)).date()
    return Due(at, last, _sentence(deadline.says, how))


def _sentence(says: str, how: str) -> str:
    rule = says.rstrip("。；; ")
    return f"{rule}。{how}。"[:300] if rule else f"{how}。"[:300]


def _skipped(days: list[date]) -> str:
    if not days:
        return ""
    shown = "、".join(f"{day:%m-%d}" for day in days[:SHOWN_DAYS])
    more = f" 等 {len(days)} 天" if len(days) > SHOWN_DAYS else ""
    return f"，跳过休息日 {shown}{more}"


def _said(local: datetime) -> str:
    """2026-11-23 10:00; midnight is told as 24:00 of the day that it ends."""
    if local.hour == local.minute == 0:
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def moment_of(value: Any, clock: Clock) -> datetime | None:
    """A date or moment as answered (date, datetime, or ISO text) as a moment; a wall time is the hospital's."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=clock.zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), clock.zone)
    return None


# ---- what the sweep waits for ---------------------------------------------------------------------------------------


def rung_times(state: State, due_at: datetime, clock: Clock) -> tuple[datetime, ...]:
    """When each rung of the state's ladder is climbed, the lowest first."""
    return tuple(clock.after(due_at, rung.after) for rung in state.escalate)


def warn_at(state: State, due_at: datetime, entered: datetime, clock: Clock) -> datetime | None:
    """When the owner is reminded before the deadline; not before the state was entered."""
    if state.warn is None:
        return None
    return max(entered, clock.before(due_at, state.warn))


def next_event(
    state: State, *, due_at: datetime | None, warn: datetime | None, warned: bool, level: int, clock: Clock
) -> datetime | None:
    """The next moment at which the sweep has something to do with a case in this state; None when never.

    level: how many rungs were climbed.
    """
    if due_at is None:
        return None
    coming = [] if warned or warn is None else [warn]
    coming += rung_times(state, due_at, clock)[level:]
    coming += [due_at] if state.timeout else []
    return min(coming, default=None)
