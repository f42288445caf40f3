"""The formulas of improvement projects: vital few, target, rates of achievement and progress, sums of votes. No ORM.

Source: the ten steps of 品管圈 as the national contests use them (domain/reference.md (i)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from zhikong.engine.stats.difference import Change, means, proportions

NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
VITAL = Decimal("0.8")
TAKEN = Decimal("0.8")  # a measure is taken from 80 % of the greatest possible sum


class Direction(StrEnum):
    DOWN = "down"
    UP = "up"


def dec(value: object) -> Decimal | None:
    """A decimal of what was typed or stored; None for nothing."""
    return None if value in (None, "") else Decimal(str(value))


def rounded(value: Decimal | None, digits: int = 2) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def percent(events: int | None, n: int | None) -> Decimal | None:
    """events of n in per cent; None while either is unknown or nothing was looked at."""
    return None if events is None or not n else Decimal(events) * 100 / Decimal(n)


@dataclass(frozen=True)
class Bar:
    """One item of a Pareto: its share and the share of it and all greater ones."""

    name: str
    count: int
    share: Decimal
    cumulated: Decimal
    vital: bool


def vital_few(items: Iterable[tuple[str, int, bool]]) -> list[Bar]:
    """Items from the greatest to the smallest, with the vital ones.

    items: (name, count, chosen). Where nobody chose, the vital few are the items up to and including the one with
    which 80 % are reached (the usual reading of Pareto's rule).
    """
    ordered = sorted(items, key=lambda one: -one[1])
    total = sum(count for _, count, _ in ordered)
    chosen, bars, running = any(one[2] for one in ordered), [], 0
    for name, count, picked in ordered:
        reached = total > 0 and Decimal(running) / total >= VITAL
        running += count
        if total:
            vital = picked if chosen else not reached and count > 0
            bars.append(Bar(name, count, Decimal(count) / total, Decimal(running) / total, vital))
    return bars


def focus(bars: Sequence[Bar]) -> Decimal | None:
    """改善重点: the share of the vital few, 0 to 1; None without items."""
    return sum((bar.share for bar in bars if bar.vital), Decimal(0)) if bars else None


def target(
    current: Decimal | None,
    focus_share: Decimal | None,
    ability: Decimal | None,
    direction: str,
    ceiling: Decimal | None = None,
) -> Decimal | None:
    """目标值 = 现况值 − 现况值 × 改善重点 × 圈能力; where more is better, what can be improved is ceiling − current.

    focus_share, ability: 0 to 1. None while anything is unknown.
    """
    if current is None or focus_share is None or ability is None:
        return None
    if direction == Direction.UP:
        top = Decimal(100) if ceiling is None else ceiling
        return current + (top - current) * focus_share * ability
    return current - current * focus_share * ability


def achievement(before: Decimal | None, after: Decimal | None, goal: Decimal | None) -> Decimal | None:
    """达成率 = (改善后 − 改善前) ÷ (目标 − 改善前) × 100; None where it is not defined."""
    if before is None or after is None or goal is None or goal == before:
        return None
    return (after - before) / (goal - before) * 100


def progress(before: Decimal | None, after: Decimal | None, direction: str = "down") -> Decimal | None:
    """进步率 = (改善前 − 改善后) ÷ 改善前 × 100, turned round where more is better; positive is better."""
    if before is None or after is None or before == 0:
        return None
    change = (before - after) / before * 100
    return -change if direction == Direction.UP else change


def compared(before: tuple[int | None, int | None], after: tuple[int | None, int | None]) -> Change | None:
    """(events, n) of two periods in per cent with intervals and that of their difference; None while one is unknown."""
    if None in before or None in after or not before[1] or not after[1]:
        return None
    return proportions(before, after)  # type: ignore[arg-type]


def compared_values(before: Sequence[Decimal], after: Sequence[Decimal]) -> Change | None:
    """Single values of two periods: their means and the difference; None where it cannot be judged."""
    try:
        return means([float(one) for one in before], [float(one) for one in after])
    except ValueError:
        return None


def numbers(text: object) -> list[Decimal]:
    """The numbers of a text in which they stand apart by spaces, commas or lines; other words are left out."""
    words = str(text or "").replace("，", " ").replace(",", " ").replace("、", " ").split()
    return [Decimal(one) for one in words if NUMBER.fullmatch(one)]


def verdict(change: Change | None, direction: str, least: int = 20) -> str:
    """What the numbers can say: better, worse, unclear, too_few (fewer than ``least`` on a side) or unknown."""
    if change is None:
        return "unknown"
    if min(change.before.n, change.after.n) < least:
        return "too_few"
    if not change.certain:
        return "unclear"
    return "better" if (change.change < 0) == (direction == Direction.DOWN) else "worse"


VERDICTS = {
    "better": "差别的 95% 区间不含 0：改善超出了偶然波动。",
    "worse": "差别的 95% 区间不含 0，而且方向相反：变差了。",
    "unclear": "差别的 95% 区间包含 0：还不能排除是偶然波动。",
    "too_few": "例数太少，不能判断。",
    "unknown": "缺少改善前或改善后的数据，不能判断。",
}


Ballots = Sequence[Mapping[str, Mapping[str, int]]]
"""One mapping for each member: item → criterion → points."""


@dataclass(frozen=True)
class Sum:
    """One item's votes. by: criterion → sum; total: of all; voters: who gave every criterion; greatest: possible."""

    item: str
    by: Mapping[str, int]
    total: int
    voters: int
    greatest: int

    @property
    def share(self) -> Decimal | None:
        """Of the greatest possible sum, 0 to 1; None when nobody voted."""
        return Decimal(self.total) / self.greatest if self.greatest else None


def sums(items: Iterable[str], criteria: Sequence[str], ballots: Ballots, top: int) -> dict[str, Sum]:
    """The votes of each item; a ballot that leaves out a criterion of an item does not count for that item."""
    found = {}
    for item in items:
        whole = [b[item] for b in ballots if item in b and all(b[item].get(c) is not None for c in criteria)]
        by = {c: sum(int(one[c]) for one in whole) for c in criteria}
        greatest = top * len(whole) * len(criteria)
        found[item] = Sum(item, by, sum(by.values()), len(whole), greatest)
    return found


def mean(votes: Iterable[Sum]) -> Decimal | None:
    """The mean points of one vote over several items, or None: 圈能力 before it is divided by the greatest."""
    voted = [one for one in votes if one.voters]
    given = sum(one.voters * len(one.by) for one in voted)
    return Decimal(sum(one.total for one in voted)) / given if given else None


def shares_of_time(steps: Iterable[tuple[str, date | None, date | None]]) -> dict[str, Decimal] | None:
    """phase → per cent of the planned days. steps: (phase, from, to). None while a date is missing."""
    days: dict[str, int] = {}
    for phase, start, end in steps:
        if start is None or end is None:
            return None
        days[phase] = days.get(phase, 0) + (end - start).days + 1
    total = sum(days.values())
    return {phase: Decimal(n) * 100 / total for phase, n in days.items()} if total else None
