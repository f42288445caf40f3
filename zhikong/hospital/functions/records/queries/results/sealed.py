"""Which records are sealed now."""

from __future__ import annotations

from datetime import datetime

from zhikong.hospital.functions.records.models import SealedRecord


def sealed_since(stay_id: str) -> datetime | None:
    """Provider of foundation.facts.sealing: since when the record is sealed, None when it is open."""
    rows = SealedRecord.objects.filter(stay_id=stay_id, unsealed_at=None).order_by("sealed_at")
    return rows.values_list("sealed_at", flat=True).first()
