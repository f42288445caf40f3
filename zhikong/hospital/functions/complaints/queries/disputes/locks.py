"""Which records a sealing locks now."""

from __future__ import annotations

from datetime import datetime

from zhikong.hospital.functions.complaints.models.disputes_sealing import RecordLock


def sealed_since(stay_id: str) -> datetime | None:
    """Provider of foundation.facts.sealing: since when the record is locked, None when it is open."""
    rows = RecordLock.objects.filter(stay_id=stay_id, unsealed_at=None).order_by("sealed_at")
    return rows.values_list("sealed_at", flat=True).first()
