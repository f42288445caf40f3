"""What handling does when a report came in, or its reporter told more."""

from __future__ import annotations

from datetime import datetime

from zhikong.hospital.functions.incidents.actions.handling import receiving, telling
from zhikong.hospital.functions.incidents.facts import IncidentAddedTo, IncidentReported


def reported(fact: IncidentReported, *, now: datetime) -> None:
    """The office gets its task."""
    receiving.receive(incident_id=fact.incident_id, now=now)


def added_to(fact: IncidentAddedTo, *, now: datetime) -> None:
    """Who handles it is told that there is more to read."""
    telling.more_was_told(incident_id=fact.incident_id, now=now)
