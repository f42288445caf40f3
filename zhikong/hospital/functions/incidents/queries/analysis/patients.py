"""Reads of key patients: the office's list with its clocks, the ward's own, who lies there now."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from zhikong.foundation.patients.queries import names_for, open_stays
from zhikong.hospital.functions.incidents.models.analysis_wards import KeyPatient

State = KeyPatient.State


def key_patients(*, show: str = "open") -> QuerySet[KeyPatient]:
    """Those in reach: open ones by the clock of their round, closed ones newest first."""
    rows = KeyPatient.objects.select_related("department", "declared_by")
    if show == "closed":
        return rows.filter(state=State.CLOSED).order_by("-closed_at")
    return rows.exclude(state=State.CLOSED).order_by("state", "round_by")


def key_patient(code: str) -> KeyPatient | None:
    return (
        KeyPatient.objects.select_related("department", "declared_by", "closed_by").filter(code=code).first()
    )


def lateness(found: KeyPatient, *, now: datetime, today: date) -> str:
    """What is late: "round", "follow" or ""."""
    if found.state in (State.DECLARED, State.ARRANGED) and now > found.round_by:
        return "round"
    if found.state == State.FOLLOWED and found.follow_on and found.follow_on < today:
        return "follow"
    return ""


def name_of(found: KeyPatient, *, by, now: datetime) -> str:
    """The patient as the reader may see one; '' where the ward gave only a bed."""
    if not found.patient_key:
        return ""
    return str(
        names_for(by=by, patient_keys=[found.patient_key], purpose="key_patient", now=now)[found.patient_key]
    )


def stays(department_id: int | None = None) -> list:
    """Who lies in the departments in scope now, by bed: for choosing whom to declare."""
    return list(open_stays(department_id=department_id)[:300])
