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


_QUIET = {
    "file": timedelta(days=40),
    "hl7": timedelta(hours=1),
    "fhir": timedelta(days=1),
    "push": timedelta(days=1),
}


def patience(kind: str, schedule: dict, settings: dict) -> timedelta:
    """How long after its last success a feed is still on time.

    A feed that fetches may miss one turn; one that is sent to may be quiet as long as ``settings["quiet_minutes"]``
    says, or as is usual for its kind: a month and a bit for files, an hour for messages, a day for the others.
    """
    if settings.get("quiet_minutes"):
        return timedelta(minutes=int(settings["quiet_minutes"]))
    if kind in _QUIET and not schedule:
        return _QUIET[kind]
    if "daily_at" in schedule:
        days_off = 7 - len(schedule.get("weekdays") or range(7))
        return timedelta(days=1 + days_off, hours=2)
    return 2 * timedelta(minutes=int(schedule.get("every_minutes") or DEFAULT_MINUTES)) + timedelta(minutes=5)


def schedule_words(schedule: dict) -> str:
    """A schedule as one Chinese phrase."""
    if "daily_at" in schedule:
        days = schedule.get("weekdays")
        names = "、".join(f"周{'一二三四五六日'[day]}" for day in sorted(days)) if days else "每天"
        return f"{names} {schedule['daily_at']}"
    return f"每 {int(schedule.get('every_minutes') or DEFAULT_MINUTES)} 分钟"
