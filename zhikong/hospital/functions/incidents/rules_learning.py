"""Counts, rates and shares of incidents for learning, and what small counts must not tell. Pure: no ORM.

Rates: per 1,000 occupied bed-days, and per 100 open beds a year (000-P7 L330: at least 20 reports). What cannot be
computed is None, never 0. Small cells: a reader who may not open the cases sees no count from 1 to 4, and none that
would give one away by subtraction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import TypeVar

from zhikong.engine.stats.fdr import q_values
from zhikong.engine.stats.tails import poisson_tails
from zhikong.hospital.functions.incidents.rules_reporting import Privacy, is_near_miss

SMALLEST = 5
PER_BED_DAYS, PER_BEDS = 1_000, 100
YEAR = 365
TARGET = 20
"""Reports per 100 open beds a year: 2024年医疗质量工作计划篇7，每百张开放床位年报告≥20件 (IND-18, X-10)."""
FALSE_SILENCE = 0.05
"""Share of false names among the wards that are called silent (false discovery rate)."""
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Light:
    """What statistics need of an incident: no words and nobody. hours: until the office first answered, None: not yet."""

    code: str
    category: str
    department: int | None
    occurred_on: date
    reported_at: datetime
    privacy: str
    harm: str
    level: str
    shift: str
    place: str
    hours: float | None = None
    causes: tuple[str, ...] = ()


def per_bed_days(count: int, bed_days: int | None) -> float | None:
    """Events per 1,000 occupied bed-days; None without bed-days."""
    return PER_BED_DAYS * count / bed_days if bed_days else None


def per_beds(count: int, open_bed_days: int | None) -> float | None:
    """Reports per 100 open beds a year: count × 365 × 100 ÷ open bed-days; None without them."""
    return PER_BEDS * YEAR * count / open_bed_days if open_bed_days else None


def counted(cases: Iterable[Light], key: Callable[[Light], Iterable[Key]]) -> Counter[Key]:
    """How many cases each key has; a case may have several (causes) or none."""
    return Counter(one for case in cases for one in key(case))


def suppressed(counts: Mapping[Key, int], *, hidden: Callable[[Key], bool]) -> dict[Key, int | None]:
    """The counts that may be shown; None stands for one that may not.

    hidden: keys of which this reader may not see small counts. When what is hidden adds up to less than SMALLEST or is
    a single cell, the next smallest of these keys is hidden too, because the total is shown beside them.
    """
    small = {key for key, count in counts.items() if 0 < count < SMALLEST and hidden(key)}
    others = sorted(
        (count, str(key), key) for key, count in counts.items() if count and key not in small and hidden(key)
    )
    for _count, _name, key in others:
        if not small or (len(small) > 1 and sum(counts[one] for one in small) >= SMALLEST):
            break
        small.add(key)
    return {key: None if key in small else count for key, count in counts.items()}


@dataclass(frozen=True)
class Culture:
    """How people report. Shares in per cent, hours: median until the first answer; None where nothing is known."""

    reports: int
    near_miss: float | None
    unknown_harm: int
    privacy: Mapping[str, float | None]
    answered: int
    hours: float | None
    per_100_beds: float | None

    @property
    def reached(self) -> bool | None:
        """Whether the target of 20 per 100 beds is kept up with; None when it cannot be computed."""
        return None if self.per_100_beds is None else self.per_100_beds >= TARGET


def culture(cases: Sequence[Light], open_bed_days: int | None) -> Culture:
    """Near misses are shares of the reports whose outcome is known."""
    known = [case for case in cases if case.harm]
    hours = [case.hours for case in cases if case.hours is not None]
    return Culture(
        reports=len(cases),
        near_miss=_share(sum(is_near_miss(case.harm) for case in known), len(known)),
        unknown_harm=len(cases) - len(known),
        privacy={
            one: _share(sum(case.privacy == one for case in cases), len(cases)) for one in Privacy.values
        },
        answered=len(hours),
        hours=median(hours) if hours else None,
        per_100_beds=per_beds(len(cases), open_bed_days),
    )


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


@dataclass(frozen=True)
class Ward:
    """What a ward reported beside what the hospital's rate and its own beds let expect. p: of so few or fewer.

    silent: so few that chance hardly explains it, with all wards looked at together. expected None: beds unknown.
    """

    department: int
    reports: int
    expected: float | None = None
    p: float | None = None
    silent: bool = False


def silence(reports: Mapping[int, int], open_bed_days: Mapping[int, int | None]) -> list[Ward]:
    """Wards with beds, the most unexpected silence first, those of unknown beds last.

    Expected: the hospital's reports of wards with known beds, shared out by open bed-days; Poisson. A ward is silent
    when the false discovery rate over all wards is at most 5 %.
    """
    known = {ward: days for ward, days in open_bed_days.items() if days}
    total, all_days = sum(reports.get(ward, 0) for ward in known), sum(known.values())
    expected = {ward: total * days / all_days for ward, days in known.items()} if all_days else {}
    wards = sorted(expected)
    below, _above = poisson_tails([reports.get(w, 0) for w in wards], [max(expected[w], 1e-9) for w in wards])
    q = q_values(below) if wards else []
    told = [
        Ward(w, reports.get(w, 0), expected[w], float(below[n]), total > 0 and bool(q[n] <= FALSE_SILENCE))
        for n, w in enumerate(wards)
    ]
    rest = [Ward(w, reports.get(w, 0)) for w in sorted(open_bed_days) if w not in known]
    return [*sorted(told, key=lambda one: (one.p, one.department)), *rest]
