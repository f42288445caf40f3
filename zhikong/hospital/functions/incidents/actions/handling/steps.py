"""What every act on a case checks and writes down."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.queries import scope_of, users_with_role
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.handling import Handling, HandlingStep
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.handling import scope
from zhikong.hospital.functions.incidents.rules_handling_states import after, possible
from zhikong.hospital.functions.incidents.rules_reporting import State

OFFICE = "quality_office"


def locked(incident: Incident) -> Incident:
    """The case for writing, with its handling; it waits for whoever writes it now."""
    found = Incident.objects.select_for_update().get(pk=incident.pk)
    found.handling = Handling.objects.select_for_update().get(incident=found)
    return found


def for_office(incident: Incident, *, by, act: str) -> Incident:
    """Locked, after the office's right and the state were checked. by None: a job."""
    found = locked(incident)
    if by is not None and not scope.may_handle(by, found):
        raise PermissionDenied("这件事由别的部门办理。需要转交时，请联系质控科。")
    check(found, act)
    return found


def check(incident: Incident, act: str) -> None:
    """Raises ValidationError when an act is not possible now."""
    if not possible(act, incident.state):
        label = State(incident.state).label
        raise ValidationError(f"这件事现在是“{label}”，不能做这一步。请刷新页面再看。")


def move(incident: Incident, act: str) -> None:
    """Into the state after an act."""
    state = after(act, incident.state)
    if state != incident.state:
        incident.state = state
        incident.save(update_fields=["state"])


def record(incident: Incident, act: HandlingStep.Act, *, by, now: datetime, text: str = "") -> HandlingStep:
    """A line of the case's story."""
    return HandlingStep.objects.create(
        institution_id=incident.institution_id, incident=incident, act=act, text=text, at=now, by=by
    )


def said(text: str, sentence: str, least: int = 2) -> str:
    """Trimmed text; ValidationError with the sentence when it says too little."""
    text = (text or "").strip()
    if len(text) < least:
        raise ValidationError(sentence)
    return text


def url(incident: Incident) -> str:
    """Where the case is handled."""
    return reverse("incidents:case", args=[incident.code])


def holders(role: str, now: datetime, department_id: int | None = None) -> list:
    """Accounts that hold a role today."""
    return users_with_role(role=role, department_id=department_id, on=timezone.localdate(now))


def leaders(department_id: int | None, now: datetime) -> list:
    """Head of a department, its head nurse; the quality officer where there is neither."""
    if department_id is None:
        return []
    first = [*holders("department_head", now, department_id), *holders("head_nurse", now, department_id)]
    return first or holders("qc_officer", now, department_id)


def give(incident: Incident, owners, *, by, now: datetime, key: str, due: datetime) -> None:
    """A task in constant words for each owner; the first act on it finishes all."""
    for owner in {one.pk: one for one in owners}.values():
        neutral.task(
            by=by, now=now, owner=owner, due_on=timezone.localdate(due), url=url(incident), key=key,
            department_id=_place(owner, incident, now),
        )  # fmt: skip


def _place(owner, incident: Incident, now: datetime) -> int | None:
    """The department under which the owner sees the task: the case's where that is his, else his own; None: all."""
    reach = scope_of(owner, timezone.localdate(now))
    if reach.whole_hospital or reach.covers(incident.department_id):
        return None if reach.whole_hospital else incident.department_id
    return min(reach.departments, default=None)


def key_of(incident: Incident, part: str) -> str:
    """The opaque key of one kind of task of a case."""
    return f"{incident.handling.task_key}-{part}"
