"""FHIR dates and times as moments, or as the first and last moment of a time that is known less exactly."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime] | tuple[date, date]
_DAY = len("2026-01-31")
_MONTH = len("2026-01")
_YEAR = len("2026")


def zone_of(name: str) -> tzinfo:
    """The zone; plain UTC is quicker than the table of its history. Raises KeyError for an unknown name."""
    return UTC if name in ("UTC", "Etc/UTC") else ZoneInfo(name)


def moment(text: object, zone: tzinfo) -> datetime | Span:
    """A dateTime or instant as wall time of `zone`; a partial one as a span. Raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} 不是时间")
    if len(text) > _DAY:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo is None else found.astimezone(zone).replace(tzinfo=None)
    first, last = _days(text)
    return datetime.combine(first, time.min), datetime.combine(last, time.max)


def day(text: object, zone: tzinfo) -> date | Span:
    """A date; a partial one as a span. Raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} 不是日期")
    first, last = _days(text[:_DAY])
    return first if first == last else (first, last)


def _days(text: str) -> tuple[date, date]:
    if len(text) == _DAY:
        found = date.fromisoformat(text)
        return found, found
    if len(text) == _MONTH:
        first = date.fromisoformat(f"{text}-01")
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if len(text) == _YEAR:
        return date.fromisoformat(f"{text}-01-01"), date.fromisoformat(f"{text}-12-31")
    raise ValueError(f"{text!r} 不是日期或时间")
