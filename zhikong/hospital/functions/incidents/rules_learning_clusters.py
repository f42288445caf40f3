"""Where and when incidents of one kind crowd together. Pure: cases and beds in, clusters and alarms out.

Scan: one test per category over all wards and all windows up to LONGEST days, exposure in occupied bed-days. CUSUM: by
ward, against the hospital's own rate of that category, for a doubling; its limit is passed by one of the wards in 5 %
of the periods in which nothing changed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from zhikong.engine.stats.clusters import cusum_limit, poisson_cusum, scan
from zhikong.hospital.functions.incidents.rules_learning import Light

LONGEST, RUNS, LEVEL = 60, 999, 0.05
FEWEST = 5
"""Incidents of a category in the period, below which no search is made."""


@dataclass(frozen=True)
class Found:
    """A cluster: in this ward from first to last day so many where so many were expected."""

    category: str
    department: int
    first: str
    last: str
    count: int
    expected: float
    p: float
    ratio: float

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Alarm:
    """A day on which the running sum of a ward passed its limit."""

    category: str
    department: int
    day: str
    value: float
    limit: float

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Searched:
    """found, alarms; searched: category -> number of incidents that were looked at; left: category -> too few."""

    found: tuple[Found, ...]
    alarms: tuple[Alarm, ...]
    searched: Mapping[str, int]
    left: Mapping[str, int]


def seed_of(first: date, last: date) -> int:
    """The same period has the same random data, so that a page that is opened twice says the same."""
    return zlib.crc32(f"{first}/{last}".encode())


def search(
    cases: Sequence[Light], beds: Mapping[int, np.ndarray], *, first: date, last: date, categories: Sequence[str],
    seed: int, runs: int = RUNS,
) -> Searched:  # fmt: skip
    """Search each category. beds: department -> occupied beds by day from first to last, NaN where unknown.

    Incidents on a day whose beds are unknown, or of no department, are left out: without exposure nothing is expected.
    """
    wards, days = sorted(beds), (last - first).days + 1
    exposure = np.nan_to_num(np.array([beds[ward] for ward in wards])) if wards else np.zeros((0, days))
    found, alarms, searched, left = [], [], {}, {}
    for category in categories:
        counts = _counts([one for one in cases if one.category == category], wards, first, days, exposure)
        total = int(counts.sum())
        if total < FEWEST:
            left[category] = total
            continue
        searched[category] = total
        asked = {"longest": LONGEST, "seed": seed, "runs": runs, "level": LEVEL}
        for one in scan(counts, exposure, **asked):
            found.append(_found(category, wards[one.unit], one, first))
        alarms += _alarms(category, wards, counts, exposure, first, seed, runs)
    return Searched(tuple(sorted(found, key=lambda one: (one.p, -one.ratio))), tuple(alarms), searched, left)


def _counts(cases, wards, first: date, days: int, exposure) -> np.ndarray:
    place = {ward: index for index, ward in enumerate(wards)}
    counts = np.zeros((len(wards), days), np.int64)
    for case in cases:
        ward, day = place.get(case.department), (case.occurred_on - first).days
        if ward is not None and 0 <= day < days and exposure[ward, day] > 0:
            counts[ward, day] += 1
    return counts


def _found(category: str, ward: int, one, first: date) -> Found:
    start, end = first + timedelta(days=one.first), first + timedelta(days=one.last)
    return Found(
        category, ward, start.isoformat(), end.isoformat(), one.count, round(one.expected, 3), round(one.p, 4),
        round(one.ratio, 3),
    )  # fmt: skip


def _alarms(category: str, wards, counts, exposure, first: date, seed: int, runs: int) -> list[Alarm]:
    expected = exposure * (counts.sum() / exposure.sum())
    limit = cusum_limit(expected, seed=seed, false_alarms=LEVEL, runs=runs)
    made = []
    for ward, seen, usual in zip(wards, counts, expected, strict=True):
        drawn = poisson_cusum(seen, usual, limit=limit)
        for day in drawn.alarms:
            at = first + timedelta(days=day)
            made.append(
                Alarm(category, ward, at.isoformat(), round(float(drawn.sums[day]), 3), round(limit, 3))
            )
    return made
