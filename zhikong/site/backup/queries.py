"""What pages and metrics ask: when the last good backup was made and when one was verified. Needs no key."""

from __future__ import annotations

from datetime import datetime

from zhikong.site.backup import state


def last() -> tuple[datetime | None, datetime | None]:
    """(when the last good backup was made, when one was last verified with success); None: never."""
    told = state.read()
    good, proved = told.get("good"), told.get("proved")
    return (state.moment(good) if good else None, state.moment(proved) if proved else None)
