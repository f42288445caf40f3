"""What changes about an occurrence is noted, so that a past moment can be told again."""

from datetime import date, datetime

from zhikong.foundation.duties.models import Occurrence, OccurrenceEvent, Proof

Act = OccurrenceEvent.Act


def note(
    occurrence: Occurrence, act: str, *, now: datetime, proof: Proof | None = None, before: date | None = None
) -> None:
    """Add one change; nothing is ever taken out."""
    OccurrenceEvent.objects.create(
        institution_id=occurrence.institution_id, occurrence=occurrence, department_id=occurrence.department_id,
        proof=proof, at=now, act=act, before=before,
    )  # fmt: skip
