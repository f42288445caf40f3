"""Rates and shares of complaints: pure functions on counts; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Counted:
    """One complaint as the figures need it. days: from being received to the first answer; scores: 1 … 5."""

    month: str
    department: str
    department_name: str
    category: str
    channel: str
    closed: bool
    answered: bool
    in_time: bool | None
    days: int | None
    communication: bool | None
    founded: bool | None
    repeat: bool
    score: int | None
    refunded_fen: int


@dataclass(frozen=True)
class Figures:
    """A row of the table. Shares in per cent; None where nothing could be counted."""

    title: str
    count: int
    closed: int
    answered: int
    closed_share: float | None
    in_time_share: float | None
    median_days: float | None
    communication: int
    communication_share: float | None
    satisfied_share: float | None
    mean_score: float | None
    repeats: int
    repeat_share: float | None
    refunded_fen: int
    discharges: int | None = None
    persons: int | None = None

    @property
    def per_1000_discharges(self) -> float | None:
        return rate(self.count, self.discharges, 1_000)

    @property
    def per_10000_persons(self) -> float | None:
        """The seed's formula (X-29): complaints over visits and discharges, per 10,000."""
        return rate(self.count, self.persons, 10_000)


def rate(top: int, bottom: int | None, times: int) -> float | None:
    """None without a denominator: a hospital that delivered no visits has no rate, not the rate 0."""
    return None if not bottom else top * times / bottom


def share(found: Iterable[bool | None]) -> float | None:
    """Per cent of those that are known."""
    known = [one for one in found if one is not None]
    return None if not known else 100 * sum(known) / len(known)


def figures(
    title: str, rows: list[Counted], *, discharges: int | None = None, visits: int | None = None
) -> Figures:
    """All figures of some complaints. persons need both denominators."""
    scores = [one.score for one in rows if one.score is not None]
    days = [one.days for one in rows if one.days is not None]
    return Figures(
        title=title, count=len(rows), closed=sum(one.closed for one in rows), answered=sum(one.answered for one in rows),
        closed_share=share(one.closed for one in rows), in_time_share=share(one.in_time for one in rows),
        median_days=median(days) if days else None, communication=sum(bool(one.communication) for one in rows),
        communication_share=share(one.communication for one in rows), satisfied_share=share(s >= 4 for s in scores),
        mean_score=sum(scores) / len(scores) if scores else None, repeats=sum(one.repeat for one in rows),
        repeat_share=share(one.repeat for one in rows), refunded_fen=sum(one.refunded_fen for one in rows),
        discharges=discharges, persons=None if discharges is None or visits is None else discharges + visits,
    )  # fmt: skip
