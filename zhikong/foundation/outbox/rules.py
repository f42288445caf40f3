"""When a fact that was not taken is tried again, and when it is given up. Pure functions."""

from datetime import timedelta

MOST_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(hours=1)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the n-th attempt failed: 1, 2, 4 … minutes, at most an hour (about four hours in all)."""
    return min(timedelta(minutes=2 ** (max(attempts, 1) - 1)), LONGEST_PAUSE)


def given_up(attempts: int) -> bool:
    """Whether a delivery waits for a person instead of the worker."""
    return attempts >= MOST_ATTEMPTS
