"""Times as whole minutes of local wall time since 1970, and back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  facts carry the local wall time without a zone
DAY = 1440
_DAY_ZERO = EPOCH.date().toordinal()


def minute(moment: datetime) -> int:
    """The whole minute in which a moment lies."""
    return (moment - EPOCH) // timedelta(minutes=1)


def moment(minute: int) -> datetime:
    """The inverse of `minute`."""
    return EPOCH + timedelta(minutes=int(minute))


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _DAY_ZERO


def day_of(number: int) -> date:
    """The inverse of `day_number`."""
    return date.fromordinal(int(number) + _DAY_ZERO)


def end_of_day(number: int) -> int:
    """The last minute of a day, 23:59."""
    return number * DAY + DAY - 1
