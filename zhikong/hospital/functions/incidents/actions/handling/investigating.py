"""Who looks into a case, what they find, and what the department says when it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.handling import answering, steps
from zhikong.hospital.functions.incidents.models.handling import HandlingStep
from zhikong.hospital.functions.incidents.models.handling_work import (
    DepartmentAnalysis,
    InvestigationNote,
    Investigator,
)
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import running, scope
from zhikong.hospital.functions.incidents.rules_reporting import State

Act = HandlingStep.Act
ANALYSIS, INQUIRY = "analysis", "inquiry"


@transaction.atomic
def invite(incident: Incident, *, by, now: datetime, user) -> Investigator:
    """Let a person of any department look into this case, and nothing else.

    The reporter is not refused: a refusal would let an office find him by trying names.
    """
    incident = steps.for_office(incident, by=by, act="note")
    if user is None or not user.is_active:
        raise ValidationError("请选择调查人。")
    if Investigator.objects.filter(incident=incident, user=user, left_at=None).exists():
        raise ValidationError("他已经在调查这件事。")
    made = Investigator.objects.create(
        institution_id=incident.institution_id, incident=incident, user=user, added_at=now, added_by=by
    )
    if user.pk not in incident.readers:
        incident.readers = [*incident.readers, user.pk]
        incident.save(update_fields=["readers"])
    if incident.state == State.ACCEPTED:
        steps.move(incident, "investigate")
    steps.record(incident, Act.INVITE, by=by, now=now, text=str(user))
    due = now + timedelta(days=7)
    steps.give(incident, [user], by=by, now=now, key=steps.key_of(incident, INQUIRY), due=due)
    return made


@transaction.atomic
def leave(incident: Incident, *, by, now: datetime, user_id: int) -> None:
    """The person no longer reads the case; what he noted stays."""
    incident = steps.for_office(incident, by=by, act="note")
    row = Investigator.objects.filter(incident=incident, user_id=user_id, left_at=None).first()
    if row is None:
        raise ValidationError("他没有在调查这件事。")
    row.left_at, row.left_by = now, by
    row.save(update_fields=["left_at", "left_by"])
    incident.readers = [one for one in incident.readers if one != user_id]
    incident.save(update_fields=["readers"])
    key = steps.key_of(incident, INQUIRY)
    neutral.cancel_tasks(by=by, now=now, key=key, owner=row.user)
    steps.record(incident, Act.LEAVE, by=by, now=now, text=str(row.user))


@transaction.atomic
def note(incident: Incident, *, by, now: datetime, text: str) -> InvestigationNote:
    """What an investigator or the office found."""
    incident = steps.locked(incident)
    if not (scope.may_handle(by, incident) or scope.investigates(by, incident)):
        raise PermissionDenied("只有办理部门和调查人可以写调查记录。")
    steps.check(incident, "note")
    text = steps.said(text, "请写下查到了什么。")
    made = InvestigationNote.objects.create(
        institution_id=incident.institution_id, incident=incident, text=text, at=now, by=by
    )
    if incident.state == State.ACCEPTED:
        steps.move(incident, "investigate")
    steps.record(incident, Act.NOTE, by=by, now=now)
    return made


@transaction.atomic
def ask_department(incident: Incident, *, by, now: datetime) -> Incident:
    """The head of the department is asked to look at what let it happen: course, causes, measures.

    A department without an account of a leader answers on paper, and the office enters it.
    """
    incident = steps.for_office(incident, by=by, act="ask")
    leaders = steps.leaders(incident.department_id, now)
    handling = incident.handling
    handling.asked_at, handling.asked_by = now, by
    handling.analysed_at = handling.analysed_by = None
    handling.save(update_fields=["asked_at", "asked_by", "analysed_at", "analysed_by"])
    steps.move(incident, "ask")
    steps.record(incident, Act.ASK, by=by, now=now)
    key = steps.key_of(incident, ANALYSIS)
    neutral.cancel_tasks(by=by, now=now, key=key)
    due = running.due_of(incident, "analysed") or now + timedelta(days=7)
    steps.give(incident, leaders, by=by, now=now, key=key, due=due)
    answering.step(incident, now=now, text="已请发生科室从流程、环境、设备和沟通上找原因，不追究个人。")
    return incident


def may_answer(by, incident: Incident, *, now: datetime) -> bool:
    """The leaders of the department; the office for a department in which nobody has an account."""
    if scope.may_analyse(by, incident):
        return True
    return scope.may_handle(by, incident) and not steps.leaders(incident.department_id, now)


@transaction.atomic
def analyse(
    incident: Incident,
    *,
    by,
    now: datetime,
    course: str,
    causes: str,
    measures: str,
    factors: Iterable[str] = (),
) -> DepartmentAnalysis:
    """The department's answer; the office goes on with measures."""
    incident = steps.locked(incident)
    if not may_answer(by, incident, now=now):
        raise PermissionDenied("科室分析由发生科室的科主任、护士长或质控员填写。")
    steps.check(incident, "analyse")
    made = DepartmentAnalysis.objects.create(
        institution_id=incident.institution_id,
        incident=incident,
        course=steps.said(course, "请写明经过。"),
        causes=steps.said(causes, "请写明是流程、环境、设备、沟通、人力中的哪里让它发生。", least=5),
        measures=steps.said(measures, "请写明已采取和准备采取的措施。"),
        factors=[str(one)[:40] for one in factors],
        at=now,
        by=by,
    )
    handling = incident.handling
    handling.analysed_at, handling.analysed_by = now, by
    handling.save(update_fields=["analysed_at", "analysed_by"])
    steps.move(incident, "analyse")
    steps.record(incident, Act.ANALYSE, by=by, now=now)
    neutral.complete_tasks(by=by, now=now, key=steps.key_of(incident, ANALYSIS))
    if handling.accepted_by is not None:
        due = now + timedelta(days=3)
        key = steps.key_of(incident, "measures")
        steps.give(incident, [handling.accepted_by], by=by, now=now, key=key, due=due)
    answering.step(incident, now=now, text="发生科室已交分析，正在确定措施。")
    return made
