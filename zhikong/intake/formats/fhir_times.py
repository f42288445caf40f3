"""FHIR's dates and times as the wall time of a zone (HL7 FHIR R4, data types `date`, `dateTime`, `instant`)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_SHORTEST = len("2026-01-31T08:30Z")
_LONGEST = len("2026-01-31T08:30:00.123456789+08:00")


def wall_time(text: str, zone: ZoneInfo) -> str:
    """A dateTime with an offset as the local wall time of `zone`, `2026-01-31 08:30:00`; anything else as it is.

    Partial dates (`2026`, `2026-01`) and dates without a time carry no offset and are not moved; a time that FHIR
    does not allow stays as written, so that the check of its column names it.
    """
    if not _SHORTEST <= len(text) <= _LONGEST or text[10] != "T":
        return text
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return text
        return moment.astimezone(zone).replace(tzinfo=None).isoformat(sep=" ")
    except (ValueError, OverflowError):
        return text
