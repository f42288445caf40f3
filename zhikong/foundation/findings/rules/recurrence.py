"""When a finding is the same matter again."""

from collections.abc import Iterable
from datetime import date, timedelta

RECURRENCE_DAYS = 365


def is_recurrent(closed_on: date | None, raised_on: date) -> bool:
    """The same matter in the same department was closed within the twelve months before."""
    return closed_on is not None and timedelta(0) <= raised_on - closed_on <= timedelta(days=RECURRENCE_DAYS)


def months_in_row(months: Iterable[str]) -> int:
    """How many months in an unbroken row, ending with the last, the matter was found in. months: YYYY-MM."""
    known = sorted({int(m[:4]) * 12 + int(m[5:7]) for m in months}, reverse=True)
    row = 0
    for expected, month in enumerate(known):
        if month != known[0] - expected:
            break
        row += 1
    return row
