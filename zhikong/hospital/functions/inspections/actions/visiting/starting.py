"""A visit begins where the phone says so, also when the word arrives hours later."""

from __future__ import annotations

from datetime import datetime

from zhikong.hospital.functions.inspections.actions.planning.starting import start_visit
from zhikong.hospital.functions.inspections.models.planning import Visit


def start(visit: Visit, *, by, now: datetime, at: datetime) -> Visit:
    """Begin the visit; at: when it began by the server's clock, which may be before the word came."""
    start_visit(visit, by=by, now=now)
    if visit.started_at is not None and at < visit.started_at:
        visit.started_at = at
        visit.save(update_fields=["started_at"])
    return visit
