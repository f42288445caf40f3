"""Close a case with its guards, take it up again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents import guards_handling, neutral
from zhikong.hospital.functions.incidents.actions.handling import answering, steps
from zhikong.hospital.functions.incidents.models.handling import Handling, HandlingStep
from zhikong.hospital.functions.incidents.models.handling_work import Answer
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import standing
from zhikong.hospital.functions.incidents.rules_handling_states import obstacles

Act = HandlingStep.Act
PARTS = ("office", "level", "second", "analysis", "inquiry", "measures")


def in_the_way(incident: Incident, *, now: datetime) -> list[str]:
    """Everything that keeps a case from being closed, of handling and of the other parts."""
    return [*obstacles(standing.stand_of(incident)), *guards_handling.sentences(incident, now=now)]


@transaction.atomic
def close(incident: Incident, *, by, now: datetime, outcome: str, answer: str = "") -> Incident:
    """The case is done: the reporter reads what came of it. Raises ValidationError with what stands in the way."""
    incident = steps.for_office(incident, by=by, act="close")
    outcome = steps.said(outcome, "请写明结果：原因是什么，改了什么，效果怎样。", least=5)
    if answer.strip():
        answering.say(incident, by=by, now=now, text=answer, kind=Answer.Kind.ANSWER)
        incident = steps.locked(incident)
    if problems := in_the_way(incident, now=now):
        raise ValidationError(problems)
    handling = incident.handling
    handling.closed_at, handling.closed_by, handling.outcome = now, by, outcome
    handling.save(update_fields=["closed_at", "closed_by", "outcome"])
    steps.move(incident, "close")
    steps.record(incident, Act.CLOSE, by=by, now=now, text=outcome)
    for part in PARTS:
        neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, part))
    answering.step(incident, now=now, text="已办结。感谢您的报告。")
    for other in answering.merged_here(incident):
        Handling.objects.filter(pk=other.handling.pk).update(closed_at=now, closed_by=by)
    return incident


@transaction.atomic
def reopen(incident: Incident, *, by, now: datetime, reason: str) -> Incident:
    """It happened again, or something new is known."""
    incident = steps.for_office(incident, by=by, act="reopen")
    reason = steps.said(reason, "请写明为什么重新办理。")
    handling = incident.handling
    handling.closed_at = handling.closed_by = None
    handling.reopened += 1
    handling.save(update_fields=["closed_at", "closed_by", "reopened"])
    steps.move(incident, "reopen")
    steps.record(incident, Act.REOPEN, by=by, now=now, text=reason)
    answering.step(incident, now=now, text="这件事有新的情况，已重新办理。")
    return incident
