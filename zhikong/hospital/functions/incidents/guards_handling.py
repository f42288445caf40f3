"""What other parts of this function put in the way of closing a case; each gives sentences, [] when it has none."""

from collections.abc import Callable
from datetime import datetime

Guard = Callable[..., list[str]]
"""``guard(incident, now=…)`` → sentences that say what is missing and what to do."""
_guards: dict[str, Guard] = {}


def register(name: str, guard: Guard) -> None:
    """Called in ready of the part that has something to say; the same name again replaces."""
    _guards[name] = guard


def unregister(name: str) -> None:
    """For tests that made one up."""
    _guards.pop(name, None)


def sentences(incident, *, now: datetime) -> list[str]:
    """What all guards say, in the order of their names."""
    return [one for name in sorted(_guards) for one in _guards[name](incident, now=now)]
