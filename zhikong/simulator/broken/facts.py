"""A stay as the planter sees it: what happened and when, from the simulated tables, without any rule of a pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

HOUR, DAY, ZERO = timedelta(hours=1), timedelta(days=1), timedelta(0)
MINUTE = timedelta(minutes=1)
Row = Mapping[str, Any]
Where = Callable[[Row], bool]
_KEYS = {
    "operations": ("seq",), "consultations": ("consultation_id",), "transfers": ("seq",), "results": ("item", "at"),
    "rescues": ("started_at",), "condition_periods": ("kind", "started_at"), "transfusions": ("transfusion_id",),
    "infections": ("infection_id",), "icu_stays": ("entered_at",), "orders": ("order_id",), "documents": ("document_id",),
    "consents": ("consent_id",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a minute: `ref` names its row as other rows name it, `about` the row that it is about."""

    at: datetime
    ref: str
    about: str | None
    row: Row


Duty = Mapping[str, Sequence[tuple[datetime, datetime]]]
"""Shifts by department, those on call left out."""


class Stay:
    """One stay with the rows of all its tables."""

    def __init__(self, row: Row, rows: Mapping[str, list[Row]], front: Row, duty: Duty) -> None:
        self.row, self.rows, self.front = row, rows, front
        self.duty = duty.get(row["admission_department"], ())
        self.start: datetime = row["admitted_at"]
        self.end: datetime = row["discharged_at"]

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def died(self) -> bool:
        return self.row["discharge_way"] == "5"

    def there(self, table: str, where: Where = lambda _: True) -> list[Row]:
        """Rows of a table."""
        return [row for row in self.rows.get(table, ()) if where(row)]

    def events(self, table: str, column: str, where: Where = lambda _: True) -> list[Event]:
        """Rows of a table as events by the time in `column`; rows without it have not happened."""
        return [
            Event(row[column], _reference(table, row), row.get("about"), row)
            for row in self.there(table, where)
            if row[column] is not None
        ]

    def papers(self, *types: str, titles: Sequence[str] = (), levels: Sequence[str] = ()) -> list[Event]:
        """Signed documents of these types (with one of the titles, by one of the levels)."""

        def fits(row: Row) -> bool:
            kind = row["type"] in types and (not titles or row["title"] in titles)
            return kind and (not levels or row["author_level"] in levels)

        return self.events("documents", "signed_at", fits)

    def talks(self, *kinds: str) -> list[Event]:
        """Talks of these kinds that the patient's side signed."""
        return self.events("consents", "signed_at", lambda r: r["kind"] in kinds and r["signer"] != "none")

    def knives(self, column: str, where: Where = lambda _: True) -> list[Event]:
        """Surgery and interventions by their beginning (`performed_at`) or end (`ended_at`)."""
        return self.events("operations", column, lambda r: r["kind"] in KNIFE and where(r))

    def periods(self, *kinds: str) -> list[tuple[datetime, datetime]]:
        """Periods of these conditions, those that touch merged."""
        found = sorted(
            (r["started_at"], r["ended_at"] or self.end)
            for r in self.there("condition_periods", lambda r: r["kind"] in kinds)
        )
        merged: list[tuple[datetime, datetime]] = []
        for begin, finish in found:
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], finish))
            else:
                merged.append((begin, finish))
        return merged

    def begins(self, *kinds: str) -> list[Event]:
        """The beginnings of these periods."""
        refs = {
            r["started_at"]: _reference("condition_periods", r)
            for r in self.there("condition_periods", lambda r: r["kind"] in kinds)
        }
        return [Event(begin, refs[begin], None, {}) for begin, _ in self.periods(*kinds)]

    def within(self, at: datetime, *kinds: str) -> bool:
        """Whether one of these conditions holds at that minute."""
        return any(begin <= at < finish for begin, finish in self.periods(*kinds))

    @property
    def admission(self) -> list[Event]:
        return [Event(self.start, "", None, self.row)]

    @property
    def leaving(self) -> list[Event]:
        return [Event(self.end, "", None, self.row)]


KNIFE = ("surgery", "intervention")


def stays_of(tables: Mapping[str, pa.Table]) -> Iterable[Stay]:
    """Every closed stay with its rows."""
    rows: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for name, table in tables.items():
        if name not in ("stays", "front_pages", "planted_events") and "stay_id" in table.column_names:
            for row in table.to_pylist():
                rows[row["stay_id"]][name].append(row)
    duty = defaultdict(list)
    for row in tables["duty_shifts"].to_pylist():
        if row["kind"] != "on_call":
            duty[row["department"]].append((row["started_at"], row["ended_at"]))
    fronts = {row["stay_id"]: row for row in tables["front_pages"].to_pylist()}
    for row in tables["stays"].to_pylist():
        yield Stay(row, rows[row["stay_id"]], fronts.get(row["stay_id"], {}), duty)


def _reference(table: str, row: Row) -> str:
    key = [row[name] for name in _KEYS.get(table, ())]
    return f"{table}:{'@'.join(f'{part:%Y-%m-%dT%H:%M}' if isinstance(part, datetime) else str(part) for part in key)}"


def first(events: Iterable[Event]) -> list[Event]:
    """The earliest of them, if there is one."""
    found = sorted(events, key=lambda event: event.at)
    return found[:1]


def belongs(response: Event, anchor: Event) -> bool:
    """Whether the response is about what the anchor is, or is the same row."""
    same = response.about is not None and response.about in (anchor.ref, anchor.about)
    return same or response.ref == anchor.ref


def late(
    anchors: Iterable[Event], responses: Sequence[Event], limit: timedelta | Callable[[datetime], datetime], *,
    low: timedelta = ZERO, same: bool = False, times: int = 1, unless: Iterable[datetime] = (),
) -> bool:  # fmt: skip
    """Whether something of `anchors` was not answered from `low` to `limit` after it, nor excused until then."""
    excuses = list(unless)
    for anchor in anchors:
        due = limit(anchor.at) if callable(limit) else anchor.at + limit
        met = [r for r in responses if anchor.at + low <= r.at <= due and (not same or belongs(r, anchor))]
        if len(met) < times and not any(anchor.at <= moment <= due for moment in excuses):
            return True
    return False


def absent(anchors: Iterable[Event], responses: Sequence[Event], *, same: bool = False) -> bool:
    """Whether something of `anchors` has no answer at any time."""
    return any(not any(not same or belongs(r, a) for r in responses) for a in anchors)


def unprepared(
    anchors: Iterable[Event], responses: Sequence[Event], *, floor: timedelta | None = None, same: bool = False,
    excused: bool = False,
) -> bool:  # fmt: skip
    """Whether something of `anchors` began without an answer before it (not longer before than `floor`)."""
    return not excused and any(
        not any(
            r.at <= a.at and (floor is None or r.at >= a.at - floor) and (not same or belongs(r, a)) for r in responses
        )
        for a in anchors
    )  # fmt: skip


def silent_days(begin: datetime, finish: datetime, moments: Iterable[datetime], days: int) -> bool:
    """Whether more than so many whole days went by without one of the moments, from `begin` to `finish`."""
    last = begin
    for moment in sorted(m for m in moments if begin <= m <= finish):
        if moment > _end_of(last, days):
            return True
        last = moment
    return finish > _end_of(last, days)


def _end_of(moment: datetime, days: int) -> datetime:
    """The last minute of the day so many days later."""
    return datetime.combine(moment.date() + days * DAY, datetime.min.time()) + DAY - MINUTE


def end_of_day(moment: datetime) -> datetime:
    return _end_of(moment, 0)


def workdays(number: int, working: Callable[[date], bool]) -> Callable[[datetime], datetime]:
    """The last minute of the so-many-th working day after a moment."""

    def due(moment: datetime) -> datetime:
        day, left = moment.date(), number
        while left:
            day += DAY
            left -= working(day)
        return _end_of(datetime.combine(day, datetime.min.time()), 0)

    return due
