"""A month in a hospital of 300 people: who stood where, what everybody clicked, and who wrote which report.

The truth is kept apart from what an attacker gets: ``Month.roster`` and ``Month.clicks`` are his, ``Month.written``
is not. The writers behave as badly as people do: most write while on duty, right after something they did while
signed in, so that a busy hour of theirs is a likely hour of writing.
"""

import random
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

HOUR = 3600
SHIFTS = {"night": 0, "morning": 8, "evening": 16}
PEOPLE, ROOMS, DAYS = 300, 20, 30
CLICKS = 6  # signed-in requests an hour of somebody on duty
AFTERWARDS = 0.25  # share of reports that are written after the shift, from elsewhere


@dataclass(frozen=True)
class Written:
    """A report as it was really written. at: seconds since the month's start; person: the truth."""

    name: str
    person: int
    room: int
    day: int
    shift: str
    at: float


@dataclass
class Month:
    """roster: (room, day, shift) → people. clicks: person → moments of all other requests, in order."""

    roster: dict[tuple[int, int, str], list[int]] = field(default_factory=dict)
    clicks: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    written: list[Written] = field(default_factory=list)

    def count(self, person: int, begin: float, end: float) -> int:
        """How many requests of a person a log shows in a time."""
        moments = self.clicks[person]
        return bisect_left(moments, end) - bisect_left(moments, begin)

    def nearest(self, person: int, at: float, *, before: bool = False) -> float:
        """Seconds between a moment and the person's nearest request (only earlier ones when ``before``)."""
        moments = self.clicks[person]
        place = bisect_left(moments, at)
        around = moments[max(0, place - 1) : place if before else place + 1]
        return min((abs(at - moment) for moment in around), default=float("inf"))


def simulated(reports: int, seed: int) -> Month:
    """A month with so many anonymous reports."""
    lots, month = random.Random(seed), Month()
    for day in range(DAYS):
        for room in range(ROOMS):
            own = list(range(room * PEOPLE // ROOMS, (room + 1) * PEOPLE // ROOMS))
            lots.shuffle(own)
            for shift, size in (
                ("morning", lots.randint(4, 8)),
                ("evening", lots.randint(2, 4)),
                ("night", lots.randint(2, 3)),
            ):
                month.roster[room, day, shift] = [own.pop() for _ in range(min(size, len(own)))]
    for (_room, day, shift), people in month.roster.items():
        for person in people:
            month.clicks[person].extend(_moments(lots, day * 24 * HOUR + SHIFTS[shift] * HOUR))
    for moments in month.clicks.values():
        moments.sort()
    for number in range(reports):
        month.written.append(_report(lots, month, f"r{number}"))
    month.written.sort(key=lambda one: one.at)
    return month


def _moments(lots: random.Random, begin: float) -> list[float]:
    at, found = begin, []
    while (at := at + lots.expovariate(CLICKS / HOUR)) < begin + 8 * HOUR:
        found.append(at)
    return found


def _report(lots: random.Random, month: Month, name: str) -> Written:
    room, day, shift = lots.choice(list(month.roster))
    person = lots.choice(month.roster[room, day, shift])
    begin = day * 24 * HOUR + SHIFTS[shift] * HOUR
    own = [m for m in month.clicks[person] if begin <= m < begin + 8 * HOUR]
    if own and lots.random() >= AFTERWARDS:
        at = lots.choice(own) + lots.uniform(60, 180)
    else:
        at = begin + 8 * HOUR + lots.uniform(0, 12) * HOUR
    return Written(name, person, room, day, shift, at)
