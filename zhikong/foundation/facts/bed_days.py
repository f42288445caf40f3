"""Beds by department and day of the published facts: the exposure under rates of events. Nobody's data, only counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import published

TABLE = "bed_days"
Days = NDArray[np.float64]


@dataclass(frozen=True)
class BedDays:
    """Beds from `first`, a number per day: open and occupied beds by department code; NaN where nobody told.

    until: the last day that any department told of; None when the table was never delivered.
    """

    first: date
    open: Mapping[str, Days]
    occupied: Mapping[str, Days]
    data_version: str
    until: date | None

    def total(self, which: str, codes: Collection[str] | None, first: date, last: date) -> int | None:
        """Bed-days of some departments (None: all) from first to last day; None when any of it is not known.

        which: open or occupied. A department that told of no day of the span counts as closed for the hospital's
        total, and as unknown for its own.
        """
        found = self.by_day(which, codes, first, last)
        return None if found is None or np.isnan(found).any() else int(found.sum())

    def by_day(self, which: str, codes: Collection[str] | None, first: date, last: date) -> Days | None:
        """The same by day, NaN for unknown days; None when nothing at all is known of the departments."""
        rows = getattr(self, which)
        own = [
            self._span(rows[code], first, last)
            for code in sorted(rows if codes is None else codes)
            if code in rows
        ]
        if codes is None:
            own = [row for row in own if not np.isnan(row).all()]
        if not own or (codes is not None and len(own) < len(set(codes))):
            return None
        return np.sum(own, axis=0)

    def _span(self, row: Days, first: date, last: date) -> Days:
        start, length = (first - self.first).days, (last - first).days + 1
        found = np.full(length, np.nan)
        low, high = max(start, 0), min(start + length, len(row))
        if low < high:
            found[low - start : high - start] = row[low:high]
        return found


def bed_days(first: date, last: date) -> BedDays:
    """Beds from first to last day, both included, as published now. Raises ScopeMissing without a scope."""
    current_scope()
    snapshot = published(tables=[TABLE])
    files = tuple(
        f for f in snapshot.files(TABLE) if f"{first:%Y-%m}" <= lake.month_of_file(f) <= f"{last:%Y-%m}"
    )
    opened, occupied, until = _read(files, first, last)
    return BedDays(first, opened, occupied, snapshot.data_version, until)


def known_until() -> date | None:
    """The last day with beds; None when none were ever delivered."""
    snapshot = published(tables=[TABLE])
    newest = max(snapshot.files(TABLE), key=lake.month_of_file, default=None)
    return None if newest is None else _days(newest)[1]


def known_from() -> date | None:
    """The first day with beds; None when none were ever delivered."""
    oldest = min(published(tables=[TABLE]).files(TABLE), key=lake.month_of_file, default=None)
    return None if oldest is None else _days(oldest)[0]


@lru_cache(maxsize=64)
def _days(file: str) -> tuple[date, date]:
    """First and last day of a file."""
    days = pq.read_table(file, columns=["day"], partitioning=None)["day"].to_pylist()
    return min(days), max(days)


@lru_cache(maxsize=32)
def _read(files: tuple[str, ...], first: date, last: date):
    """Files of a version never change, so what was read of them is remembered."""
    length, until = (last - first).days + 1, None
    opened: dict[str, Days] = {}
    occupied: dict[str, Days] = {}
    for row in _rows(files):
        at = (row["day"] - first).days
        if not 0 <= at < length:
            continue
        until = row["day"] if until is None else max(until, row["day"])
        for kept, name in ((opened, "open_beds"), (occupied, "occupied_beds")):
            kept.setdefault(row["department"], np.full(length, np.nan))[at] = row[name]
    return opened, occupied, until


def _rows(files: tuple[str, ...]) -> list[dict]:
    columns = ["department", "day", "open_beds", "occupied_beds"]
    parts = [pq.read_table(file, columns=columns, partitioning=None) for file in files]
    return pa.concat_tables(parts).to_pylist() if parts else []


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
