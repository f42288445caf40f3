"""Spreading duties over the working days before they are due, so that nobody has too much on one day. Pure.

The date by which a duty is due stays what the document says; the proposed day lies in the working days before it.
The same duties, people and calendar always give the same days.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties.periods import Every

MOST_A_DAY = 2
WINDOW = {Every.WEEK: 3, Every.MONTH: 6, Every.QUARTER: 12, Every.HALF_YEAR: 15, Every.YEAR: 20}
"""In how many working days up to the due date the work may be proposed: early enough to spread, late enough to count."""


@dataclass(frozen=True)
class Slot:
    """One turn of a duty for one place. person: who does it; opens, due: the days in which it can be done.

    fixed: a day that somebody has set by hand; it is kept, and counts for the others.
    """

    key: tuple[str, str, str]
    person: str
    every: Every
    opens: date
    due: date
    order: int = 100
    fixed: date | None = None


@dataclass(frozen=True)
class Proposed:
    """The proposed day and why it is that day. load: how many of the person's duties are on it, this one included."""

    on: date
    why: str
    load: int = 1
    by_hand: bool = False


def working_days(start: date, end: date, calendar: WorkingCalendar) -> list[date]:
    """Every working day from the first day to the last, make-up days included."""
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in days if calendar.is_working_day(day)]


def level(slots: Iterable[Slot], days: Sequence[date], *, most: int = MOST_A_DAY) -> dict[tuple, Proposed]:
    """A day for each slot: the latest one in its window on which the person has fewer than ``most``.

    days: the working days, sorted, from the first day that a slot opens to the last due date. Where every day of the
    window is full, the one with the least on it, the latest of equals.
    """
    slots = list(slots)
    loads: dict[str, Counter[date]] = {}
    found: dict[tuple, Proposed] = {}
    for slot in slots:
        if slot.fixed is not None:
            loads.setdefault(slot.person, Counter())[slot.fixed] += 1
            found[slot.key] = Proposed(slot.fixed, "按人工设定的日期", by_hand=True)
    for slot in sorted((one for one in slots if one.fixed is None), key=_order):
        load = loads.setdefault(slot.person, Counter())
        on = _day(slot, days, load, most)
        load[on] += 1
        found[slot.key] = Proposed(on, _why(slot, on, load, most), load[on])
    return found


def _order(slot: Slot) -> tuple:
    """What has the fewest days to choose from first; then by date, and by name so that nothing is left to chance."""
    return WINDOW[slot.every], slot.due, slot.order, slot.key


def window(slot: Slot, days: Sequence[date]) -> Sequence[date]:
    """The working days on which the slot may be proposed, the earliest first; its due date where there is none."""
    end = bisect_right(days, slot.due)
    found = [day for day in days[max(0, end - WINDOW[slot.every]) : end] if day >= slot.opens]
    return found or [slot.due]


def _day(slot: Slot, days: Sequence[date], load: Counter[date], most: int) -> date:
    allowed = window(slot, days)
    for day in reversed(allowed):
        if load[day] < most:
            return day
    return min(reversed(allowed), key=lambda day: load[day])


def _why(slot: Slot, on: date, load: Counter[date], most: int) -> str:
    if load[on] > most:
        return f"期限前 {WINDOW[slot.every]} 个工作日每天都已有 {most} 项以上，安排在最少的一天，共 {load[on]} 项"
    if on == slot.due:
        return f"期限 {slot.due:%m-%d} 当天不满 {most} 项，安排在期限当天"
    return f"期限 {slot.due:%m-%d} 及之前几天同一人已各有 {most} 项，提前到 {on:%m-%d}"
