"""Counts for the home page: one question each."""

from __future__ import annotations

from datetime import date

from zhikong.hospital.functions.incidents.models.learning import ChangeSource
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning.cases import counting
from zhikong.hospital.functions.incidents.rules_reporting import State


def reported(*, first: date, last: date) -> int:
    """Reports of a period that the reader may open."""
    return counting(Incident.objects.all(), first, last, "reported_at").order_by().count()


def unreleased() -> int:
    """Closed cases of a ward from which nobody released a sentence."""
    found = Incident.objects.filter(state=State.CLOSED, department__isnull=False)
    return found.exclude(pk__in=ChangeSource.objects.values("incident_id")).count()
