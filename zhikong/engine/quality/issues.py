"""From counts to issues: what is too much, by thresholds that are data, and how two runs differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from zhikong.engine.quality.model import COUNTED, Field, Kind, Rulebook, Thresholds

HOSPITAL = "*"
"""The department of an issue that concerns the whole hospital."""


class Identity(NamedTuple):
    """What makes an issue the same in two runs."""

    table: str
    column: str
    department: str
    kind: Kind


class Count(NamedTuple):
    """Affected rows of the rows in which it could have been right."""

    count: int
    base: int

    @property
    def percent(self) -> float:
        return 100 * self.count / self.base if self.base else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """An issue in a run: why it was raised, and its counts by month. The newest month speaks for it."""

    identity: Identity
    reasons: tuple[str, ...]
    months: Mapping[str, Count] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        return max(self.months)

    @property
    def last(self) -> Count:
        return self.months[self.newest]


Monthly = Mapping[tuple[str, str, str, str, Kind], int]
"""(month, table, column, department, kind) -> count; zeros may be left out."""


class Book(NamedTuple):
    """What a run judges: the rules, the counts, what was counted, and which fields ought to be filled."""

    rules: Rulebook
    counts: Monthly
    assessed: frozenset[tuple[str, str, str, Kind]]  # month, table, column, kind
    wanted: frozenset[Field]


def issues(book: Book, *, months: Sequence[str]) -> list[Found]:
    """Every issue of these months, in order of its identity: the hospital's first, then the departments'."""
    series = _series(book)
    hospital = {k: v for k, v in series.items() if k.department == HOSPITAL}
    found: dict[Identity, Found] = {}
    for identity, by_month in hospital.items():
        raised = _raised(identity, by_month, book.rules.thresholds, months)
        everywhere = raised is not None and _everywhere(raised, book.rules.thresholds)
        if raised is not None and everywhere:
            found[identity] = raised
    for identity, by_month in series.items():
        whole = identity._replace(department=HOSPITAL)
        if identity.department != HOSPITAL and whole not in found:
            raised = _raised(identity, by_month, book.rules.thresholds, months)
            if raised is not None:
                found[identity] = raised
    return [found[key] for key in sorted(found)]


def _everywhere(found: Found, thresholds: Thresholds) -> bool:
    """Nearly all of the hospital lacks it: one issue for whoever runs the source, not one for each department."""
    return found.identity.kind is Kind.MISSING and found.last.percent >= thresholds.hospital_wide


def _series(book: Book) -> dict[Identity, dict[str, Count]]:
    """Counts by identity and month, departments and hospital, where something was counted at all."""
    bases = _bases(book.counts)
    found: dict[Identity, dict[str, Count]] = defaultdict(dict)
    sums: dict[tuple[Identity, str], list[int]] = defaultdict(lambda: [0, 0])
    for (month, table, column, department, kind), base in _cells(book, bases):
        count = book.counts.get((month, table, column, department, kind), 0)
        identity = Identity(table, column, department, kind)
        found[identity][month] = Count(count, base)
        total = sums[identity._replace(department=HOSPITAL), month]
        total[0], total[1] = total[0] + count, total[1] + base
    for (identity, month), (count, base) in sums.items():
        found[identity][month] = Count(count, base)
    return found


def _bases(counts: Monthly) -> dict[tuple[str, str], dict[str, int]]:
    """(month, table) -> department -> rows."""
    bases: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (month, table, _, department, kind), count in counts.items():
        if kind is Kind.ROWS:
            bases[month, table][department] = count
    return bases


def _cells(book: Book, bases) -> Iterable[tuple[tuple[str, str, str, str, Kind], int]]:
    """Everything that was counted, with the rows in which it could have been right."""
    conditional = {(m, t, c) for (m, t, c, k) in book.assessed if k is Kind.EXPECTED}
    for month, table, column, kind in book.assessed:
        if kind not in COUNTED or (kind is Kind.MISSING and (table, column) not in book.wanted):
            continue
        for department, rows in bases.get((month, table), {}).items():
            base = rows
            if kind is Kind.MISSING and (month, table, column) in conditional:
                base = book.counts.get((month, table, column, department, Kind.EXPECTED), 0)
            if base:
                yield (month, table, column, department, kind), base


def _raised(
    identity: Identity, by_month: Mapping[str, Count], thresholds: Thresholds, months: Sequence[str]
) -> Found | None:
    """The issue, when a month is over the limit or far above the months before it."""
    over: dict[str, Count] = {}
    reasons: set[str] = set()
    for month in months:
        count = by_month.get(month)
        if count is None or not count.count:
            continue
        why = why_raised(identity.kind, count, _before(by_month, month, thresholds.jump_months), thresholds)
        if why:
            over[month] = count
            reasons |= set(why)
    return Found(identity, tuple(sorted(reasons)), over) if over else None


def _before(by_month: Mapping[str, Count], month: str, most: int) -> list[Count]:
    return [by_month[m] for m in sorted(by_month) if m < month][-most:]


def why_raised(kind: Kind, count: Count, before: Sequence[Count], thresholds: Thresholds) -> tuple[str, ...]:
    """limit: over the share and the number of rows; jump: far above the median of the months before.

    A share alone says nothing of few rows, and rows alone nothing of many: both must be reached.
    """
    limit, found = thresholds.limits[kind], []
    if count.count >= limit.rows and count.percent > limit.percent:
        found.append("limit")
    if len(before) >= 3 and count.count >= thresholds.jump_rows:
        usual = median(one.percent for one in before)
        if count.percent - usual >= thresholds.jump_points:
            found.append("jump")
    return tuple(found)


def silent_stretches(
    by_day: Mapping[date, int], active: Iterable[date], thresholds: Thresholds
) -> list[date]:
    """The days of stretches without a value, where there usually are some: a feed that broke.

    by_day: values on each day. active: days on which there was something to have values of (discharges); other days
    say nothing. usual: the median of the active days that had any.
    """
    days = sorted(set(active))
    known = [by_day.get(day, 0) for day in days]
    having = [count for count in known if count]
    if not having or median(having) < thresholds.silent_usual:
        return []
    found: list[date] = []
    stretch: list[date] = []
    for day, count in zip([*days, None], [*known, 1], strict=True):
        if count == 0 and day is not None:
            stretch.append(day)
            continue
        if len(stretch) >= thresholds.silent_days:
            found += stretch
        stretch = []
    return found


def days_of(month: str) -> list[date]:
    """Every day of a month."""
    day, found = date.fromisoformat(f"{month}-01"), []
    while f"{day:%Y-%m}" == month:
        found.append(day)
        day += timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came, went and stayed between two runs."""

    new: frozenset[Identity]
    resolved: frozenset[Identity]
    persisting: frozenset[Identity]


def compare(earlier: Iterable[Identity], later: Iterable[Identity]) -> Comparison:
    """Issues of two runs by identity. Each issue is in exactly one of the three."""
    before, after = frozenset(earlier), frozenset(later)
    return Comparison(after - before, before - after, before & after)
