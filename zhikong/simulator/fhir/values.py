"""Small parts of FHIR resources: instants, references, codings. None is left out, as FHIR has no null."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Resource = dict[str, Any]

LOCAL = "urn:zhikong:"
"""Code systems of the simulated hospital itself, where HL7 has none."""


class Clock:
    """Wall times of the hospital as FHIR instants with the offset of its zone."""

    def __init__(self, zone: str):
        self._zone = ZoneInfo(zone)

    def instant(self, wall: datetime | None) -> str | None:
        """`2026-01-31T08:30:00+08:00`; None for an unknown time."""
        return None if wall is None else wall.replace(tzinfo=self._zone).isoformat()

    def period(self, start: datetime | None, end: datetime | None) -> Resource | None:
        """A Period, None when both ends are unknown."""
        return some(start=self.instant(start), end=self.instant(end)) or None


def some(**members: Any) -> Resource:
    """An element of the members that are known; a trailing underscore keeps Python's own words possible."""
    return {name.rstrip("_"): value for name, value in members.items() if value is not None and value != []}


def reference(kind: str, number: str | None) -> Resource | None:
    """`{"reference": "Patient/1"}`, None when there is no number."""
    return None if number is None else {"reference": f"{kind}/{number}", "type": kind}


def concept(code: str | None, system: str | None = None, text: str | None = None) -> Resource | None:
    """A CodeableConcept of one coding, a text, or both; None of neither."""
    coding = [some(system=system, code=code)] if code is not None else None
    return some(coding=coding, text=text) or None


def quantity(value: float | None, unit: str | None = None) -> Resource | None:
    """A Quantity; None without a value."""
    return None if value is None else some(value=value, unit=unit)
