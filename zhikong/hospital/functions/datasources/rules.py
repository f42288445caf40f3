"""When a feed runs next, and how long it waits after a failure. No ORM."""

from __future__ import annotations

from datetime import datetime, timedelta

DEFAULT_MINUTES = 15
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)
MOST_FAILURES = 10
"""Failures in a row after which a feed is put out of service until a person has looked."""


def following(schedule: dict, now: datetime) -> datetime:
    """The first moment after ``now`` that a schedule names.

    schedule: {"every_minutes": n} or {"daily_at": "HH:MM"} in the zone of ``now``, with {"weekdays": [0…6]}
    (Monday is 0) to leave days out; empty means every DEFAULT_MINUTES.
    """
    if "daily_at" in schedule:
        hour, minute = (int(part) for part in schedule["daily_at"].split(":"))
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        moment += timedelta(days=1) if moment <= now else timedelta()
    else:
        moment = now + timedelta(minutes=int(schedule.get("every_minutes") or DEFAULT_MINUTES))
    days = schedule.get("weekdays") or range(7)
    while moment.weekday() not in days:
        moment += timedelta(days=1)
    return moment


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: doubling from a minute to two hours."""
    return min(FIRST_PAUSE * 2 ** max(0, min(failures, 12) - 1), LONGEST_PAUSE)
