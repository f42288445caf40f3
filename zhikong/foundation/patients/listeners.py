"""Who wants to know that something was told of open stays: called in the transaction that wrote it.

A function registers in its app's ``ready``; it may note what it has to look at again, and no more: feeds wait.
"""

from collections.abc import Callable, Collection
from datetime import datetime

Listener = Callable[..., None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Let ``listener(stay_ids, *, now)`` hear which stays' rows changed or left the live store; twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(stay_ids: Collection[str], *, now: datetime) -> None:
    """Say that rows of these stays changed; nothing is said of none."""
    if stay_ids:
        for listener in _listeners:
            listener(stay_ids, now=now)
