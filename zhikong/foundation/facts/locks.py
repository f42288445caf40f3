"""One writer at a time for an institution's facts: a file lock for the whole load, a database lock to publish."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from zhikong.foundation.facts import lake


class Busy(RuntimeError):
    """Another load of the institution is running."""


@contextmanager
def loading(institution: str, *, wait: bool) -> Iterator[None]:
    """Hold the institution's load lock. The system frees it when the process dies, whatever killed it.

    Whoever holds it knows that no other load is running, so a load still marked as running was interrupted.
    Raises Busy when `wait` is false and the lock is taken.
    """
    with (lake.root(institution) / ".loading").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy(institution) from None
        yield


def lock_publication(institution_id: int) -> None:
    """Wait for other publications of the institution; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zhikong.publication'), %s)", [institution_id])
