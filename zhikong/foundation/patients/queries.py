"""Reads of patients. Names are masked unless the reader's role and the treatment allow them; each look is logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.patients.models import Bed, PatientIdentity, Stay, TreatingDepartment
from zhikong.foundation.patients.rules import Identity, key_of, masked_name, masked_number, unseal


@dataclass(frozen=True)
class ShownName:
    """A patient as a reader may see one. clear: name and record number are the real ones."""

    name: str
    record_number: str
    clear: bool

    def __str__(self):
        return self.name


UNKNOWN = ShownName("***", "****", clear=False)


def names_for(*, by, patient_keys: Iterable[str], purpose: str, now: datetime) -> dict[str, ShownName]:
    """Names for a list of pseudonyms: in clear for the treating department, record reviewers and complaint
    officers, 王** for everybody else. A look at clear names is logged with its purpose and count.

    Patients whose identity is not stored get ***. now: unused by the rule today, kept because roles have periods.
    """
    keys = list(dict.fromkeys(patient_keys))
    clear = _seen_in_clear(by, keys)
    found = {key: UNKNOWN for key in keys}
    for row in PatientIdentity.objects.filter(patient_key__in=keys):
        found[row.patient_key] = _shown(_opened(row), row.patient_key in clear)
    looked_at = sum(shown.clear for shown in found.values())
    if looked_at:
        log_read(by=by, subject="patients.identity", purpose=purpose, count=looked_at)
    return found


def initials_of(patient_keys: Iterable[str]) -> dict[str, str]:
    """王** for a list of pseudonyms, whoever asks: for lists that are carried about, such as an inspector's phone."""
    rows = PatientIdentity.objects.filter(patient_key__in=[key for key in patient_keys if key])
    return {row.patient_key: masked_name(_opened(row).name) for row in rows}


def identity_of(*, by, patient_key: str, purpose: str) -> Identity | None:
    """All direct identifiers of one patient, for those who may see them in clear; None for everybody else."""
    if patient_key not in _seen_in_clear(by, [patient_key]):
        return None
    row = PatientIdentity.objects.filter(patient_key=patient_key).first()
    if row is None:
        return None
    log_read(by=by, subject="patients.identity", purpose=purpose, count=1)
    return _opened(row)


def traces_of(*, by, patient_key: str, purpose: str) -> tuple[str, ...]:
    """What would give one patient away in a text that is about to be shown: for looking for it, never for showing it.

    No permission to see identities is asked, since who checks a text must find a name that he may not know; logged.
    """
    row = PatientIdentity.objects.filter(patient_key=patient_key).first()
    if row is None:
        return ()
    log_read(by=by, subject="patients.identity", purpose=purpose, count=1)
    return tuple(str(part) for part in vars(_opened(row)).values() if part)


def _seen_in_clear(by, keys: list[str]) -> set[str]:
    """Keys whose names this reader may see: all with a hospital-wide role, else those treated in own departments."""
    if can(by, Permission.SEE_IDENTITY, whole_hospital=True):
        return set(keys)
    treated = TreatingDepartment.objects.filter(patient_key__in=keys)
    in_bed = Stay.objects.filter(patient_key__in=keys)
    pairs = {
        *treated.values_list("patient_key", "department_id"),
        *in_bed.values_list("patient_key", "department_id"),
    }
    allowed = {d: can(by, Permission.SEE_IDENTITY, d) for d in {department for _, department in pairs}}
    return {key for key, department in pairs if allowed[department]}


def _opened(row: PatientIdentity) -> Identity:
    return unseal(row.sealed, key=key_of(settings.IDENTITY_SECRET), bound_to=bound_to(row.patient_key))


def bound_to(patient_key: str) -> str:
    """What an envelope is bound to: institution and pseudonym."""
    return f"{current_scope().institution_id}|{patient_key}"


def _shown(identity: Identity, clear: bool) -> ShownName:
    if clear:
        return ShownName(identity.name or "***", identity.record_number, clear=True)
    return ShownName(masked_name(identity.name), masked_number(identity.record_number), clear=False)


def open_stays(*, department_id: int | None = None) -> QuerySet[Stay]:
    """Patients who are in hospital now, of the departments in scope, the longest stay first."""
    stays = Stay.objects.select_related("bed", "department").order_by("admitted_at", "pk")
    return stays if department_id is None else stays.filter(department_id=department_id)


def open_beds(*, on, department_id: int | None = None) -> QuerySet[Bed]:
    """Beds that are open on a day, of the departments in scope."""
    beds = Bed.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)
    beds = beds.order_by("department_id", "ward", "number")
    return beds if department_id is None else beds.filter(department_id=department_id)
