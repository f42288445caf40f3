"""When a notice may reach a person outside the inbox: quiet hours and the daily digest. Pure functions.

All moments are aware and in the hospital's zone; quiet hours may run over midnight.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class How(StrEnum):
    """What a person wants of one kind by one channel."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    OFF = "off"


@dataclass(frozen=True)
class Quiet:
    """Hours in which only urgent things come; the same hour twice means none."""

    start: time
    end: time

    def covers(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def over_at(self, moment: datetime) -> datetime:
        """The end of the quiet hours that ``moment`` lies in."""
        end = moment.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return end if end > moment else end + timedelta(days=1)


def chosen(wish: How | None, default: How, *, urgent: bool, mandatory: bool) -> How:
    """What is done: urgent things at once; mandatory ones at least in the digest."""
    how = wish or default
    if urgent:
        return How.AT_ONCE
    return How.DIGEST if mandatory and how is How.OFF else how


def due_at(now: datetime, how: How, *, urgent: bool, quiet: Quiet | None, digest_at: time) -> datetime:
    """When it goes out: at once, after the quiet hours, or with the next digest."""
    moment = now if how is How.AT_ONCE else _next(digest_at, now)
    if urgent or quiet is None or not quiet.covers(moment.time()):
        return moment
    return quiet.over_at(moment)


def _next(at: time, now: datetime) -> datetime:
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


MOST_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(hours=1)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the n-th attempt to send failed: 1, 2, 4 … minutes, at most an hour."""
    return min(timedelta(minutes=2 ** (max(attempts, 1) - 1)), LONGEST_PAUSE)
