"""When a programme comes round: the occasions between two days, each with the sentence that says why. No ORM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from zhikong.engine.stats import sampling
from zhikong.hospital.functions.inspections.rules_planning_programmes import When

WEEKDAYS = "一二三四五六日"
MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
LONGEST = 62  # days looked back for the beginning of a break, and forward for its end


@dataclass(frozen=True)
class Occasion:
    """One time that a programme comes round. key: names it once; first_on to last_on: when it is to be done."""

    key: str
    first_on: date
    last_on: date
    why: str


def occasions(
    when: When, first: date, last: date, calendar, *, window: int = 5, seed: str = ""
) -> list[Occasion]:
    """Occasions whose first day lies between two days (both included), in order.

    calendar: a WorkingCalendar. window: working days within which it is done, from the first day on. seed: which days a
    surprise falls on; the same seed gives the same days.
    """
    makers: dict[str, Callable[..., Iterator[Occasion]]] = {
        "before_holiday": _before_holidays,
        "surprise": _surprises,
        "days": _yearly,
    }
    way = next((name for name in makers if getattr(when, name)), "")
    make = makers.get(way) or (_weekly if when.every == "week" else _periodic if when.every else None)
    if make is None:
        return []
    found = make(when, first, last, calendar, window, seed)
    return sorted(
        (one for one in found if first <= one.first_on <= last), key=lambda one: (one.first_on, one.key)
    )


def _weekly(when: When, first: date, last: date, calendar, window: int, seed: str) -> Iterator[Occasion]:
    monday = first - timedelta(days=first.weekday() + 7)
    while monday <= last:
        days = [d for n in range(7) if calendar.is_working_day(d := monday + timedelta(days=n))]
        if days:
            wanted = monday + timedelta(days=when.weekday - 1) if when.weekday else days[0]
            start = next((d for d in days if d >= wanted), days[-1])
            year, week, _day = monday.isocalendar()
            word = f"每周，周{WEEKDAYS[start.weekday()]}起" if when.weekday else "每周"
            end = max(d for d in days if d >= start)
            yield Occasion(f"{year}-W{week:02d}", start, min(end, _after(calendar, start, window)), word)
        monday += timedelta(days=7)


def _periodic(when: When, first: date, last: date, calendar, window: int, seed: str) -> Iterator[Occasion]:
    size = MONTHS_OF[when.every]
    here = date(first.year, (first.month - 1) // size * size + 1, 1)
    while here <= last:
        after = _months_later(here, size)
        start = _nth_working_day(here, after - timedelta(days=1), when.working_day, calendar)
        if start is not None:
            yield Occasion(
                _period_key(here, size), start, _after(calendar, start, window), _period_words(when)
            )
        here = after


def _period_words(when: When) -> str:
    word = {"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}[when.every]
    n = when.working_day
    return f"{word}第 {n} 个工作日起" if n > 0 else f"{word}倒数第 {-n} 个工作日起"


def _period_key(start: date, size: int) -> str:
    if size == 1:
        return f"{start:%Y-%m}"
    return {
        3: f"{start.year}-Q{(start.month + 2) // 3}",
        6: f"{start.year}-H{1 + start.month // 7}",
        12: f"{start.year}",
    }[size]


def _months_later(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def _nth_working_day(start: date, end: date, n: int, calendar) -> date | None:
    days = [
        d for k in range((end - start).days + 1) if calendar.is_working_day(d := start + timedelta(days=k))
    ]
    if not days:
        return None
    return days[min(n, len(days)) - 1] if n > 0 else days[max(n, -len(days))]


def _before_holidays(
    when: When, first: date, last: date, calendar, window: int, seed: str
) -> Iterator[Occasion]:
    """Each break that holds a named public holiday; the occasion ends on the last working day before it."""
    for start, name in breaks(first, last + timedelta(days=LONGEST), calendar):
        days, day = [], start
        while len(days) < when.before_holiday:
            day -= timedelta(days=1)
            if calendar.is_working_day(day):
                days.append(day)
        sure = "（放假安排尚未公布，按固定节日推算）" if calendar.is_provisional(start) else ""
        why = f"{name}前 {when.before_holiday} 个工作日起，{start:%m-%d} 放假{sure}"
        yield Occasion(f"H{start:%Y-%m-%d}", days[-1], days[0], why)


def breaks(first: date, last: date, calendar) -> Iterator[tuple[date, str]]:
    """(first day off, the holiday's name) of every run of days off that holds a named holiday."""
    day = first
    while day <= last:
        if calendar.is_working_day(day):
            day += timedelta(days=1)
            continue
        start, names = day, []
        while not calendar.is_working_day(day):
            if note := calendar.explain(day).note:
                names.append(note)
            day += timedelta(days=1)
        if names:
            yield _beginning(start, calendar), "、".join(dict.fromkeys(names))


def _beginning(day: date, calendar) -> date:
    """A break that began before the days that are looked at has its real first day."""
    while not calendar.is_working_day(day - timedelta(days=1)):
        day -= timedelta(days=1)
    return day


def _surprises(when: When, first: date, last: date, calendar, window: int, seed: str) -> Iterator[Occasion]:
    """So many working days of each month, which only the seed knows."""
    place, here = sampling.queue(f"{seed}:surprise"), date(first.year, first.month, 1)
    while here <= last:
        after = _months_later(here, 1)
        days = [
            d for n in range((after - here).days) if calendar.is_working_day(d := here + timedelta(days=n))
        ]
        for day in sorted(sorted(days, key=lambda one: place(one.isoformat()))[: when.surprise]):
            yield Occasion(
                f"S{day:%Y-%m-%d}", day, day, f"每月 {when.surprise} 次，日子由随机种子决定，事先没有人知道"
            )
        here = after


def _yearly(when: When, first: date, last: date, calendar, window: int, seed: str) -> Iterator[Occasion]:
    for year in range(first.year - 1, last.year + 1):
        for one in when.days:
            month, number = (int(part) for part in one.split("-"))
            try:
                named = date(year, month, number)
            except ValueError:  # 29 February of an ordinary year
                continue
            start = calendar.add_working_days(named, 0)
            yield Occasion(
                f"D{named:%Y-%m-%d}", start, _after(calendar, start, window), f"每年 {month} 月 {number} 日起"
            )


def _after(calendar, day: date, window: int) -> date:
    """The last of so many working days, the first one counted."""
    return calendar.add_working_days(day, window - 1) if window > 1 else day


def spread(count: int, first: date, last: date, calendar) -> list[date]:
    """A day for each of so many visits in their order: evenly over the working days of the window."""
    days = [
        d for n in range((last - first).days + 1) if calendar.is_working_day(d := first + timedelta(days=n))
    ]
    days = days or [first]
    return [days[i * len(days) // count] for i in range(count)] if count else []
