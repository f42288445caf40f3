"""What the office said to the reporter of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.handling_work import Answer
from zhikong.hospital.functions.incidents.models.reporting import Incident


@dataclass(frozen=True)
class Message:
    """One line. question: the key under which the reporter answers it, or None. step: said by the program."""

    said_at: datetime
    text: str
    question: int | None
    step: bool
    kind: str


def messages(incident: Incident) -> list[Message]:
    """In the order of time. The caller has checked that the reader may: the office, or the report's own author."""
    with neutral.nobody():
        rows = list(Answer.objects.filter(incident_id=incident.pk))
    return [
        Message(
            one.at, one.text, one.pk if one.kind == Answer.Kind.QUESTION else None,
            one.kind == Answer.Kind.STEP, one.get_kind_display(),
        )
        for one in rows
    ]  # fmt: skip
