"""What the office says to the reporter: at each step by itself, and in words of its own (EVT-01: silence kills reporting)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from zhikong.foundation.access.models import User
from zhikong.hospital.functions.incidents import answer_ways_handling, neutral
from zhikong.hospital.functions.incidents.actions.handling import steps
from zhikong.hospital.functions.incidents.models.handling import Handling, HandlingStep
from zhikong.hospital.functions.incidents.models.handling_work import Answer
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries import reporting

LONGEST = 2000


@transaction.atomic
def say(incident: Incident, *, by, now: datetime, text: str, kind: str = Answer.Kind.ANSWER) -> Answer:
    """Answer the reporter, or ask him something. The reporters of merged reports read answers as well."""
    incident = steps.for_office(incident, by=by, act="say")
    if kind not in (Answer.Kind.ANSWER, Answer.Kind.QUESTION):
        raise ValidationError("请选择答复或询问。")
    text = steps.said(text, "请写下要说的话。")
    if len(text) > LONGEST:
        raise ValidationError(f"最多 {LONGEST} 个字。")
    said = write(incident, by=by, now=now, text=text, kind=kind)
    act = HandlingStep.Act.QUESTION if kind == Answer.Kind.QUESTION else HandlingStep.Act.SAY
    steps.record(incident, act, by=by, now=now, text=text)
    if kind == Answer.Kind.ANSWER:
        for other in merged_here(incident):
            write(other, by=by, now=now, text=text, kind=kind)
    return said


def write(incident: Incident, *, by, now: datetime, text: str, kind: str) -> Answer:
    """A line that the reporter reads. The first that is more than a step counts as the first answer."""
    said = Answer.objects.create(
        institution_id=incident.institution_id, incident=incident, kind=kind, text=text, at=now, by=by
    )
    handling = incident.handling
    if kind != Answer.Kind.STEP and handling.answered_at is None:
        handling.answered_at = now
        handling.save(update_fields=["answered_at"])
    answer_ways_handling.send(incident=incident, text=text, kind=kind, by=by, now=now)
    _tell_reporter(incident, now=now)
    return said


def step(incident: Incident, *, now: datetime, text: str) -> None:
    """Tell how the case goes on, in the program's own words; the merged ones hear it too."""
    for one in [incident, *merged_here(incident)]:
        write(one, by=None, now=now, text=text, kind=Answer.Kind.STEP)


def merged_here(incident: Incident) -> list[Incident]:
    """Reports that were merged into this one, with their handling."""
    rows = Handling.objects.filter(merged_into=incident).select_related("incident")
    return [_with(row) for row in rows]


def _with(row: Handling) -> Incident:
    row.incident.handling = row
    return row.incident


def _tell_reporter(incident: Incident, *, now: datetime) -> None:
    """A notice that says nothing but that there is an answer somewhere: no number of the case in it, and a key of its
    own, so that the boxes of the foundation do not tell which case is whose."""
    account = reporting.reporter_account(incident)
    if account is None:
        return
    with neutral.nobody():
        reader = User.objects.filter(pk=account).first()
        if reader is not None:
            neutral.notice(
                by=None, now=now, url=reverse("incidents:mine"), key=neutral.new_key(), users=[reader],
                words=neutral.Words.REPLY,
            )  # fmt: skip
