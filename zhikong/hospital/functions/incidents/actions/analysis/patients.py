"""Key patients (重点病人申报, EVT-14): declared by the ward, a joint round with conclusions, followed until the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.patients.models import Stay
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.actions.analysis.common import ask, said
from zhikong.hospital.functions.incidents.models.analysis_wards import JointRound, KeyPatient, KeyPatientNote
from zhikong.hospital.functions.incidents.queries.analysis.packs import policy

State = KeyPatient.State


def may_declare(by, department_id: int | None = None) -> bool:
    """Whoever works in the ward: a nurse or doctor who sees it coming is the one who should say so."""
    return can(by, Permission.LEARN_FROM_INCIDENTS, department_id)


def is_office(by) -> bool:
    return can(by, Permission.HANDLE_INCIDENTS, whole_hospital=True)


@transaction.atomic
def declare(
    *, by, now: datetime, department_id: int, bed: str, reason: str, condition: str, family: str = "", wish: str = "",
    stay: Stay | None = None,
) -> KeyPatient:  # fmt: skip
    """A ward says whom it worries about; the offices are told at once, the clock of the joint round starts."""
    if not may_declare(by, department_id):
        raise PermissionDenied("您没有权限：申报这个科室的重点病人。")
    known = policy().reason(reason)
    if known is None:
        raise ValidationError("请选择申报理由。")
    bed = said(bed, "请写床号。", 1)
    same = KeyPatient.objects.filter(department_id=department_id, bed=bed).exclude(state=State.CLOSED)
    if (again := same.first()) is not None:
        raise ValidationError(f"{bed} 床已经申报（{again.code}），请在那一条里补充。")
    made = KeyPatient.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id, bed=bed, reason=reason,
        reason_title=known.title, condition=said(condition, "请写明病情与风险。", 4), family=family.strip(),
        wish=wish.strip(), declared_at=now, declared_by=by, round_by=now + timedelta(hours=known.round_hours),
        task_key=neutral.new_key(), stay_id=stay.stay_id if stay else "", patient_key=stay.patient_key if stay else "",
        readers=[by.pk], reader_roles=_reader_roles(),
    )  # fmt: skip
    neutral.notice(
        by=by,
        now=now,
        url=url(made),
        key=made.task_key,
        roles=policy().rounds_with,
        words=neutral.Words.KEY_PATIENT,
    )
    return made


def _reader_roles() -> list[str]:
    needed = {Permission.HANDLE_INCIDENTS, Permission.LEARN_FROM_INCIDENTS}
    return sorted(code for code, role in ROLES.items() if needed & role.permissions)


def url(found: KeyPatient) -> str:
    return reverse("incidents:key_patient", args=[found.code])


@transaction.atomic
def arrange(
    found: KeyPatient, *, by, now: datetime, planned_at: datetime, people: Iterable = (), others: str = ""
) -> JointRound:
    """The office calls a joint round: when, and with whom; each gets a task, whatever the department."""
    require(by, Permission.HANDLE_INCIDENTS, whole_hospital=True)
    held = _open(found)
    if planned_at < now - timedelta(hours=1):
        raise ValidationError("查房时间已经过去。")
    users = list(people)
    if not users and not others.strip():
        raise ValidationError("请写明谁参加。")
    made = JointRound.objects.create(
        institution_id=held.institution_id, patient=held, planned_at=planned_at, people=[one.pk for one in users],
        others=others.strip(), arranged_at=now, arranged_by=by,
    )  # fmt: skip
    held.state = State.ARRANGED
    held.readers = sorted({*held.readers, *(one.pk for one in users)})
    held.save(update_fields=["state", "readers"])
    for one in users:
        ask(
            one, by=by, now=now, due_on=timezone.localdate(planned_at), url=url(held), key=held.task_key,
            words=neutral.Words.KEY_PATIENT,
        )  # fmt: skip
    return made


@transaction.atomic
def hold(
    made: JointRound, *, by, now: datetime, guidance: str, communication: str, conclusion: str
) -> JointRound:
    """What the round brought: technical guidance, what was said to the patient's side, what comes next."""
    held = _open(made.patient)
    if not (
        is_office(by) or by.pk in made.people or can(by, Permission.ANALYSE_INCIDENTS, held.department_id)
    ):
        raise PermissionDenied("您没有权限：记录这次联合查房。")
    made = JointRound.objects.select_for_update().get(pk=made.pk)
    if made.held_at:
        raise ValidationError("这次查房已经记录。")
    made.guidance = said(guidance, "请写技术指导意见。", 4)
    made.communication = said(communication, "请写医患沟通的情况。", 4)
    made.conclusion = said(conclusion, "请写结论与下一步。", 4)
    made.held_at, made.held_by = now, by
    made.save()
    held.state, held.follow_on = (
        State.FOLLOWED,
        timezone.localdate(now) + timedelta(days=policy().follow_days),
    )
    held.save(update_fields=["state", "follow_on"])
    neutral.complete_tasks(by=by, now=now, key=held.task_key)
    return made


@transaction.atomic
def note(found: KeyPatient, *, by, now: datetime, text: str, follow_on: date | None = None) -> KeyPatientNote:
    """One look at the patient, and when the next one is due."""
    held = _open(found)
    if not (is_office(by) or may_declare(by, held.department_id)):
        raise PermissionDenied("您没有权限：记录这名重点病人的随访。")
    made = KeyPatientNote.objects.create(
        institution_id=held.institution_id,
        patient=held,
        at=now,
        by=by,
        text=said(text, "请写病情与沟通。", 4),
    )
    held.follow_on = follow_on or timezone.localdate(now) + timedelta(days=policy().follow_days)
    held.save(update_fields=["follow_on"])
    return made


@transaction.atomic
def close(found: KeyPatient, *, by, now: datetime, outcome: str, text: str, thanks: str = "") -> KeyPatient:
    """The outcome: not before a joint round was held, or the office says why none was needed."""
    held = _open(found)
    if not (is_office(by) or can(by, Permission.ANALYSE_INCIDENTS, held.department_id)):
        raise PermissionDenied("您没有权限：结束这项重点病人申报。")
    if outcome not in KeyPatient.Outcome.values:
        raise ValidationError("请选择结局。")
    if not held.rounds.filter(held_at__isnull=False).exists() and not is_office(by):
        raise ValidationError("还没有联合查房的记录，只能由受理部门说明后结束。")
    held.outcome, held.outcome_text = outcome, said(text, "请写结局的说明。", 4)
    held.thanks = thanks.strip()[:200]
    held.state, held.closed_at, held.closed_by, held.follow_on = State.CLOSED, now, by, None
    held.save()
    neutral.cancel_tasks(by=by, now=now, key=held.task_key)
    return held


def _open(found: KeyPatient) -> KeyPatient:
    held = KeyPatient.objects.select_for_update().get(pk=found.pk)
    if held.state == State.CLOSED:
        raise ValidationError("这项申报已经结束。")
    return held
