"""A year of ward inspections: who was visited when, what was answered, what was found wrong, when it was put right.

The caller names the checklists and their items; nothing is read from packs. Planted on purpose and told by the
ledger: a defect that comes back in one department after each closing, a measure after which one department keeps
an item better than before, an inspector who sees less than the others. Everything else is chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from zhikong.simulator import hospital
from zhikong.simulator.clock import Window, stream

OPPORTUNITIES = (24, 41)
"""How many moments an observer counts at one item of one visit: from, below."""
NOT_APPLICABLE, UNKNOWN, ON_THE_SPOT, MAJOR = 0.05, 0.01, 0.25, 0.12
LENIENT_SEES = 0.1
"""Share of what is wrong that the lenient inspector notes."""
LEAD = (6, 40)
"""Days from a finding to its closing: from, below."""


class Answer(StrEnum):
    """What stands on the sheet at an item that asks yes or no; observations have counts."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"
    UNKNOWN = "unknown"  # left empty by whoever inspected


@dataclass(frozen=True)
class Checklist:
    """A form and its items, as the caller knows them. counted: items at which moments are counted."""

    form: str
    items: tuple[str, ...]
    counted: frozenset[str] = frozenset()
    every: int = 1  # months between two visits with it


@dataclass(frozen=True)
class Plants:
    """What is planted: clauses are (form, item)."""

    recurring: tuple[str, str]
    recurring_in: str  # department
    improved: tuple[str, str]  # an item of `counted`
    improved_in: str
    measure_month: int = 6  # position of the first month after the measure
    back_in: tuple[int, ...] = (0, 3, 6, 9)  # positions of months in which the defect is there
    before: float = 0.62
    after: float = 0.86


@dataclass(frozen=True)
class Visit:
    """day: since 1970-01-01. inspector: position in the caller's list."""

    number: int
    form: str
    department: str
    day: int
    month: int  # position in the window
    inspector: int


@dataclass(frozen=True)
class Given:
    """One answer of one visit. conforming of applicable; applicable 0 where it does not apply or is unknown."""

    visit: int
    item: str
    answer: Answer
    conforming: int
    applicable: int
    counted: bool = False


@dataclass(frozen=True)
class Defect:
    """What a wrong answer became. closed: day, None while open at the end of the window. former: the finding of the
    same clause and department that had been closed within a year before; None where there was none."""

    number: int
    visit: int
    form: str
    item: str
    department: str
    opened: int
    closed: int | None
    major: bool
    on_the_spot: bool
    former: int | None = None


@dataclass
class Ledger:
    """The truth. counts: (form, item, department, month position) -> [conforming, applicable]. recurrences: numbers
    of findings whose clause had been closed there within a year. repeated_open: wrong answers while the finding of
    the same clause was still open, as (visit, item). planted: days on which the recurring defect was found."""

    plants: Plants
    lenient: int
    counts: dict[tuple[str, str, str, int], list[int]] = field(default_factory=dict)
    recurrences: list[int] = field(default_factory=list)
    repeated_open: list[tuple[int, str]] = field(default_factory=list)
    planted: list[int] = field(default_factory=list)

    def count(self, given: Given, visit: Visit) -> None:
        key = (visit.form, given.item, visit.department, visit.month)
        pair = self.counts.setdefault(key, [0, 0])
        pair[0] += given.conforming
        pair[1] += given.applicable

    def total(self, form: str, item: str, *, department: str | None = None, month: int | None = None):
        """(conforming, applicable) of an item, of one department or all, of one month or all."""
        rows = [
            pair for (f, i, d, m), pair in self.counts.items()
            if (f, i) == (form, item) and department in (None, d) and month in (None, m)
        ]  # fmt: skip
        return sum(row[0] for row in rows), sum(row[1] for row in rows)


@dataclass
class Year:
    visits: list[Visit]
    given: list[Given]
    defects: list[Defect]
    ledger: Ledger


def year(
    seed: int, window: Window, checklists: Sequence[Checklist], plants: Plants, *, inspectors: int,
    departments: Sequence[str] | None = None,
) -> Year:  # fmt: skip
    """The inspections of the window's months. The same arguments give the same year bit for bit.

    departments: codes that are visited; None means all that admit patients.
    """
    codes = list(departments or (d.code for d in hospital.admitting()))
    visits = _visits(seed, window, checklists, codes, inspectors)
    ledger = Ledger(plants, lenient=inspectors - 1)
    given = _answers(seed, window, checklists, codes, visits, ledger)
    for one in given:
        ledger.count(one, visits[one.visit])
    return Year(visits, given, _defects(seed, window, visits, given, ledger), ledger)


def _visits(seed: int, window: Window, checklists, codes: Sequence[str], inspectors: int) -> list[Visit]:
    """Each department once in every month that the checklist is due, on a working day before the 25th."""
    rng, found = stream(seed, "inspection_visits"), []
    for month in range(window.count):
        first = int(np.datetime64(window.first + month, "M").astype("datetime64[D]").astype(np.int64))
        for number, checklist in enumerate(checklists):
            if (month + number) % checklist.every:
                continue
            days, who = rng.integers(1, 24, len(codes)), rng.integers(0, inspectors, len(codes))
            for code, day, inspector in zip(codes, days, who, strict=True):
                found.append((_working(first + int(day)), checklist.form, code, month, int(inspector)))
    found.sort()
    return [
        Visit(number, form, code, day, month, who)
        for number, (day, form, code, month, who) in enumerate(found)
    ]


def _working(day: int) -> int:
    """That day, or the Monday after it."""
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    return day + (7 - weekday if weekday > 4 else 0)


@dataclass(frozen=True)
class _Habit:
    """Chance that an item is wrong, by department and item; share of moments performed."""

    wrong: dict[tuple[str, str, str], float]
    performed: dict[tuple[str, str, str], float]


def _habits(seed: int, checklists: Sequence[Checklist], codes: Sequence[str]) -> _Habit:
    """Departments differ a little, items differ much."""
    rng = stream(seed, "inspection_habits")
    care = dict(zip(codes, rng.uniform(0.6, 1.5, len(codes)), strict=True))
    wrong, performed = {}, {}
    for checklist in checklists:
        hard = rng.beta(1.4, 18, len(checklist.items))
        done = rng.uniform(0.62, 0.86, len(checklist.items))
        for item, share, kept in zip(checklist.items, hard, done, strict=True):
            for code in codes:
                wrong[checklist.form, item, code] = min(0.4, float(share) * care[code])
                performed[checklist.form, item, code] = min(0.95, float(kept) * (1.15 - 0.15 * care[code]))
    return _Habit(wrong, performed)


def _answers(seed: int, window: Window, checklists, codes, visits, ledger: Ledger) -> list[Given]:
    rng, habit = stream(seed, "inspection_answers"), _habits(seed, checklists, codes)
    by_form = {checklist.form: checklist for checklist in checklists}
    found = []
    for visit in visits:
        checklist = by_form[visit.form]
        chances = rng.random((len(checklist.items), 2))
        for item, (first, second) in zip(checklist.items, chances, strict=True):
            if item in checklist.counted:
                found.append(_counted(rng, visit, item, habit, ledger.plants))
            else:
                found.append(_asked(visit, item, first, second, habit, ledger))
    return found


def _counted(rng: np.random.Generator, visit: Visit, item: str, habit: _Habit, plants: Plants) -> Given:
    share = habit.performed[visit.form, item, visit.department]
    if plants.improved == (visit.form, item) and plants.improved_in == visit.department:
        share = plants.after if visit.month >= plants.measure_month else plants.before
    seen = int(rng.integers(*OPPORTUNITIES))
    return Given(visit.number, item, Answer.YES, int(rng.binomial(seen, share)), seen, counted=True)


def _asked(visit: Visit, item: str, first: float, second: float, habit: _Habit, ledger: Ledger) -> Given:
    """The planted defect is there in its months and in no other; whoever inspects sees it."""
    plants = ledger.plants
    if plants.recurring == (visit.form, item) and plants.recurring_in == visit.department:
        answer = Answer.NO if visit.month in plants.back_in else Answer.YES
    elif first < NOT_APPLICABLE:
        answer = Answer.NOT_APPLICABLE
    elif first < NOT_APPLICABLE + UNKNOWN:
        answer = Answer.UNKNOWN
    else:
        chance = habit.wrong[visit.form, item, visit.department]
        sees = LENIENT_SEES if visit.inspector == ledger.lenient else 1.0
        answer = Answer.NO if second < chance * sees else Answer.YES
    applies = answer in (Answer.YES, Answer.NO)
    return Given(visit.number, item, answer, int(answer is Answer.YES), int(applies))


YEAR = 365


def _defects(seed: int, window: Window, visits, given: Sequence[Given], ledger: Ledger) -> list[Defect]:
    """A wrong answer opens a finding, unless the one of the same clause and department is still open."""
    rng, found = stream(seed, "inspection_defects"), []
    last: dict[tuple[str, str, str], Defect] = {}
    for one in given:
        if one.answer is not Answer.NO:
            continue
        visit = visits[one.visit]
        key = (visit.form, one.item, visit.department)
        spot, severity, lead = rng.random(), rng.random(), int(rng.integers(*LEAD))
        before = last.get(key)
        if before is not None and (before.closed is None or before.closed >= visit.day):
            ledger.repeated_open.append((one.visit, one.item))
            continue
        former = before.number if before is not None and visit.day - before.closed <= YEAR else None
        planted = (visit.form, one.item) == ledger.plants.recurring and (
            visit.department == ledger.plants.recurring_in
        )
        on_the_spot = spot < ON_THE_SPOT and not planted
        closed = visit.day if on_the_spot else visit.day + lead
        defect = Defect(
            len(found), one.visit, visit.form, one.item, visit.department, visit.day,
            closed if closed < window.end_day else None, severity < MAJOR, on_the_spot, former,
        )  # fmt: skip
        found.append(defect)
        last[key] = defect
        if former is not None:
            ledger.recurrences.append(defect.number)
        if planted:
            ledger.planted.append(visit.day)
    return found
