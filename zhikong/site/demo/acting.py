"""Demo users at work: with their own scope and nothing more, at a moment of the demo's days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped


@contextmanager
def acting(username: str, now: datetime) -> Iterator[User]:
    """A demo user with their own scope."""
    user = User.objects.get(username=username)
    with scoped(scope_of(user, timezone.localdate(now))):
        yield user


def at(now: datetime, days: int, hour: int = 10) -> datetime:
    """A moment in working hours so many days before (negative) now; never later than now."""
    day = timezone.localdate(now) + timedelta(days=days)
    return min(datetime.combine(day, time(hour), tzinfo=timezone.get_default_timezone()), now)
