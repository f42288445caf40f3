"""What was drawn, as inspectors may see it: bed and initials, never a name."""

from __future__ import annotations

from zhikong.foundation.patients.queries import initials_of
from zhikong.hospital.functions.inspections.models.planning import SampleItem, Visit


def labels(visit: Visit) -> dict[int, str]:
    """Sample item → “12 床 王**”, for everybody alike."""
    rows = list(visit.sample.all())
    initials = initials_of(row.patient_key for row in rows)
    return {row.pk: f"{row.label} {initials.get(row.patient_key, '')}".strip() for row in rows}


def drawn(visit: Visit) -> list[SampleItem]:
    """What is to be looked at, in order."""
    return list(visit.sample.filter(state=SampleItem.State.DRAWN).order_by("position"))


def reserves(visit: Visit) -> list[SampleItem]:
    return list(visit.sample.filter(state=SampleItem.State.RESERVE).order_by("position"))


def replaced(visit: Visit) -> list[SampleItem]:
    """What could not be looked at, with the reason and who stands in."""
    rows = visit.sample.filter(state=SampleItem.State.REPLACED).select_related("changed_by", "stood_in_by")
    return list(rows.order_by("position"))
