"""What follows what in a review, in words. Pure: no ORM."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

SELF, DEPARTMENT, HOSPITAL, SECOND, CONTEST, FINAL = (
    "self",
    "department",
    "hospital",
    "second",
    "contest",
    "final",
)
LINE = (SELF, DEPARTMENT, HOSPITAL)
"""Stages that move a record, in order; a blind second review or a contest's score only stands beside it."""
COUNTING = (HOSPITAL, DEPARTMENT)
"""Whose score is the record's: the highest that there is; the writer's own does not count."""


def first_stage(*, self_check: bool, department_check: bool, has_writer: bool) -> str:
    """Where a discharged record begins. A writer without an account cannot check anything here."""
    if self_check and has_writer:
        return SELF
    return DEPARTMENT if department_check else FINAL


def next_stage(stage: str, *, department_check: bool, hospital_wanted: bool) -> str:
    """Where a record goes after a stage was done."""
    if stage == SELF and department_check:
        return DEPARTMENT
    return HOSPITAL if stage != HOSPITAL and hospital_wanted else FINAL


def moves(stage: str) -> bool:
    """Whether finishing a review of this stage moves the record."""
    return stage in LINE


def escalates(grade: str, escalated: Iterable[str]) -> bool:
    """Whether a grade goes upwards by itself. 乙级～甲级 does not yet: it may still be an A; 丙级～乙级 does."""
    return all(part in set(escalated) for part in grade.split("～")) if grade else False


def span(low: Decimal | None, high: Decimal | None) -> str:
    """92.5, or 78～92.5 while something is unknown; '' when there is no score."""
    if low is None or high is None:
        return ""
    one, other = (f"{value.normalize():f}" for value in (low, high))
    return other if low == high else f"{one}～{other}"


def short(stay_id: str) -> str:
    """A stay's number as a title bears it: pseudonyms are long and nobody reads them to the end."""
    return stay_id if len(stay_id) <= 16 else stay_id[:8]


def overturn_rate(corrected: int, decided: int) -> Decimal | None:
    """Per cent of decided appeals that were granted, one decimal; None when none was decided."""
    return (Decimal(100 * corrected) / decided).quantize(Decimal("0.1")) if decided else None
