"""Why a task is due on its day, in words. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from zhikong.foundation.calendar.rules import WorkingCalendar

WEEKDAYS = "一二三四五六日"
WEEKEND = "周末"
LONGEST = 400  # days; a longer count is not spelled out day by day


@dataclass(frozen=True)
class Skipped:
    """Days that do not count, in one stretch, and why."""

    first: date
    last: date
    why: str

    def __str__(self):
        days = (
            f"{self.first:%m-%d}" if self.first == self.last else f"{self.first:%m-%d} 至 {self.last:%m-%d}"
        )
        return f"{days} {self.why}"


@dataclass(frozen=True)
class Explanation:
    """How a due date came about. start and working_days are None when it does not count working days."""

    rule: str
    start: date | None = None
    working_days: int | None = None
    skipped: tuple[Skipped, ...] = ()
    extra: tuple[Skipped, ...] = ()  # weekend days that were worked, and so counted
    provisional: bool = False


def explain(
    *, rule: str, due_on: date, start: date | None, working_days: int | None, calendar: WorkingCalendar
) -> Explanation:
    """Name the start, the number of working days, and each stretch of days that was skipped or worked instead."""
    if start is None or working_days is None or not 0 < (due_on - start).days <= LONGEST:
        return Explanation(rule)
    days = [calendar.explain(start + timedelta(days=n)) for n in range(1, (due_on - start).days + 1)]
    return Explanation(
        rule=rule,
        start=start,
        working_days=working_days,
        skipped=tuple(_stretches((d.day, d.note or WEEKEND) for d in days if not d.working)),
        extra=tuple(
            _stretches((d.day, d.note or "上班") for d in days if d.working and d.day.weekday() >= 5)
        ),
        provisional=any(d.source == "provisional" for d in days),
    )


def _stretches(days: Iterable[tuple[date, str]]) -> Iterable[Skipped]:
    """Days in a row with the same reason are one stretch; weekends are one each."""

    def place(item):
        number, (day, why) = item
        return day - timedelta(days=number), why

    for (_start, why), group in groupby(enumerate(days), key=place):
        found = [day for _number, (day, _why) in group]
        yield Skipped(found[0], found[-1], why)


def weekday(day: date) -> str:
    return f"周{WEEKDAYS[day.weekday()]}"
