"""What a clock is read with besides the data: now, the working days, the shifts, the hospital's limits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Protocol

from zhikong.engine.record_rules.clock.limits import Limit
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.clock.moments import DAY, day_number, day_of, end_of_day, minute
from zhikong.engine.record_rules.clock.reading import limit_of
from zhikong.engine.record_rules.verdicts import Override

LONGEST_BREAK = 366
"""Days without a working day; more is an error in the calendar."""


class Calendar(Protocol):
    """Who knows the working days."""

    def is_working_day(self, day: date) -> bool: ...


class Weekdays:
    """Monday to Friday, when nobody gives a calendar."""

    def is_working_day(self, day: date) -> bool:
        """Whether it is a weekday."""
        return day.weekday() < 5


@dataclass
class Context:
    """now: the moment of judging, local. calendar: working days. shift_hours: "08:00" and the like, when shifts change
    where the duty roster says nothing; None means that nothing can be said there. settings: what the hospital set."""

    now: datetime
    calendar: Calendar = field(default_factory=Weekdays)
    shift_hours: Sequence[str] | None = None
    settings: Mapping[str, Override] = field(default_factory=dict)

    @property
    def minute(self) -> int:
        """Now in minutes."""
        return minute(self.now)

    def limit(self, rule: ClockRule) -> Limit | None:
        """The limit that holds: the hospital's own, else the rule's. Raises ExpressionError for one that is wrong."""
        own = self.settings.get(rule.id)
        return limit_of(rule.demand, own.limit) if own is not None and own.limit else rule.limit

    def workday_after(self, day: int, count: int) -> int:
        """The day that is `count` working days after, as days since 1970; the day itself does not count."""
        for _ in range(count):
            day = self._next[day] if day in self._next else self._found(day)
        return day

    def _found(self, day: int) -> int:
        for number in range(day + 1, day + LONGEST_BREAK):
            if self.calendar.is_working_day(day_of(number)):
                self._next[day] = number
                return number
        raise ValueError(f"日历中 {day_of(day)} 之后 {LONGEST_BREAK} 天内没有工作日，请检查日历调整。")

    @cached_property
    def _next(self) -> dict[int, int]:
        return {}

    @cached_property
    def changes(self) -> list[int]:
        """The minutes of the day at which shifts change when the roster is silent."""
        found = [time.fromisoformat(text) for text in self.shift_hours or ()]
        return sorted(t.hour * 60 + t.minute for t in found)

    def fixed_shift_end(self, at: int) -> int | None:
        """When the shift of fixed hours ends in which a minute lies."""
        if not self.changes:
            return None
        day, of_day = divmod(at, DAY)
        place = bisect_right(self.changes, of_day)
        if place < len(self.changes):
            return day * DAY + self.changes[place]
        return (day + 1) * DAY + self.changes[0]


def workday_due(context: Context, since: int, count: int) -> int:
    """The end of the working day that is so many after the day of `since`."""
    return end_of_day(context.workday_after(since // DAY, count))


def holds_on(rule: ClockRule, since: int) -> bool:
    """Whether the rule is valid for what begins then."""
    day, valid = since // DAY, rule.valid
    return (valid.start is None or day_number(valid.start) <= day) and (
        valid.end is None or day <= day_number(valid.end)
    )
